"""Short words for lengths of time, people's targets, and where a run came from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

UNITS = ((86400, _lazy("d")), (3600, _lazy("h")), (60, _lazy("min")), (1, _lazy("s")))

TARGETS = {
    ("backup_of", ""): _lazy("the backup"),
    ("backup_of", "queue"): _lazy("the backup of the queue"),
    ("backup_of", "assignee"): _lazy("the backup of whoever has it"),
    ("manager_of", ""): _lazy("the manager"),
    ("manager_of", "queue"): _lazy("the manager of the queue"),
    ("manager_of", "assignee"): _lazy("the manager of whoever has it"),
    ("owner", ""): _lazy("the process owner"),
    ("owner", "workflow"): _lazy("the process owner"),
}
NAMED = {
    "role": _lazy("everyone with the role %(name)s"),
    "group": _lazy("the group %(name)s"),
    "queue": _lazy("the queue %(name)s"),
}

STAGES = {
    "half": _lazy("Half of the time"),
    "three_quarters": _lazy("Three quarters of the time"),
    "breach": _lazy("All of the time"),
}

SOURCES = {
    "workflow": _lazy("by another run"),
    "continued": _lazy("as the next of a chain of runs"),
    "rerun": _lazy("by running another once more"),
    "retry": _lazy("by trying another again"),
    "fork": _lazy("by going on from another"),
    "manual": _lazy("by hand"),
    "api": _lazy("through the API"),
    "demo": _lazy("by the demo"),
    "cli": _lazy("from the command line"),
}


def length(value: timedelta | float) -> str:
    """A length of time in at most two units: 3 d 4 h, 12 min, 1.4 s."""
    seconds = value.total_seconds() if isinstance(value, timedelta) else float(value)
    if seconds < 0:
        return f"-{length(-seconds)}"
    if seconds < 10:
        return f"{seconds:.1f}".removesuffix(".0") + f" {UNITS[-1][1]}"
    whole = round(seconds)
    index = next(index for index, (size, _unit) in enumerate(UNITS) if whole >= size)
    size, unit = UNITS[index]
    count, rest = divmod(whole, size)
    for smaller, its_unit in UNITS[index + 1 : index + 2]:
        if rest >= smaller:
            return f"{count} {unit} {rest // smaller} {its_unit}"
    return f"{count} {unit}"


BRIEF = {"backup_of": _lazy("backup"), "manager_of": _lazy("manager"), "owner": _lazy("owner")}


def brief_target(to: Mapping[str, str]) -> str:
    """The same in one word, where there is little room: backup."""
    return str(BRIEF.get(to.get("kind", "")) or target(to))


def target(to: Mapping[str, str]) -> str:
    """Whom an escalation level reaches, as planned: the backup of the queue."""
    kind, of = to.get("kind", ""), to.get("of", "")
    if (kind, "") in TARGETS:
        return str(TARGETS.get((kind, of)) or f"{TARGETS[kind, '']} {of}")
    name = to.get("name") or of or ""
    return str(NAMED[kind]) % {"name": name} if kind in NAMED else name


def all_of(people: Iterable[str]) -> str:
    """Alice and Bob."""
    return _(" and ").join(people)


def source(text: str) -> str:
    """Where a run came from: by a webhook at purchase-requests."""
    kind, _colon, rest = text.partition(":")
    if kind == "webhook":
        return _("by a signed webhook at %(path)s") % {"path": rest} if rest else _("by a signed webhook")
    if kind == "review":
        return _("by a system that asked for a review")
    if kind == "event":
        return _("by the event %(name)s") % {"name": rest}
    return str(SOURCES.get(kind) or _("by %(what)s") % {"what": text})


def used_up(stage: Any) -> str:
    """How much of the time that a review, a step or a run has is gone."""
    return str(STAGES.get(str(stage)) or _("Some of the time"))


def again(data: Mapping[str, Any]) -> str:
    """`; it is tried again in 5 s`, where it is."""
    return _("; it is tried again in %(span)s") % {"span": length(data["wait"])} if "wait" in data else ""
