"""What each kind of step says of itself in a drawing: a line under its name, chips, and a review's escalation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from reviewhub.studio.conditions import MARKED, condition, sentence_of
from reviewhub.studio.starting import readable
from reviewhub.studio.wording import all_of, brief_target, length, target

Spec = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Chip:
    text: str
    icon: str = ""
    tone: str = ""
    title: str | Promise = ""


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
    limit = Chip(_("Fails after %(span)s") % {"span": length(spec["timeout"])}, "risk")
    return replace(said, chips=(*said.chips, limit)) if kind in BLOCKS else replace(said, more=(*said.more, limit))


KINDS = {
    "exception": _lazy("a policy exception"),
    "value": _lazy("a high value"),
    "anomaly": _lazy("an anomaly"),
}  # of concerns
CALLS = ("tool", "ai")  # how long a call may take is nobody's concern who reads a drawing
BLOCKS = ("switch", "parallel", "each", "repeat")


def _tool(spec: Spec) -> Description:
    icon = "mail" if str(spec["tool"]).startswith("mail.") else "tool"
    more = [*_condition(spec)]
    retry = spec.get("retry") or {}
    if retry.get("attempts"):
        attempts = ngettext("One attempt", "Up to %(n)s attempts", retry["attempts"]) % {"n": retry["attempts"]}
        more.append(Chip(attempts, "retry"))
    more += [
        Chip(_("Else %(tool)s") % {"tool": other["tool"]}, title=_("Is called where this tool fails"))
        for other in spec.get("fallback", ())
    ]
    if spec.get("cache"):
        title = _("An answer to the same question that is not older is taken in the place of a call")
        more.append(Chip(_("Answers kept %(span)s") % {"span": length(spec["cache"])}, "wait", title=title))
    if spec.get("undo"):
        undo = _("Undo by %(tool)s") % {"tool": spec["undo"]["tool"]}
        more.append(Chip(undo, "undo", title=_("Where the run fails or is cancelled")))
    if spec.get("ambiguous") == "ask":
        more.append(Chip(_("Asks if unsure"), title=_("Where a call may have taken effect, a person is asked")))
    return Description(f"{spec['tool']}@{spec['version']}", icon, more=tuple(more))


def _ai(spec: Spec) -> Description:
    return Description(readable(str(spec["ai"])), "ai", "ai", more=tuple(_condition(spec)))


def _review(spec: Spec) -> Description:
    labels = [str(outcome["label"]).lower() for outcome in spec["outcomes"]]
    unanswered = spec.get("unanswered")
    return Description(
        detail=_("A person decides: %(outcomes)s") % {"outcomes": _either(labels)},
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
        chips.insert(0, Chip(_("Due in %(span)s") % {"span": f"{length(sla['due'])}{calendar}"}, "risk"))
    if sla.get("policy"):
        chips.insert(0, Chip(_("Clock: %(policy)s") % {"policy": sla["policy"]}, "risk"))
    if assign.get("skills"):
        title = _("Whoever is given it must know: %(skills)s") % {"skills": ", ".join(assign["skills"])}
        chips.append(Chip(_("Skills"), title=title))
    if assign.get("exclude"):
        title = _("Those who may not decide: %(people)s") % {"people": ", ".join(assign["exclude"])}
        chips.append(Chip(_("Not the requester"), title=title))
    if isinstance(assign.get("approvals"), Mapping):
        chips.append(Chip(_approvals(assign["approvals"]), "team"))
    if isinstance(spec.get("escalate"), Mapping):
        chips.append(Chip(_("Escalation: %(policy)s") % {"policy": spec["escalate"]["policy"]}, "escalate"))
    return chips


def _approvals(plan: Spec) -> str:
    said = _("%(need)s of %(of)s decide") if plan["need"] != plan["of"] else _("%(need)s decide")
    how = [_("one after the other")] if plan["in_order"] else []
    how += [_("blind")] if plan["blind"] else []
    return ", ".join([said % plan, *how])


def _when(concern: Spec) -> str:
    said = _("Always said")
    if "when" in concern:
        said = _("Said if %(condition)s") % {"condition": condition(str(concern["when"]))}
    return (
        _("%(said)s, as %(kind)s") % {"said": said, "kind": KINDS[concern["because"]]} if "because" in concern else said
    )


def _chain(levels: Any) -> tuple[Level, ...]:
    if not isinstance(levels, Sequence):
        return ()
    return tuple(Level(_after(each), brief_target(each["to"]) + _only_if(each), target(each["to"])) for each in levels)


def _after(level: Spec) -> str:
    span = length(level["after"])
    return _("%(span)s of business") % {"span": span} if level.get("business") else span


def _only_if(level: Spec) -> str:
    return (
        _(", if %(condition)s") % {"condition": condition(str(level["when"]))} if level.get("when") is not None else ""
    )


def _switch(spec: Spec) -> Description:
    return Description(_("The first that is true"), "switch", chips=tuple(_condition(spec)))


def _parallel(spec: Spec) -> Description:
    return Description(_("At the same time"), "parallel", chips=(*_condition(spec), *_joined(spec, _("Waits for all"))))


def _each(spec: Spec) -> Description:
    items = condition(str(spec["in"]))
    at_once = Chip(_("%(n)s at once") % {"n": spec["concurrency"]}) if "concurrency" in spec else None
    chips = [chip for chip in (*_condition(spec), at_once, *_joined(spec, "")) if chip is not None]
    return Description(_("For each of %(items)s") % {"items": items}, "retry", chips=tuple(chips))


def _repeat(spec: Spec) -> Description:
    words = {"while": _("while %(condition)s"), "until": _("until %(condition)s")}
    ways = [said % {"condition": condition(str(spec[word]))} for word, said in words.items() if word in spec]
    chips = (*_condition(spec), Chip(_("At most %(n)s rounds") % {"n": spec["max"]}))
    return Description(_("Again and again, %(ways)s") % {"ways": all_of(ways)}, "retry", chips=chips)


ERRORS = {
    "ask": (_lazy("Errors ask a person"), _lazy("Where one fails, a person is asked and the others go on")),
    "collect": (_lazy("Errors are collected"), _lazy("The others go on; how many must end well is seen at the end")),
    "stop": (_lazy("Stops at an error"), _lazy("The first that fails ends the others")),
}


def _joined(spec: Spec, otherwise: str) -> list[Chip]:
    join = spec.get("join", "all")
    said = {"all": otherwise, "any": _("The first one counts")}.get(join) if isinstance(join, str) else None
    if isinstance(join, Mapping):
        said = _("At least %(n)s count") % {"n": join["at_least"]}
    chips = [Chip(said)] if said else []
    if spec.get("errors"):
        text, title = ERRORS[spec["errors"]]
        chips.append(Chip(str(text), title=title))
    return chips


def _wait(spec: Spec) -> Description:
    wait = spec["wait"]
    if "for" in wait:
        calendar = f", {readable(wait['calendar']).lower()}" if "calendar" in wait else ""
        return Description(
            _("Waits %(span)s") % {"span": f"{length(wait['for'])}{calendar}"}, "wait", more=tuple(_condition(spec))
        )
    if "until" in wait:
        return Description(
            _("Waits until %(when)s") % {"when": _plain(wait["until"])}, "wait", more=tuple(_condition(spec))
        )
    late = wait.get("unanswered")
    return Description(
        detail=_("Waits for %(event)s") % {"event": wait["event"]},
        icon="wait",
        more=(*_condition(spec), Chip(_("Of %(key)s") % {"key": _plain(wait["key"])}, title=str(wait["key"]))),
        last=f"{length(late['after'])}: {late['outcome']}" if late else "",
    )


def _workflow(spec: Spec) -> Description:
    more = [*_condition(spec)]
    if spec.get("parent_ends") == "leave":
        more.append(Chip(_("Goes on alone"), title=_("It is not cancelled when this run ends before it")))
    if isinstance(spec.get("child_fails"), Mapping):
        more.append(Chip(_("Carries on if it fails"), title=_("This run goes on with a given result")))
    return Description(_("Runs %(workflow)s") % {"workflow": readable(str(spec["workflow"]))}, "flow", more=tuple(more))


def _continue(spec: Spec) -> Description:
    names = ", ".join(spec["continue"])
    more = (Chip(_("With %(names)s") % {"names": names}),) if names else ()
    return Description("", "retry", title=_("Goes on as a new run"), more=more)


def _emit(spec: Spec) -> Description:
    emit = spec["emit"]
    key = Chip(_("Of %(key)s") % {"key": _plain(emit["key"])}, title=str(emit["key"]))
    return Description(_("Tells %(event)s") % {"event": emit["event"]}, "hook", more=(*_condition(spec), key))


def _set(spec: Spec) -> Description:
    values = spec["set"]
    names = ", ".join(values) if isinstance(values, Mapping) else _("a value")
    return Description(_("Works out %(names)s") % {"names": names}, "gear", more=tuple(_condition(spec)))


def _end(spec: Spec) -> Description:
    return Description("", "stop", title=_("End: %(outcome)s") % {"outcome": _plain(spec["end"])})


def _fail(spec: Spec) -> Description:
    return Description("", "stop", "breached", title=_("Fails: %(why)s") % {"why": _plain(spec["fail"])})


def _plain(value: Any) -> str:
    """An expression alone as words, one inside a text as words in brackets."""
    text = str(value)
    return condition(text) if MARKED.match(text) and text.count("${") == 1 else sentence_of(text)


def _condition(spec: Spec) -> list[Chip]:
    """What any step may have: its condition, and the time it has."""
    when, sla = spec.get("when"), spec.get("sla")
    chips = (
        [Chip(_("If %(condition)s") % {"condition": condition(str(when))}, title=str(when))] if when is not None else []
    )
    if sla is None or spec["kind"] == "review":  # a review says its own
        return chips
    return [*chips, Chip(_("Due in %(span)s") % {"span": length(sla["due"])}, "risk")]


def _either(words: Sequence[str]) -> str:
    return (
        _("%(first)s or %(last)s") % {"first": ", ".join(words[:-1]), "last": words[-1]}
        if len(words) > 1
        else "".join(words)
    )


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
