"""Steps that call out: tools and decision points, what they are given, and how often and how long they are tried."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from orchestration.core.language.catalogue import Catalogue
from orchestration.core.language.check_values import Schema, Scope, check_given, check_value, closed
from orchestration.core.language.cursor import Cursor
from orchestration.core.language.faults import nearest

RECOMMENDATION = closed("id", "outcome", "confidence", "agreed", "sample", "reasons", "text", "fields")


def _is_version(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 6


def check_tool(step: Cursor, scope: Scope, catalogue: Catalogue) -> tuple[dict[str, Any], Schema]:
    """The rest of the canonical step, and the schema of its result."""
    place = step.at("tool")
    tool, _, version = str(place.value).rpartition("@")
    if not isinstance(place.value, str) or not tool or not _is_version(version):
        place.expected("a tool and its version, such as mail.send@1")
        return {}, None
    tools = catalogue.tools
    shape = tools.get(place.value) if tools is not None else None
    if tools is not None and shape is None:
        place.fault(_unknown_tool(tool, version, tools))
    made = {"tool": tool, "version": int(version)} | _call(step, scope)
    if shape is not None:
        check_given(step.get("with"), shape[0], step, place.value)
    ambiguous = step.get("ambiguous")
    if ambiguous is not None:
        made["ambiguous"] = ambiguous.one_of("retry", "reconcile", "ask")
        if ambiguous.value == "retry" and shape is not None and not shape[2]:
            ambiguous.fault(f"{place.value} is not idempotent, so it cannot be retried blindly; use reconcile or ask.")
    return made, shape[1] if shape is not None else None


BESIDE = ("tool", "with", "retry", "timeout", "ambiguous")  # the keys of an undo and of a fallback


def check_cache(cache: Cursor, step: Cursor, catalogue: Catalogue) -> float | int | None:
    """How old an answer may be that is taken in the place of a call, in seconds."""
    tool, undo = step.value["tool"].value, step.get("undo")
    known = catalogue.tools is not None and catalogue.lookups is not None and tool in catalogue.tools
    if known and tool not in (catalogue.lookups or ()):
        cache.fault(f"{tool} does not just look something up; only the answers of tools that do are kept.", at_key=True)
    if undo is not None:
        cache.fault("A step whose answer is kept changes nothing, so there is nothing to undo.", at_key=True)
    return cache.duration(least=1)


def check_undo(undo: Cursor, scope: Scope, catalogue: Catalogue) -> dict[str, Any]:
    """What undoes a step. It may read what the step gave."""
    return _beside(undo, BESIDE, scope, catalogue)


def check_fallback(fallback: Cursor, scope: Scope, catalogue: Catalogue, name: str) -> Iterator[dict[str, Any]]:
    """The tools that are called in the place of one that failed, in their order."""
    for each in fallback.items("a list of tools, such as [{tool: mail.send@1}]"):
        made = _beside(each, (*BESIDE, "undo"), scope, catalogue)
        undo = each.get("undo")
        if undo is not None:
            made["undo"] = check_undo(undo, scope.after({name: None}), catalogue)
        yield made


def _beside(place: Cursor, keys: tuple[str, ...], scope: Scope, catalogue: Catalogue) -> dict[str, Any]:
    if not place.mapping(keys) or place.required("tool", "a tool and its version, such as mail.send@1") is None:
        return {}
    return check_tool(place, scope, catalogue)[0]


def _unknown_tool(tool: str, version: str, tools: Mapping[str, Any]) -> str:
    versions = sorted(int(known.rpartition("@")[2]) for known in tools if known.rpartition("@")[0] == tool)
    if versions:
        return f"The tool {tool!r} has no version {version}; it has {', '.join(map(str, versions))}."
    return f"There is no tool {tool!r}.{nearest(f'{tool}@{version}', tools)}"


def check_ai(step: Cursor, scope: Scope, catalogue: Catalogue) -> dict[str, Any]:
    return {"ai": step.at("ai").among(catalogue.decision_points, "a decision point")} | _call(step, scope)


def _call(step: Cursor, scope: Scope) -> dict[str, Any]:
    made: dict[str, Any] = {"with": {}}
    given, retry, timeout = (step.get(name) for name in ("with", "retry", "timeout"))
    if given is not None and given.mapping():
        made["with"] = check_value(given, scope)
    if retry is not None:
        made["retry"] = check_retry(retry)
    if timeout is not None:
        made["timeout"] = timeout.duration(least=0.1)
        if made["timeout"] is not None and made["timeout"] > 600:
            timeout.fault("A call may take at most 10m.")
    return made


def check_retry(cursor: Cursor) -> dict[str, Any]:
    if not cursor.mapping(("attempts", "first", "factor", "cap", "jitter")):
        return {}
    reads: dict[str, Callable[[Cursor], Any]] = {
        "attempts": lambda child: child.integer(1, 20),
        "first": lambda child: child.duration(least=0.1),
        "factor": lambda child: child.number(1, 10),
        "cap": lambda child: child.duration(least=0.1),
        "jitter": lambda child: child.number(0, 1),
    }
    return {name: read(child) for name, read in reads.items() if (child := cursor.get(name)) is not None}
