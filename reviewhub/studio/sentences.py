"""A run's audit events as a story: what happened in plain words, how grave it was, and what is only bookkeeping."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from reviewhub.studio.facts import Fact, Names
from reviewhub.studio.tellings import TELLINGS

MINOR = frozenset(
    {
        "step.opened",
        "step.ready",
        "step.limited",
        "step.joined",
        "step.cancelled",
        "attempt.started",
        "review.closed",
        "timer.armed",
        "timer.stopped",
        "timer.held",
        "timer.moved",
        "review.moved",
        "run.held",
        "run.handled",
        "undo.registered",
        "undo.taken",
        "timer.fired",
    }
)
SAID_ELSEWHERE = frozenset({"review", "end"})  # by the decision, and by the run's end

TONES = {
    "run.paused": "warning",
    "run.held_by": "warning",
    "attempt.failed": "warning",
    "attempt.lost": "warning",
    "step.failed": "breached",
    "step.caught": "warning",
    "step.replaced": "warning",
    "run.ending": "warning",
    "undo.started": "warning",
    "undo.asked": "warning",
    "run.undoing": "warning",
    "incident.opened": "breached",
    "review.escalated": "warning",
    "review.unanswered": "warning",
    "wait.unanswered": "warning",
    "deadline.warned": "warning",
    "deadline.breached": "breached",
    "child.failed": "warning",
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """What happened. `minor` ones are shown only to those who ask for every event."""

    fact: Fact
    text: str
    tone: str
    minor: bool


def story(names: Names, facts: Iterable[Fact]) -> list[Sentence]:
    return [sentence(names, fact) for fact in facts]


def sentence(names: Names, fact: Fact) -> Sentence:
    tell = TELLINGS.get(fact.kind, _unknown)
    text = tell(names, fact)
    return Sentence(fact, text[:1].upper() + text[1:], _tone(fact), _is_minor(names, fact))


def _unknown(_names: Names, fact: Fact) -> str:
    words = fact.kind.replace(".", " ").replace("_", " ")
    return _("%(what)s, by %(who)s") % {"what": f"{words[:1].upper()}{words[1:]}", "who": fact.who}


def _tone(fact: Fact) -> str:
    if fact.kind == "run.ended":
        return {"failed": "breached", "succeeded": "calm"}.get(str(fact.data.get("status")), "")
    if fact.kind == "review.warned":
        return "breached" if fact.data.get("stage") == "breach" else "warning"
    return TONES.get(fact.kind, "")


def _is_minor(names: Names, fact: Fact) -> bool:
    if fact.kind == "step.succeeded":
        return names.kind(fact.path) in SAID_ELSEWHERE
    if fact.kind == "desk.decided":
        return not (fact.data.get("reasons") or fact.data.get("corrected"))
    return fact.kind in MINOR
