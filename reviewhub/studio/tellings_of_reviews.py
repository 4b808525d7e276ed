"""What audit events say of reviews, and of what people did at the desk."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from reviewhub.studio.facts import Fact, Names
from reviewhub.studio.wording import all_of, length, target, used_up


def review_opened(names: Names, fact: Fact) -> str:
    title = (fact.values or {}).get("title")
    if title:
        return _("Waiting for a decision: %(title)s") % {"title": title}
    return _("Waiting for a decision on %(step)s") % {"step": names.step(fact.path)}


def review_decided(names: Names, fact: Fact) -> str:
    decision = fact.data["review"]["decision"]
    return _("%(who)s decided %(step)s: %(outcome)s") % {
        "who": decision["by"]["label"],
        "step": names.step(fact.path),
        "outcome": names.outcome(fact.path, str(decision["outcome"])),
    }


def review_voted(names: Names, fact: Fact) -> str:
    values = fact.values or {}
    outcome = fact.data["vote"].get("outcome") or values.get("outcome")
    return _("%(who)s decided %(step)s, as one of several: %(outcome)s") % {
        "who": fact.data["vote"]["by"]["label"],
        "step": names.step(fact.path),
        "outcome": names.outcome(fact.path, str(outcome)) if outcome else _("what is shown when the others have"),
    }


def review_approver_asked(names: Names, fact: Fact) -> str:
    people = all_of(str(person["label"]) for person in fact.data["people"])
    said = {"people": people, "step": names.step(fact.path)}
    if not people:
        return _("Nobody was asked to decide %(step)s too") % said
    return _("%(people)s was asked to decide %(step)s too") % said


def review_disputed(names: Names, fact: Fact) -> str:
    then = fact.data["then"]
    decides = _("%(whom)s decides") % {"whom": target(then.get("to", {}))}
    way = names.outcome(fact.path, str(then["outcome"])) if "outcome" in then else decides
    return _("Those who decide %(step)s did not agree: %(way)s") % {"step": names.step(fact.path), "way": way}


def review_taken_back(names: Names, fact: Fact) -> str:
    said = {"who": fact.data["by"]["label"], "step": names.step(fact.path)}
    return _("%(who)s took the decision on %(step)s back") % said


def review_closed(names: Names, fact: Fact) -> str:
    said = _("The time to take the decision on %(step)s back has passed; it counts")
    return said % {"step": names.step(fact.path)}


def review_withdrawn(names: Names, fact: Fact) -> str:
    return _("%(step)s was withdrawn: nobody has to decide it any more") % {"step": names.step(fact.path)}


def review_moved(names: Names, fact: Fact) -> str:
    said = _("Everything to come for %(step)s comes later by the length of the pause")
    return said % {"step": names.step(fact.path)}


def review_warned(names: Names, fact: Fact) -> str:
    said = {"part": used_up(fact.data.get("stage")), "step": names.step(fact.path)}
    return _("%(part)s for %(step)s is gone") % said


def review_escalated(names: Names, fact: Fact) -> str:
    people = all_of(str(person["label"]) for person in fact.data.get("people", ()))
    said = {
        "step": names.step(fact.path),
        "level": int(fact.data["level"]) + 1,
        "people": people,
        "planned": target(fact.data.get("to", {})),
    }
    if people:
        return _("%(step)s was escalated, level %(level)s: %(people)s, %(planned)s") % said
    missing = _("%(step)s was escalated, level %(level)s: nobody, since %(planned)s is missing or may not decide")
    return missing % said


def review_paused(names: Names, fact: Fact) -> str:
    said = {"who": fact.data["by"]["label"], "step": names.step(fact.path)}
    held = fact.data["review"]["paused"]["held"]
    if fact.data["why"] == "asked":
        asked = _("%(step)s waits for an answer; its clock stands still") if held else _("%(step)s waits for an answer")
        return asked % said
    return (_("%(who)s snoozed %(step)s; its clock stands still") if held else _("%(who)s snoozed %(step)s")) % said


def review_resumed(names: Names, fact: Fact) -> str:
    by, step = fact.data.get("by"), names.step(fact.path)
    if by:
        return _("%(step)s goes on: %(who)s took it up") % {"step": step, "who": by["label"]}
    return _("%(step)s goes on: the time of waiting is over") % {"step": step}


def review_unanswered(names: Names, fact: Fact) -> str:
    outcome = names.outcome(fact.path, str(fact.data["outcome"]))
    said = _("Nobody answered %(step)s in time: %(outcome)s")
    return said % {"step": names.step(fact.path), "outcome": outcome}


def clocks_stopped(names: Names, fact: Fact) -> str:
    said = {"who": fact.data["by"], "step": names.step(fact.path), "reason": fact.data["reason"]}
    return _("%(who)s stopped the clocks of %(step)s: %(reason)s") % said


def clocks_started(names: Names, fact: Fact) -> str:
    said = {"step": names.step(fact.path), "span": length(fact.data["stood_still"])}
    return _("the clocks of %(step)s go on, after %(span)s") % said


CHANNELS = {
    "web": _lazy("%(who)s decided in the browser"),
    "api": _lazy("%(who)s decided over the API"),
    "app": _lazy("%(who)s decided on the phone"),
    "eml": _lazy("%(who)s decided by the link of a mail"),
    "cht": _lazy("%(who)s decided in a chat"),
}


def desk_decided(names: Names, fact: Fact) -> str:
    reasons = fact.data.get("reason_labels") or [_reason(str(code)) for code in fact.data.get("reasons", ())]
    corrected = [str(name).replace("_", " ") for name in fact.data.get("corrected", ())]
    said = {"who": fact.who, "step": names.step(fact.path), "what": ", ".join(corrected), "why": ", ".join(reasons)}
    parts = [_("%(who)s gave a reason for deciding %(step)s so: %(why)s") % said] if reasons else []
    parts += [_("%(who)s corrected %(what)s") % said] if corrected else []
    return "; ".join(parts) or _by_channel(fact)


def _by_channel(fact: Fact) -> str:
    channel = str(fact.data.get("channel", ""))
    known = CHANNELS.get(channel)
    return str(known) % {"who": fact.who} if known else f"{_('%(who)s decided') % {'who': fact.who}} {channel}"


def _reason(code: str) -> str:
    return code.rpartition("/")[2].replace("_", " ")


REFUSALS = {
    "TaskMoved": _lazy("it had moved on"),
    "TaskTaken": _lazy("somebody else had it"),
    "StaleTask": _lazy("the page was older than the task"),
    "EvidenceChanged": _lazy("what was shown had changed"),
}


def desk_refused(names: Names, fact: Fact) -> str:
    return _("%(who)s chose %(outcome)s for %(step)s, which was refused: %(why)s") % {
        "who": fact.who,
        "outcome": names.outcome(fact.path, str(fact.data.get("outcome", ""))),
        "step": names.step(fact.path),
        "why": REFUSALS.get(str(fact.data.get("because"))) or _("it was not possible any more"),
    }


def desk_given(_names: Names, fact: Fact) -> str:
    said = {"who": fact.who, "whom": fact.data["to_label"]}
    return (_("%(who)s gave it to %(whom)s") if said["whom"] else _("%(who)s gave it to its queue")) % said


def desk_nudged(_names: Names, fact: Fact) -> str:
    said = {"who": fact.who, "whom": fact.data["to_label"]}
    return (_("%(who)s reminded %(whom)s") if said["whom"] else _("%(who)s reminded those who are asked")) % said


def desk_undelegated(_names: Names, fact: Fact) -> str:
    return _("%(who)s took it back from %(whom)s") % {"who": fact.who, "whom": fact.data["from_label"]}


def desk_moved(_names: Names, fact: Fact) -> str:
    said = {"who": fact.data["from_label"], "whom": fact.data["to_label"]}
    moved = _("%(who)s is away: it went to %(whom)s") if said["whom"] else _("%(who)s is away: it went to its queue")
    return moved % said


def _did(words: str | Promise) -> Callable[[Names, Fact], str]:
    return lambda _names, fact: str(words) % {"who": fact.who}


TELLINGS: Mapping[str, Callable[[Names, Fact], str]] = {
    "review.opened": review_opened,
    "review.decided": review_decided,
    "review.voted": review_voted,
    "review.approver_asked": review_approver_asked,
    "review.disputed": review_disputed,
    "review.taken_back": review_taken_back,
    "review.closed": review_closed,
    "review.withdrawn": review_withdrawn,
    "review.warned": review_warned,
    "review.escalated": review_escalated,
    "review.moved": review_moved,
    "review.unanswered": review_unanswered,
    "review.clocks_stopped": clocks_stopped,
    "review.clocks_started": clocks_started,
    "review.paused": review_paused,
    "review.resumed": review_resumed,
    "desk.claimed": _did(_lazy("%(who)s took it on")),
    "desk.released": _did(_lazy("%(who)s gave it back")),
    "desk.answered_first": _did(_lazy("%(who)s answered before seeing what the AI says")),
    "desk.decided": desk_decided,
    "desk.refused": desk_refused,
    "desk.commented": _did(_lazy("%(who)s wrote a comment")),
    "desk.agreed": _did(_lazy("%(who)s said why they agree with the AI")),
    "desk.asked": _did(_lazy("%(who)s asked the requester")),
    "desk.answered": _did(_lazy("%(who)s answered")),
    "desk.delegated": desk_given,
    "desk.given": desk_given,
    "desk.nudged": desk_nudged,
    "desk.undelegated": desk_undelegated,
    "desk.moved": desk_moved,
    "desk.declined": _did(_lazy("%(who)s declined it")),
    "desk.escalated": _did(_lazy("%(who)s did not wait and escalated it")),
}
