"""Blocks whose steps run side by side or again and again: how they join, what errors do, what they give."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from orchestration.core.language.bounds import MAX_ITEMS
from orchestration.core.language.check_values import OnlyInside, Schema, Scope, check_condition, closed, schema_at
from orchestration.core.language.cursor import NAME, NAME_IS, Cursor
from orchestration.core.language.definition import ON_ERROR

ERRORS = ("ask", "collect", "stop")
MAX_ROUNDS = 1_000

Checked = tuple[dict[str, Any], dict[str, Schema]]
Inside = Callable[[Cursor, Scope], tuple[list[dict[str, Any]], dict[str, Schema]]]


def check_parallel(parallel: Cursor, scope: Scope, name: str, inside: Inside) -> Checked:
    if not parallel.mapping(("join", "errors", "branches")):
        return {"join": "all", "branches": []}, {name: None}
    branches = parallel.required("branches", "the named lists of steps that run side by side")
    made: list[dict[str, Any]] = []
    results: dict[str, Schema] = {}
    for label, branch in branches.children() if branches is not None and branches.mapping() else ():
        if not NAME.fullmatch(label) or label == ON_ERROR:
            branch.fault(f"{label[:60]!r} is no name for a branch; expected {NAME_IS}.", at_key=True)
        steps, given = inside(branch, scope.inside(name, label))
        results |= given
        made.append({"name": label, "steps": steps})
    joined = _joined(parallel, len(made))
    result = closed() if joined["join"] == "all" else closed("done")
    return {**joined, "branches": made}, results | {name: result}


def check_each(each: Cursor, scope: Scope, name: str, inside: Inside) -> Checked:
    if not each.mapping(("in", "concurrency", "join", "errors", "result", "steps")):
        return {}, {name: None}
    items = each.required("in", "the list to go through, such as ${ input.lines }")
    made: dict[str, Any] = {"in": check_condition(items, scope, "a list such as ${ input.lines }") if items else None}
    concurrency = each.get("concurrency")
    if concurrency is not None:
        made["concurrency"] = concurrency.integer(1, MAX_ITEMS)
    item = schema_at(items, scope) if items is not None else None
    known = scope.with_name("item", (item or {}).get("items", {})).with_name("number", {})
    more, results = _steps(each, known, name, inside)
    return made | _joined(each, MAX_ITEMS) | more, results


def check_repeat(repeat: Cursor, scope: Scope, name: str, inside: Inside) -> Checked:
    if not repeat.mapping(("until", "while", "max", "result", "steps")):
        return {}, {name: None}
    most = repeat.required("max", "the most rounds there may be")
    made: dict[str, Any] = {"max": most.integer(1, MAX_ROUNDS) if most is not None else None}
    known = scope.with_name("number", {}).with_name("previous", {})
    more, results = _steps(repeat, known, name, inside)
    seen = scope.with_name("number", {}).after(more.pop("seen"))
    for condition in ("until", "while"):
        place = repeat.get(condition)
        if place is not None:
            made[condition] = check_condition(place, seen)
    if "until" not in made and "while" not in made:
        repeat.fault("Expected `until: ${ … }` or `while: ${ … }`: when it is done.")
    return made | more, results


def _steps(block: Cursor, known: Scope, name: str, inside: Inside) -> Checked:
    """What a loop does. Its steps are visible inside, and its result is the list of theirs."""
    steps = block.required("steps", "what is done each time, a list of steps")
    if steps is None:
        return {"steps": [], "seen": {}}, {name: None}
    made, given = inside(steps, known.inside_loop(name))
    if not made:
        steps.fault("Expected one step at least.")
    ids = [step["id"] for step in made]
    told = ids[-1] if ids else ""
    more: dict[str, Any] = {"steps": made}
    chosen = block.get("result")
    if chosen is not None:
        told = chosen.among(ids, "a step of this block") or told
        more["result"] = told
    hidden: dict[str, Schema] = {step: OnlyInside(name) for step in given}
    if block.path.endswith("repeat"):
        more["seen"] = given
    return more, hidden | {name: {"type": "array", "items": given.get(told) or {}}}


def _joined(block: Cursor, count: int) -> dict[str, Any]:
    made: dict[str, Any] = {"join": "all"}
    join, errors = block.get("join"), block.get("errors")
    if join is not None:
        made["join"] = _join(join, count)
    if errors is not None:
        made["errors"] = errors.one_of(*ERRORS)
    return made


def _join(join: Cursor, count: int) -> Any:
    if not isinstance(join.value, dict):
        return join.value if join.value in ("all", "any") else join.expected("all, any or {at_least: 2}")
    if not join.mapping(("at_least",)):
        return "all"
    least = join.required("at_least", "how many have to end well")
    number = least.integer(1, MAX_ITEMS) if least is not None else None
    if least is not None and number is not None and number > count:
        least.fault(f"There are {count} branches; {number} of them can never end.")
    return {"at_least": number}
