"""The run that follows another one, on the workflow's newest version where that takes its input."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestration.core.language.coercion import coerce
from orchestration.core.language.validation import input_faults
from orchestration.models import Run, Workflow, WorkflowVersion
from orchestration.ports import clock
from orchestration.runtime.definitions import definition_of


def next_run(row: Run, given: Mapping[str, Any]) -> Run:
    """Not stored yet. It has the parent, the inbox and the business key of the run that it continues."""
    version = _version_for(row, given)
    definition = definition_of(version)
    if row.business_key is not None:  # a key that is taken for ever goes over to the follower
        Run.objects.filter(pk=row.pk).update(key_while="always")
    return Run(
        workflow_id=row.workflow_id,
        version=version,
        input=coerce(given, definition.input_schema),
        source=f"continued:{row.id}",
        business_key=row.business_key,
        key_while=row.key_while,
        started_at=clock().process_now(),
        parent_id=row.parent_id,
        parent_path=row.parent_path,
        parent_number=row.parent_number,
        depth=row.depth,
        continues_id=row.id,
        chain=row.chain or row.id,
        generation=(row.generation or 0) + 1,
        events_since=row.events_since or row.started_at,
    )


def _version_for(row: Run, given: Mapping[str, Any]) -> WorkflowVersion:
    workflow = Workflow.objects.select_related("current").defer("current__text", "current__definition")
    newest = workflow.get(pk=row.workflow_id).current
    if newest is None or newest.pk == row.version_id:
        return row.version
    schema = definition_of(newest).input_schema
    return row.version if input_faults(coerce(given, schema), schema) else newest
