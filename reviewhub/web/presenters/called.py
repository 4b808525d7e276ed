"""What a place of the case is called. Names may have dots of their own: a path alone does not say where one begins."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from orchestration import api
from reviewhub.reviews.models import ReviewTask
from reviewhub.web.presenters.values import spoken_name


def called_in(task: ReviewTask) -> dict[str, str]:
    """What was given, and every document, by its dotted path."""
    given, steps = task.context.get("input"), task.context.get("steps") or {}
    names = {name: spoken_name(name) for name in given} if isinstance(given, dict) else {}
    return names | dict(_documents(given)) | {path: name for step in steps.items() for path, name in _of_step(*step)}


def _of_step(name: str, result: Any) -> Iterator[tuple[str, str]]:
    return _documents(result, name, name)


def _documents(value: Any, path: str = "", name: str = "") -> Iterator[tuple[str, str]]:
    """In a list they are called as the list is."""
    if api.is_document(value):
        yield path, spoken_name(name)
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _documents(each, f"{path}.{key}" if path else key, key)
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _documents(each, f"{path}.{index}" if path else str(index), name)
