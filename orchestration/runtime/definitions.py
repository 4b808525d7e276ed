"""Compiled definitions by version. A version never changes, so what was compiled once stays right."""

from __future__ import annotations

from functools import lru_cache

from orchestration.core.language.definition import Definition, compile_definition
from orchestration.models import WorkflowVersion


def definition_of(version: WorkflowVersion) -> Definition:
    return _compiled(version.pk, version.content_hash)


@lru_cache(maxsize=256)
def _compiled(pk: int, content_hash: str) -> Definition:
    """The hash is in the key too, so that another database with the same numbers is another version."""
    stored = WorkflowVersion.objects.values_list("definition", flat=True)
    return compile_definition(stored.get(pk=pk, content_hash=content_hash))
