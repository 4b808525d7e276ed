"""What a test expects against what happened. Each difference says both in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from orchestration.core.language.workflow_tests import Expected, WorkflowTest
from orchestration.core.rehearsal.outcome import Failure, Happened
from orchestration.core.rehearsal.telling import length
from orchestration.core.state import StepState


def failures_of(test: WorkflowTest, happened: Happened) -> Iterator[Failure]:
    if all(expected.what != "incidents" for expected in test.expect):
        unexpected = _incidents((), happened)
        if unexpected is not None:
            yield Failure(test.line, "no incident", unexpected)
    for expected in test.expect:
        found = _COMPARE[expected.what](expected.value, happened)
        if found is not None:
            yield Failure(expected.line, f"{expected.what}: {_words(expected)}", found)


def _words(expected: Expected) -> str:
    if expected.what == "calls":
        return said([call if "with" in call else call["tool"] for call in expected.value])
    return length(expected.value) if expected.what == "took" else said(expected.value)


def said(value: Any) -> str:
    """Short, and as it would be written in the test."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case Mapping():
            return "{" + ", ".join(f"{name}: {said(each)}" for name, each in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(said(each) for each in value) + "]"
        case _:
            text = str(value)
            return text if len(text) <= 200 else f"{text[:199]}…"


# ---- one function an expectation: None where it holds, otherwise what was found -------------------


def _outcome(expected: str, happened: Happened) -> str | None:
    if happened.outcome == expected:
        return None
    error = (happened.state.error or {}).get("message")
    waits = ", ".join(step.path for step in happened.state.steps.values() if step.is_open)
    more = f": {error}" if error else (f", waiting at {waits}" if happened.outcome == "open" else "")
    return f"{happened.outcome}{more}"


def _opened(happened: Happened) -> list[tuple[str, ...]]:
    """Path and id of every step that ran, in the order in which they began."""
    steps = (step for step in happened.state.steps.values() if step.status != "skipped")
    return [_names(step) for step in sorted(steps, key=lambda step: step.position)]


def _names(step: StepState) -> tuple[str, ...]:
    """What a test may call a step. What undoes it, or stands in for it, has its path alone."""
    return (step.path,) if "~" in step.path else (step.path, step.id)


def _path(expected: Sequence[str], happened: Happened) -> str | None:
    ran = _opened(happened)
    rest = iter(ran)
    if all(any(name in names for names in rest) for name in expected):
        return None
    return said([names[0] for names in ran])


def _never(expected: Sequence[str], happened: Happened) -> str | None:
    did = sorted({name for name in expected for names in _opened(happened) if name in names})
    return f"{', '.join(did)} ran" if did else None


def _calls(expected: Sequence[Mapping[str, Any]], happened: Happened) -> str | None:
    made = [call for call in happened.calls if call.kind == "tool"]
    rest = iter(made)
    for call in expected:
        if not any(call["tool"] in each.names and _within(call.get("with", {}), each.given or {}) for each in rest):
            return said([{"tool": each.name, "with": each.given} if "with" in call else each.name for each in made])
    return None


def _emitted(expected: Sequence[Mapping[str, Any]], happened: Happened) -> str | None:
    found = [{"event": each.name, "key": each.key, "with": dict(each.payload)} for each in happened.emitted]
    rest = iter(found)
    if all(any(_within(event, each) for each in rest) for event in expected):
        return None
    return said(found)


def _results(expected: Mapping[str, Any], happened: Happened) -> str | None:
    found = {step.id: step.result for step in happened.state.steps.values() if "~" not in step.path}
    wrong = {name: found.get(name) for name, value in expected.items() if not _within(value, found.get(name))}
    return said(wrong) if wrong else None


def _escalated(expected: Sequence[str], happened: Happened) -> str | None:
    return None if list(expected) == list(happened.reached) else said(happened.reached)


def _incidents(expected: Sequence[str], happened: Happened) -> str | None:
    paths = [change.data["path"] for change in happened.changes if change.kind == "incident.opened"]
    named = [(path, happened.state.steps[path].id) for path in paths]
    if len(named) == len(expected) and all(name in names for name, names in zip(expected, named, strict=True)):
        return None
    seen = [(happened.state.steps[path].error or {}).get("message", "") for path in paths]
    return said([f"{path} ({why})" for path, why in zip(paths, seen, strict=True)])


def _error(expected: Mapping[str, Any], happened: Happened) -> str | None:
    found = dict(happened.state.error or {})
    message = str(expected.get("message", ""))
    rest = {name: value for name, value in expected.items() if name != "message"}
    if found and message in str(found.get("message", "")) and _within(rest, found):
        return None
    return said(found) if found else "no error"


def _open(expected: Sequence[str], happened: Happened) -> str | None:
    found = [(step.path, step.id) for step in happened.state.steps.values() if step.is_open and step.review is not None]
    if len(found) == len(expected) and all(any(name in names for names in found) for name in expected):
        return None
    return said([path for path, _ in found])


def _took(expected: float, happened: Happened) -> str | None:
    started, ended = happened.state.started_at, happened.state.ended_at
    if started is None or ended is None:
        return "the run is still open"
    seconds = (ended - started).total_seconds()
    return None if seconds == expected else length(seconds)


def _within(expected: Any, found: Any) -> bool:
    """Whether all that is said is there; a mapping may have more."""
    if isinstance(expected, Mapping):
        return isinstance(found, Mapping) and all(
            name in found and _within(value, found[name]) for name, value in expected.items()
        )
    return bool(expected == found) and isinstance(expected, bool) == isinstance(found, bool)


_COMPARE: Mapping[str, Callable[[Any, Happened], str | None]] = {
    "outcome": _outcome,
    "path": _path,
    "never": _never,
    "calls": _calls,
    "emitted": _emitted,
    "results": _results,
    "escalated_to": _escalated,
    "incidents": _incidents,
    "error": _error,
    "open": _open,
    "took": _took,
}
