"""Short words for lengths of time, people's targets, and where a run came from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))

TARGETS = {
    "backup_of": "the backup",
    "manager_of": "the manager",
    "owner": "the process owner",
}
NAMED = {"role": "everyone with the role {}", "group": "the group {}", "queue": "the queue {}"}
OF = {"queue": "of the queue", "assignee": "of whoever has it", "workflow": ""}

STAGES = {"half": "Half of the time", "three_quarters": "Three quarters of the time", "breach": "All of the time"}

SOURCES = {
    "workflow": "by another run",
    "continued": "as the next of a chain of runs",
    "rerun": "by running another once more",
    "retry": "by trying another again",
    "fork": "by going on from another",
    "manual": "by hand",
    "api": "through the API",
    "demo": "by the demo",
    "cli": "from the command line",
}


def length(value: timedelta | float) -> str:
    """A length of time in at most two units: 3 d 4 h, 12 min, 1.4 s."""
    seconds = value.total_seconds() if isinstance(value, timedelta) else float(value)
    if seconds < 0:
        return f"-{length(-seconds)}"
    if seconds < 10:
        return f"{seconds:.1f} s".replace(".0 s", " s")
    whole = round(seconds)
    index = next(index for index, (size, _) in enumerate(UNITS) if whole >= size)
    size, unit = UNITS[index]
    count, rest = divmod(whole, size)
    for smaller, its_unit in UNITS[index + 1 : index + 2]:
        if rest >= smaller:
            return f"{count} {unit} {rest // smaller} {its_unit}"
    return f"{count} {unit}"


BRIEF = {"backup_of": "backup", "manager_of": "manager", "owner": "owner"}


def brief_target(to: Mapping[str, str]) -> str:
    """The same in one word, where there is little room: backup."""
    return BRIEF.get(to.get("kind", "")) or target(to)


def target(to: Mapping[str, str]) -> str:
    """Whom an escalation level reaches, as planned: the backup of the queue."""
    kind = to.get("kind", "")
    if kind in TARGETS:
        return f"{TARGETS[kind]} {OF.get(to.get('of', ''), to.get('of', ''))}".strip()
    name = to.get("name") or to.get("of") or ""
    return NAMED.get(kind, "{}").format(name)


def source(text: str) -> str:
    """Where a run came from: by a webhook at purchase-requests."""
    kind, _, rest = text.partition(":")
    if kind == "webhook":
        return f"by a signed webhook at {rest}" if rest else "by a signed webhook"
    if kind == "review":
        return "by a system that asked for a review"
    if kind == "event":
        return f"by the event {rest}"
    return SOURCES.get(kind, f"by {text}")


def used_up(stage: Any) -> str:
    """How much of the time that a review, a step or a run has is gone."""
    return STAGES.get(str(stage), "Some of the time")


def again(data: Mapping[str, Any]) -> str:
    """`; it is tried again in 5 s`, where it is."""
    return f"; it is tried again in {length(data['wait'])}" if "wait" in data else ""
