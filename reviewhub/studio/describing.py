"""What each kind of step says of itself in a drawing: a line under its name, chips, and a review's escalation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from reviewhub.studio.conditions import MARKED, condition, sentence_of
from reviewhub.studio.starting import readable
from reviewhub.studio.wording import brief_target, length, target

Spec = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Chip:
    text: str
    icon: str = ""
    tone: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Level:
    """One level of an escalation: when, and whom it reaches."""

    after: str
    to: str  # in a word
    whom: str  # in full


@dataclass(frozen=True, slots=True)
class Description:
    detail: str
    icon: str
    tone: str = ""
    title: str = ""  # in the place of the step's id
    chips: tuple[Chip, ...] = ()
    more: tuple[Chip, ...] = ()
    concerns: tuple[Chip, ...] = ()
    chain: tuple[Level, ...] = ()
    last: str = ""


def describe(kind: str, spec: Spec) -> Description:
    said = _DESCRIBE[kind](spec)
    if kind in CALLS or "timeout" not in spec:
        return said
    limit = Chip(f"Fails after {length(spec['timeout'])}", "risk")
    return replace(said, chips=(*said.chips, limit)) if kind in BLOCKS else replace(said, more=(*said.more, limit))


KINDS = {"exception": "a policy exception", "value": "a high value", "anomaly": "an anomaly"}  # of concerns
CALLS = ("tool", "ai")  # how long a call may take is nobody's concern who reads a drawing
BLOCKS = ("switch", "parallel", "each", "repeat")


def _tool(spec: Spec) -> Description:
    icon = "mail" if str(spec["tool"]).startswith("mail.") else "tool"
    more = [*_condition(spec)]
    retry = spec.get("retry") or {}
    if retry.get("attempts"):
        more.append(Chip("One attempt" if retry["attempts"] == 1 else f"Up to {retry['attempts']} attempts", "retry"))
    more += [
        Chip(f"Else {other['tool']}", title="Is called where this tool fails") for other in spec.get("fallback", ())
    ]
    if spec.get("cache"):
        title = "An answer to the same question that is not older is taken in the place of a call"
        more.append(Chip(f"Answers kept {length(spec['cache'])}", "wait", title=title))
    if spec.get("undo"):
        more.append(Chip(f"Undo by {spec['undo']['tool']}", "undo", title="Where the run fails or is cancelled"))
    if spec.get("ambiguous") == "ask":
        more.append(Chip("Asks if unsure", title="Where a call may have taken effect, a person is asked"))
    return Description(f"{spec['tool']}@{spec['version']}", icon, more=tuple(more))


def _ai(spec: Spec) -> Description:
    return Description(readable(str(spec["ai"])), "ai", "ai", more=tuple(_condition(spec)))


def _review(spec: Spec) -> Description:
    labels = [str(outcome["label"]).lower() for outcome in spec["outcomes"]]
    unanswered = spec.get("unanswered")
    return Description(
        detail=f"A person decides: {_either(labels)}",
        icon="mine",
        tone="plain",
        more=(*_condition(spec), *_review_chips(spec)),
        concerns=tuple(Chip(_plain(each["say"]), "alert", title=_when(each)) for each in spec.get("concerns", ())),
        chain=_chain(spec.get("escalate")),
        last=f"{length(unanswered['after'])}: {_label(spec, unanswered['outcome'])}" if unanswered else "",
    )


def _label(spec: Spec, outcome: str) -> str:
    return next((str(each["label"]).lower() for each in spec["outcomes"] if each["id"] == outcome), outcome)


def _review_chips(spec: Spec) -> list[Chip]:
    assign, sla = spec["assign"], spec.get("sla") or {}
    chips = [Chip(readable(str(assign["queue"])), "team")]
    if sla.get("due") is not None:
        calendar = f", {readable(sla['calendar']).lower()}" if sla.get("calendar") else ""
        chips.insert(0, Chip(f"Due in {length(sla['due'])}{calendar}", "risk"))
    if sla.get("policy"):
        chips.insert(0, Chip(f"Clock: {sla['policy']}", "risk"))
    if assign.get("skills"):
        chips.append(Chip("Skills", title="Whoever is given it must know: " + ", ".join(assign["skills"])))
    if assign.get("exclude"):
        chips.append(Chip("Not the requester", title="Those who may not decide: " + ", ".join(assign["exclude"])))
    if isinstance(assign.get("approvals"), Mapping):
        chips.append(Chip(_approvals(assign["approvals"]), "team"))
    if isinstance(spec.get("escalate"), Mapping):
        chips.append(Chip(f"Escalation: {spec['escalate']['policy']}", "escalate"))
    return chips


def _approvals(plan: Spec) -> str:
    many = f"{plan['need']} of {plan['of']}" if plan["need"] != plan["of"] else str(plan["need"])
    how = [", one after the other" if plan["in_order"] else "", ", blind" if plan["blind"] else ""]
    return f"{many} decide{''.join(how)}"


def _when(concern: Spec) -> str:
    said = f"Said if {condition(str(concern['when']))}" if "when" in concern else "Always said"
    return f"{said}, as {KINDS[concern['because']]}" if "because" in concern else said


def _chain(levels: Any) -> tuple[Level, ...]:
    if not isinstance(levels, Sequence):
        return ()
    return tuple(Level(_after(each), brief_target(each["to"]) + _only_if(each), target(each["to"])) for each in levels)


def _after(level: Spec) -> str:
    return f"{length(level['after'])}{' of business' if level.get('business') else ''}"


def _only_if(level: Spec) -> str:
    return f", if {condition(str(level['when']))}" if level.get("when") is not None else ""


def _switch(spec: Spec) -> Description:
    return Description("The first that is true", "switch", chips=tuple(_condition(spec)))


def _parallel(spec: Spec) -> Description:
    return Description("At the same time", "parallel", chips=(*_condition(spec), *_joined(spec, "Waits for all")))


def _each(spec: Spec) -> Description:
    items = condition(str(spec["in"]))
    at_once = Chip(f"{spec['concurrency']} at once") if "concurrency" in spec else None
    chips = [chip for chip in (*_condition(spec), at_once, *_joined(spec, "")) if chip is not None]
    return Description(f"For each of {items}", "retry", chips=tuple(chips))


def _repeat(spec: Spec) -> Description:
    ways = [f"{word} {condition(str(spec[word]))}" for word in ("while", "until") if word in spec]
    chips = (*_condition(spec), Chip(f"At most {spec['max']} rounds"))
    return Description(f"Again and again, {' and '.join(ways)}", "retry", chips=chips)


ERRORS = {
    "ask": ("Errors ask a person", "Where one fails, a person is asked and the others go on"),
    "collect": ("Errors are collected", "The others go on; how many must end well is seen at the end"),
    "stop": ("Stops at an error", "The first that fails ends the others"),
}


def _joined(spec: Spec, otherwise: str) -> list[Chip]:
    join = spec.get("join", "all")
    said = {"all": otherwise, "any": "The first one counts"}.get(join) if isinstance(join, str) else None
    if isinstance(join, Mapping):
        said = f"At least {join['at_least']} count"
    chips = [Chip(said)] if said else []
    if spec.get("errors"):
        text, title = ERRORS[spec["errors"]]
        chips.append(Chip(text, title=title))
    return chips


def _wait(spec: Spec) -> Description:
    wait = spec["wait"]
    if "for" in wait:
        calendar = f", {readable(wait['calendar']).lower()}" if "calendar" in wait else ""
        return Description(f"Waits {length(wait['for'])}{calendar}", "wait", more=tuple(_condition(spec)))
    if "until" in wait:
        return Description(f"Waits until {_plain(wait['until'])}", "wait", more=tuple(_condition(spec)))
    late = wait.get("unanswered")
    return Description(
        detail=f"Waits for {wait['event']}",
        icon="wait",
        more=(*_condition(spec), Chip(f"Of {_plain(wait['key'])}", title=str(wait["key"]))),
        last=f"{length(late['after'])}: {late['outcome']}" if late else "",
    )


def _workflow(spec: Spec) -> Description:
    more = [*_condition(spec)]
    if spec.get("parent_ends") == "leave":
        more.append(Chip("Goes on alone", title="It is not cancelled when this run ends before it"))
    if isinstance(spec.get("child_fails"), Mapping):
        more.append(Chip("Carries on if it fails", title="This run goes on with a given result"))
    return Description(f"Runs {readable(str(spec['workflow']))}", "flow", more=tuple(more))


def _continue(spec: Spec) -> Description:
    names = ", ".join(spec["continue"])
    return Description("", "retry", title="Goes on as a new run", more=(Chip(f"With {names}"),) if names else ())


def _emit(spec: Spec) -> Description:
    emit = spec["emit"]
    key = Chip(f"Of {_plain(emit['key'])}", title=str(emit["key"]))
    return Description(f"Tells {emit['event']}", "hook", more=(*_condition(spec), key))


def _set(spec: Spec) -> Description:
    values = spec["set"]
    names = ", ".join(values) if isinstance(values, Mapping) else "a value"
    return Description(f"Works out {names}", "gear", more=tuple(_condition(spec)))


def _end(spec: Spec) -> Description:
    return Description("", "stop", title=f"End: {_plain(spec['end'])}")


def _fail(spec: Spec) -> Description:
    return Description("", "stop", "breached", title=f"Fails: {_plain(spec['fail'])}")


def _plain(value: Any) -> str:
    """An expression alone as words, one inside a text as words in brackets."""
    text = str(value)
    return condition(text) if MARKED.match(text) and text.count("${") == 1 else sentence_of(text)


def _condition(spec: Spec) -> list[Chip]:
    """What any step may have: its condition, and the time it has."""
    when, sla = spec.get("when"), spec.get("sla")
    chips = [Chip(f"If {condition(str(when))}", title=str(when))] if when is not None else []
    if sla is None or spec["kind"] == "review":  # a review says its own
        return chips
    return [*chips, Chip(f"Due in {length(sla['due'])}", "risk")]


def _either(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}" if len(words) > 1 else "".join(words)


_DESCRIBE: Mapping[str, Callable[[Spec], Description]] = {
    "tool": _tool,
    "ai": _ai,
    "review": _review,
    "switch": _switch,
    "parallel": _parallel,
    "each": _each,
    "repeat": _repeat,
    "wait": _wait,
    "workflow": _workflow,
    "emit": _emit,
    "continue": _continue,
    "set": _set,
    "end": _end,
    "fail": _fail,
}
