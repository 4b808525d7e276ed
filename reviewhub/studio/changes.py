"""What differs between two texts of a workflow, in words: step by step, in the order of the newer one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from reviewhub.studio.wording import length

HEAD = {
    "title": _lazy("Title"),
    "owner": _lazy("Owner"),
    "input": _lazy("Input"),
    "key": _lazy("Key"),
    "triggers": _lazy("Triggers"),
    "limits": _lazy("Limits"),
}
INSIDE = ("steps", "branches", "cases")
DURATIONS = frozenset({"due", "after", "timeout", "first", "cap", "duration", "undo"})
NEW, NEW_IN = _lazy("New, %(kind)s"), _lazy("New, %(kind)s in %(place)s")
GONE, GONE_IN = _lazy("Gone, %(kind)s"), _lazy("Gone, %(kind)s in %(place)s")
MOVED, MOVED_FROM = _lazy("Moved to %(new)s"), _lazy("Moved from %(old)s to %(new)s")
LONGEST = 160  # characters of a value that are shown


@dataclass(frozen=True, slots=True)
class Difference:
    """One change: of which part, and what."""

    what: str | Promise
    text: str


def changes_between(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[Difference] | None:
    """Of two canonical forms. None where one is missing, since its text has faults; empty where both mean the same."""
    if before is None or after is None:
        return None
    return [*_of_head(before, after), *_of_steps(_steps(before["steps"]), _steps(after["steps"]))]


def _of_head(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for name, label in HEAD.items():
        for text in _texts("", before.get(name), after.get(name)):
            yield Difference(label, text)


def _of_steps(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for step_id, (place, step) in after.items():
        if step_id not in before:
            yield Difference(step_id, (NEW_IN if place else NEW) % {"kind": _kind(step), "place": place})
            continue
        old_place, old_step = before[step_id]
        if old_place != place:
            said = {"old": old_place, "new": place or _("the top level")}
            yield Difference(step_id, (MOVED_FROM if old_place else MOVED) % said)
        for text in _texts("", _own(old_step), _own(step)):
            yield Difference(step_id, text)
    for step_id, (place, step) in before.items():
        if step_id not in after:
            yield Difference(step_id, (GONE_IN if place else GONE) % {"kind": _kind(step), "place": place})
    kept = [step_id for step_id in before if step_id in after]
    if kept != [step_id for step_id in after if step_id in before]:
        yield Difference(_("Order"), _("Now %(steps)s") % {"steps": ", ".join(after)})


def _steps(steps: Any, place: str = "") -> dict[str, tuple[str, Mapping[str, Any]]]:
    """Every step by its id, with the place that it stands in."""
    found: dict[str, tuple[str, Mapping[str, Any]]] = {}
    for step in steps:
        found[step["id"]] = (place, step)
        for branch in step.get("branches", ()):
            found |= _steps(branch["steps"], f"{step['id']}, {branch['name']}")
        for number, case in enumerate(step.get("cases", ()), start=1):
            way = _("way %(number)s") % {"number": number} if "when" in case else _("otherwise")
            found |= _steps(case["steps"], f"{step['id']}, {way}")
    return found


def _own(step: Mapping[str, Any]) -> dict[str, Any]:
    """A step without the steps inside it, and with the conditions of its ways."""
    own = {name: value for name, value in step.items() if name not in INSIDE}
    if "cases" in step:
        own["ways"] = [case.get("when", "otherwise") for case in step["cases"]]
    if "branches" in step:
        own["branches"] = [branch["name"] for branch in step["branches"]]
    return own


def _texts(name: str, old: Any, new: Any) -> Iterator[str]:
    """`sla.due: 28800 became 14400`, as deep as both sides go the same way."""
    if old == new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in dict.fromkeys((*old, *new)):
            yield from _texts(f"{name}.{key}" if name else str(key), old.get(key), new.get(key))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (left, right) in enumerate(zip(old, new, strict=True), start=1):
            yield from _texts(f"{name} {index}", left, right)
    elif old is None:
        yield _named(name, _("now %(value)s") % {"value": _said(name, new)})
    elif new is None:
        yield _named(name, _("no longer %(value)s") % {"value": _said(name, old)})
    else:
        yield _named(name, _("%(old)s became %(new)s") % {"old": _said(name, old), "new": _said(name, new)})


def _named(name: str, text: str) -> str:
    return f"{name}: {text}" if name else text


def _said(name: str, value: Any) -> str:
    if name.rpartition(".")[2] in DURATIONS and isinstance(value, int | float):
        return length(value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _kind(step: Mapping[str, Any]) -> str:
    tool = _("the tool %(name)s") % {"name": step.get("tool")}
    said = {"ai": _("a question to the AI"), "review": _("a review"), "tool": tool}
    return said.get(step["kind"], str(step["kind"]))
