"""What a test beside the text may expect, and whether it can be expected of this workflow."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from orchestration.core.language.check_waits import check_event_name
from orchestration.core.language.cursor import Cursor
from orchestration.core.language.naming import Names
from orchestration.core.language.workflow_tests import Expected


def check_expectations(cursor: Cursor, names: Names) -> Iterator[Expected]:
    if not cursor.mapping(tuple(EXPECTATIONS)):
        return
    if not cursor.value:
        cursor.fault("A test expects something, such as {outcome: done}.")
    for what, place in cursor.children():
        if what in EXPECTATIONS:
            yield Expected(place.line, what, EXPECTATIONS[what](place, names))


def _outcome(cursor: Cursor, _: Names) -> Any:
    return cursor.text("the run's outcome, such as rejected, or open where it still waits", 60)


def _steps(cursor: Cursor, names: Names) -> list[Any]:
    places = list(cursor.items("a list of steps' ids"))
    for place in places:
        names.check_step(place)
    return [place.value for place in places]


def _calls(cursor: Cursor, names: Names) -> list[dict[str, Any]]:
    return [_call(place, names) for place in cursor.items("a list of tools, such as [mail.send]")]


def _call(cursor: Cursor, names: Names) -> dict[str, Any]:
    """A name, or {tool, with}: what it was given, as far as it is said."""
    if isinstance(cursor.value, str):
        names.check_call(cursor)
        return {"tool": cursor.value}
    tool = cursor.required("tool", "the name of a tool") if cursor.mapping(("tool", "with")) else None
    if tool is not None:
        names.check_call(tool)
    given = cursor.get("with") if tool is not None else None
    made: dict[str, Any] = {"tool": tool.value if tool is not None else None}
    if given is not None and given.mapping():
        made["with"] = given.plain()
    return made


def _emitted(cursor: Cursor, _: Names) -> list[dict[str, Any]]:
    return [_event(place) for place in cursor.items("a list of events, such as [order.paid]")]


def _event(cursor: Cursor) -> dict[str, Any]:
    """A name, or {event, key, with}."""
    if isinstance(cursor.value, str):
        return {"event": check_event_name(cursor)}
    event = cursor.required("event", "its name") if cursor.mapping(("event", "key", "with")) else None
    if event is None:
        return {}
    check_event_name(event)
    said: dict[str, Any] = cursor.plain()
    return {**said, "key": str(said["key"])} if "key" in said else said


def _texts(cursor: Cursor, _: Names) -> list[Any]:
    return [place.text("a name", 150) for place in cursor.items("a list of who was reached, such as [backup, owner]")]


def _error(cursor: Cursor, names: Names) -> Any:
    """Part of its message, or {class, code, message, step}."""
    if isinstance(cursor.value, str):
        return {"message": cursor.text("a part of the error's message")}
    if not cursor.mapping(("class", "code", "message", "step")):
        return {}
    step = cursor.get("step")
    if step is not None:
        names.check_step(step)
    return cursor.plain()


def _results(cursor: Cursor, names: Names) -> Any:
    for name, place in cursor.children() if cursor.mapping() else ():
        if name not in names.steps:
            place.fault(f"There is no step {name!r}.", at_key=True)
    return cursor.plain()


def _duration(cursor: Cursor, _: Names) -> Any:
    return cursor.duration()


EXPECTATIONS: Mapping[str, Callable[[Cursor, Names], Any]] = {
    "outcome": _outcome,
    "path": _steps,
    "never": _steps,
    "calls": _calls,
    "emitted": _emitted,
    "results": _results,
    "escalated_to": _texts,
    "incidents": _steps,
    "error": _error,
    "open": _steps,
    "took": _duration,
}
