"""Steps: their kinds, their ids, what they give and what may follow."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from orchestration.core.language.catalogue import Catalogue
from orchestration.core.language.check_blocks import Inside, check_each, check_parallel, check_repeat
from orchestration.core.language.check_calls import (
    RECOMMENDATION,
    check_ai,
    check_cache,
    check_fallback,
    check_tool,
    check_undo,
)
from orchestration.core.language.check_children import CHILD, check_child, check_continue
from orchestration.core.language.check_clocks import check_due
from orchestration.core.language.check_review import check_review, result_schema
from orchestration.core.language.check_values import Schema, Scope, check_condition, check_value, closed
from orchestration.core.language.check_waits import check_emit, check_wait
from orchestration.core.language.cursor import NAME, NAME_IS, Cursor
from orchestration.core.language.definition import LOOPS, ON_ERROR
from orchestration.core.language.naming import check_not_built_in

OF_KIND: Mapping[str, tuple[str, ...]] = {
    "tool": ("with", "retry", "timeout", "ambiguous", "cache", "undo", "fallback", "on_error", "sla"),
    "ai": ("with", "retry", "timeout", "on_error", "sla"),
    "review": ("timeout", "on_error"),
    "switch": ("timeout", "on_error", "sla"),
    "parallel": ("timeout", "on_error", "sla"),
    "each": ("timeout", "on_error", "sla"),
    "repeat": ("timeout", "on_error", "sla"),
    "wait": ("sla",),
    "workflow": ("with", "parent_ends", "child_fails", "retry", "timeout", "on_error", "sla"),
    "emit": (),
    "set": (),
    "end": ("with",),
    "continue": (),
    "fail": (),
}
ENDINGS = ("end", "continue", "fail")  # a run ends there; they can do without an id
MANY_STEPS = 20
ERROR = closed("class", "code", "message", "explanation", "step", "errors")  # as handlers read it
MAX_PATH = 200  # characters of a step's path: its ids and the names of the blocks around it


@dataclass
class Checking:
    """What is known while the steps of one text are checked."""

    catalogue: Catalogue
    has_owner: bool
    ids: dict[int, str]  # of each step's node
    seen: dict[str, int] = field(default_factory=dict)


def name_steps(*blocks: Cursor | None) -> tuple[dict[int, str], dict[str, int]]:
    """An id for every step (a stable one for those that have none), and the line of each id; no faults yet."""
    nodes = [step for steps in blocks for step in _all_steps(steps)]
    written = {node.node.value["id"].value for node in nodes if _has_id(node)}
    ids: dict[int, str] = {}
    lines: dict[str, int] = {}
    counts: dict[str, int] = {}
    for node in nodes:
        name = node.node.value["id"].value if _has_id(node) else _made_id(node, written, counts)
        ids[id(node.node)] = name
        lines.setdefault(name, node.line)
    return ids, lines


def _has_id(step: Cursor) -> bool:
    return "id" in step.value and isinstance(step.value["id"].value, str)


def _made_id(step: Cursor, written: set[Any], counts: dict[str, int]) -> str:
    kind = next((kind for kind in OF_KIND if kind in step.value), "step")
    while True:
        counts[kind] = counts.get(kind, 0) + 1
        if f"{kind}-{counts[kind]}" not in written:
            return f"{kind}-{counts[kind]}"


def _all_steps(steps: Cursor | None) -> Iterator[Cursor]:
    for step in steps.items("") if steps is not None and isinstance(steps.value, list) else ():
        if isinstance(step.value, dict):
            yield step
            for block in _blocks(step):
                yield from _all_steps(block)


def _blocks(step: Cursor) -> Iterator[Cursor]:
    cases = step.get("switch")
    for case in cases.items("") if cases is not None and isinstance(cases.value, list) else ():
        if (steps := case.get("steps")) is not None:
            yield steps
    parallel = step.get("parallel")
    branches = parallel.get("branches") if parallel is not None else None
    for _, branch in branches.children() if branches is not None and isinstance(branches.value, dict) else ():
        yield branch
    for loop in (step.get(name) for name in LOOPS):
        if loop is not None and (steps := loop.get("steps")) is not None:
            yield steps
    if (handlers := step.get(ON_ERROR)) is not None:
        yield handlers


def check_steps(steps: Cursor, scope: Scope, checking: Checking) -> tuple[list[dict[str, Any]], dict[str, Schema]]:
    """The canonical steps of a block, and what they give to those that come after."""
    made: list[dict[str, Any]] = []
    results: dict[str, Schema] = {}
    ended: Cursor | None = None
    for step in steps.items("a list of steps, each starting with a dash"):
        if not isinstance(step.value, dict):
            step.expected("a step, such as {id: told, tool: mail.send@1}")
            continue
        if ended is not None:
            step.fault(f"This is never reached: the run ends on line {ended.line}.", "advice")
        canonical, given = _check_step(step, scope.after(results), checking)
        results |= given
        if canonical is not None:
            made.append(canonical)
            if canonical["kind"] in ENDINGS and "when" not in canonical:
                ended = step
    return made, results


def _check_step(step: Cursor, scope: Scope, checking: Checking) -> tuple[dict[str, Any] | None, dict[str, Schema]]:
    name = checking.ids[id(step.node)]
    step.path = f"steps.{name}"
    _check_id(step, name, checking)
    if len(scope.place) + len(name) > MAX_PATH:
        step.fault(f"The ids and names around this step are too long together; at most {MAX_PATH} characters.")
    kinds = [kind for kind in OF_KIND if kind in step.value]
    if len(kinds) != 1:
        _wrong_kind(step, kinds)
        return None, {name: None}
    kind = kinds[0]
    step.mapping(("id", "when", kind, *OF_KIND[kind]))
    made: dict[str, Any] = {"id": name, "kind": kind}
    when = step.get("when")
    if when is not None:
        made["when"] = check_condition(when, scope)
    more, results = _CHECKS[kind](step, scope, checking)
    made |= more
    timeout, handlers, sla = step.get("timeout"), step.get(ON_ERROR), step.get("sla")
    if sla is not None and "sla" in OF_KIND[kind]:
        made["sla"] = check_due(sla, checking.catalogue)
    if timeout is not None and "timeout" in OF_KIND[kind] and "timeout" not in made:
        made["timeout"] = timeout.duration(least=1)
    if handlers is not None and ON_ERROR in OF_KIND[kind]:
        inside = scope.after({id_: given for id_, given in results.items() if id_ != name})
        made[ON_ERROR], given = _handlers(handlers, inside.inside(name, ON_ERROR), checking)
        results = given | results
        if made[ON_ERROR] and made[ON_ERROR][-1]["kind"] == "set":
            results[name] = _either(results[name], given[made[ON_ERROR][-1]["id"]])
    return made, results


def _either(own: Schema, instead: Schema) -> Schema:
    """What a step gives: what it gave itself, or what its `on_error` gives in the place of failing."""
    if not isinstance(own, Mapping) or not isinstance(instead, Mapping):
        return None
    if "properties" not in own or "properties" not in instead:
        return None
    closed = own.get("additionalProperties") is False and instead.get("additionalProperties") is False
    properties = {**instead["properties"], **own["properties"]}
    return {"type": "object", "properties": properties, **({"additionalProperties": False} if closed else {})}


def _handlers(handlers: Cursor, scope: Scope, checking: Checking) -> tuple[list[dict[str, Any]], dict[str, Schema]]:
    made, given = check_steps(handlers, scope.with_name("error", ERROR), checking)
    if isinstance(handlers.value, list) and not handlers.value:
        handlers.fault("Expected one step at least: what is done about the error.")
    return made, given


def check_end_handlers(handlers: Cursor, scope: Scope, checking: Checking) -> list[dict[str, Any]]:
    """`on_error` of the workflow: what is done before the run ends as failed."""
    made, _ = _handlers(handlers, scope.inside("", ON_ERROR), checking)
    for step in _all_steps(handlers):
        for kind in ("end", "fail"):
            if kind in step.value:
                step.fault(f"A run that failed ends as failed; {kind} has no place here.")
    return made


def _check_id(step: Cursor, name: str, checking: Checking) -> None:
    if "id" in step.value and not _has_id(step):
        step.at("id").expected(NAME_IS)
    elif _has_id(step):
        place = step.at("id")
        if not NAME.fullmatch(name) or name == ON_ERROR:
            place.fault(f"{name[:60]!r} is no name for a step; expected {NAME_IS}.")
        check_not_built_in(place, checking.catalogue.built_in)
        if name in checking.seen:
            place.fault(f"The id {name!r} is taken already, on line {checking.seen[name]}.")
    elif step.value and next(iter(set(OF_KIND) & set(step.value)), "") not in ENDINGS:
        step.fault("'id' is missing: every step has a name of its own.")
    checking.seen.setdefault(name, step.line)


def _wrong_kind(step: Cursor, kinds: list[str]) -> None:
    if kinds:
        step.fault(f"A step is of one kind, not of {' and '.join(kinds)} at once.")
        return
    known = ("id", "when", *OF_KIND, *OF_KIND["tool"])
    step.mapping(known)
    if all(name in known for name in step.value):
        step.fault(f"The step says nothing to do; expected one of {', '.join(OF_KIND)}.")


# ---- one function a kind: the rest of the canonical step, and the results it gives ----------------

Checked = tuple[dict[str, Any], dict[str, Schema]]


def _tool(step: Cursor, scope: Scope, checking: Checking) -> Checked:
    name = checking.ids[id(step.node)]
    made, result = check_tool(step, scope, checking.catalogue)
    undo, fallback, cache = step.get("undo"), step.get("fallback"), step.get("cache")
    if cache is not None:
        made["cache"] = check_cache(cache, step, checking.catalogue)
    if undo is not None:
        made["undo"] = check_undo(undo, scope.after({name: result}), checking.catalogue)
    if fallback is not None:
        made["fallback"] = list(check_fallback(fallback, scope, checking.catalogue, name))
        result = None  # each tool answers in its own way
    return made, {name: result}


def _ai(step: Cursor, scope: Scope, checking: Checking) -> Checked:
    return check_ai(step, scope, checking.catalogue), {checking.ids[id(step.node)]: RECOMMENDATION}


def _review(step: Cursor, scope: Scope, checking: Checking) -> Checked:
    name = checking.ids[id(step.node)]
    made = check_review(step.at("review"), scope, checking.catalogue, name, has_owner=checking.has_owner)
    return made, {name: result_schema(made) if made else None}


def _switch(step: Cursor, scope: Scope, checking: Checking) -> Checked:
    name = checking.ids[id(step.node)]
    cases = list(step.at("switch").items("a list of cases, each with when and steps, the last with otherwise"))
    made: list[dict[str, Any]] = []
    results: dict[str, Schema] = {}
    for index, case in enumerate(cases):
        if not case.mapping(("when", "otherwise", "steps")):
            continue
        block = _case(case, scope, last=index == len(cases) - 1)
        steps = case.get("steps")
        inside = scope.inside(name, str(index))
        block["steps"], given = check_steps(steps, inside, checking) if steps is not None else ([], {})
        results |= given
        made.append(block)
    if not cases:
        step.at("switch").fault("A switch has at least one case.")
    return {"cases": made}, results | {name: closed("case")}


def _case(case: Cursor, scope: Scope, *, last: bool) -> dict[str, Any]:
    when, otherwise = case.get("when"), case.get("otherwise")
    if when is not None:
        if otherwise is not None:
            otherwise.fault("A case has either `when` or `otherwise`.", at_key=True)
        return {"when": check_condition(when, scope)}
    if otherwise is None or otherwise.value is not True:
        case.fault("Expected `when: ${ … }`, or `otherwise: true` for the last case.")
    elif not last:
        case.fault("`otherwise` is the last case; those after it are never reached.")
    return {}


def _parallel(step: Cursor, scope: Scope, checking: Checking) -> Checked:
    return check_parallel(step.at("parallel"), scope, checking.ids[id(step.node)], _inside(checking))


def _each(step: Cursor, scope: Scope, checking: Checking) -> Checked:
    return check_each(step.at("each"), scope, checking.ids[id(step.node)], _inside(checking))


def _repeat(step: Cursor, scope: Scope, checking: Checking) -> Checked:
    return check_repeat(step.at("repeat"), scope, checking.ids[id(step.node)], _inside(checking))


def _inside(checking: Checking) -> Inside:
    return partial(check_steps, checking=checking)


def _wait(step: Cursor, scope: Scope, checking: Checking) -> Checked:
    made, result = check_wait(step.at("wait"), scope, checking.catalogue)
    return {"wait": made}, {checking.ids[id(step.node)]: result}


def _workflow(step: Cursor, scope: Scope, checking: Checking) -> Checked:
    return check_child(step, scope, checking.catalogue), {checking.ids[id(step.node)]: CHILD}


def _continue(step: Cursor, scope: Scope, checking: Checking) -> Checked:
    return check_continue(step, scope, scope.names.get("input")), {checking.ids[id(step.node)]: closed()}


def _emit(step: Cursor, scope: Scope, checking: Checking) -> Checked:
    return {"emit": check_emit(step.at("emit"), scope)}, {checking.ids[id(step.node)]: closed("id")}


def _set(step: Cursor, scope: Scope, checking: Checking) -> Checked:
    place = step.at("set")
    given = check_value(place, scope) if place.mapping() else {}
    return {"set": given}, {checking.ids[id(step.node)]: closed(*given)}


def _end(step: Cursor, scope: Scope, checking: Checking) -> Checked:
    place = step.at("end")
    outcome = place.name("the run's outcome, such as rejected")
    made: dict[str, Any] = {"end": outcome}
    given = step.get("with")
    if given is not None and given.mapping():
        made["with"] = check_value(given, scope)
    return made, {checking.ids[id(step.node)]: closed()}


def _fail(step: Cursor, scope: Scope, checking: Checking) -> Checked:
    place = step.at("fail")
    said = check_value(place, scope) if place.text("what went wrong, for people") is not None else None
    return {"fail": said}, {checking.ids[id(step.node)]: closed()}


_CHECKS: Mapping[str, Callable[[Cursor, Scope, Checking], Checked]] = {
    "tool": _tool,
    "ai": _ai,
    "review": _review,
    "switch": _switch,
    "parallel": _parallel,
    "wait": _wait,
    "workflow": _workflow,
    "emit": _emit,
    "each": _each,
    "repeat": _repeat,
    "set": _set,
    "end": _end,
    "continue": _continue,
    "fail": _fail,
}
