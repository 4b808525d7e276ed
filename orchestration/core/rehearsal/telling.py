"""The trail of a rehearsal, in plain words: enough to see why a test failed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from orchestration.core.changes import Change
from orchestration.core.rehearsal.outcome import Told

_QUIET = frozenset({"timer.armed", "timer.stopped", "timer.fired", "step.joined"})
_UNITS = (("d", 86_400), ("h", 3_600), ("m", 60))


def told(changes: Iterable[Change], start: datetime) -> tuple[Told, ...]:
    return tuple(_told(changes, start))


def _told(changes: Iterable[Change], start: datetime) -> Iterator[Told]:
    for change in changes:
        if change.kind not in _QUIET:
            yield Told(length((change.at - start).total_seconds()), " ".join(_words(change)))


def length(seconds: float) -> str:
    """1d2h, 90s: as the language writes durations."""
    parts, rest = [], seconds
    for unit, size in _UNITS:
        count, rest = divmod(rest, size)
        parts += [f"{count:.0f}{unit}"] if count else []
    return "".join([*parts, *([f"{rest:g}s"] if rest or not parts else [])])


def _words(change: Change) -> Iterator[str]:
    """Where, what, and what there is to say about it."""
    data, values = change.data, change.values or {}
    if "path" in data:
        yield f"{data['path']}:"
    yield change.kind.replace(".", " ").replace("_", " ")
    for name in ("kind", "number", "class", "code", "then", "outcome", "stage", "action", "name"):
        if name in data and isinstance(data[name], (str, int)):
            yield str(data[name])
    decision = data.get("review", {}).get("decision") if isinstance(data.get("review"), dict) else None
    if decision:
        yield f"{decision['outcome']} by {decision['by']['label']}"
    if isinstance(data.get("to"), dict):
        yield " ".join(str(each) for each in data["to"].values())
    error = values.get("error")
    if isinstance(error, dict):
        yield f"({error.get('message', '')})"
