"""Moving open runs to another version of their workflow; first looked at, then done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from orchestration.core.events import MigrationRequested
from orchestration.core.migrating import Plan, plan
from orchestration.exceptions import CannotMigrate, NotFound
from orchestration.models import Run, WorkflowVersion
from orchestration.ports import Actor
from orchestration.runtime.advance import commit, consider
from orchestration.runtime.definitions import definition_of
from orchestration.runtime.reading import run_state
from orchestration.runtime.store import hold


def plan_migration(*, run_id: Any, to: int, step_map: Mapping[str, str]) -> Plan:
    """What `migrate_run` would do to the run as it stands. Changes nothing. Raises `NotFound`."""
    row = Run.objects.select_related("version").filter(pk=run_id).first()
    if row is None:
        raise NotFound(f"There is no run {run_id}.")
    return _planned(row, run_state(run_id), _version(row, to), step_map)


def migrate_run(*, run_id: Any, to: int, step_map: Mapping[str, str], actor: Actor) -> Plan:
    """The run goes on by the other version from here. Raises `CannotMigrate` with every reason, and `NotFound`."""
    with transaction.atomic():
        held = hold(run_id)
        version, old = _version(held.row, to), held.row.version.number
        made = _planned(held.row, held.state, version, step_map)
        if made.faults:
            raise CannotMigrate(tuple(made.faults))
        held.row.version = version
        event = MigrationRequested(
            old, dict(step_map), made.moved, tuple(made.anew), made.renamed, made.carried, made.held
        )
        decided = consider(held, event)
        Run.objects.filter(pk=held.row.pk).update(version=version)
        commit(held, decided, actor)
        return made


def _version(row: Run, number: int) -> WorkflowVersion:
    found = WorkflowVersion.objects.filter(workflow_id=row.workflow_id, number=number).first()
    if found is None:
        raise NotFound(f"The workflow has no version {number}.")
    return found


def _planned(row: Run, state: Any, version: WorkflowVersion, step_map: Mapping[str, str]) -> Plan:
    made = plan(state, definition_of(row.version), definition_of(version), step_map)
    if row.version_id == version.pk:
        made.faults.append(f"The run is on version {version.number} already.")
    return made
