"""What audit events say of reviews, and of what people did at the desk."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reviewhub.studio.facts import Fact, Names
from reviewhub.studio.wording import length, target, used_up


def review_opened(names: Names, fact: Fact) -> str:
    title = (fact.values or {}).get("title")
    return f"Waiting for a decision: {title}" if title else f"Waiting for a decision on {names.step(fact.path)}"


def review_decided(names: Names, fact: Fact) -> str:
    decision = fact.data["review"]["decision"]
    outcome = names.outcome(fact.path, str(decision["outcome"]))
    return f"{decision['by']['label']} decided {names.step(fact.path)}: {outcome}"


def review_voted(names: Names, fact: Fact) -> str:
    who, values = fact.data["vote"]["by"]["label"], fact.values or {}
    outcome = fact.data["vote"].get("outcome") or values.get("outcome")
    said = names.outcome(fact.path, str(outcome)) if outcome else "what is shown when the others have"
    return f"{who} decided {names.step(fact.path)}, as one of several: {said}"


def review_approver_asked(names: Names, fact: Fact) -> str:
    people = " and ".join(str(person["label"]) for person in fact.data["people"])
    return f"{people or 'Nobody'} was asked to decide {names.step(fact.path)} too"


def review_disputed(names: Names, fact: Fact) -> str:
    then = fact.data["then"]
    way = names.outcome(fact.path, str(then["outcome"])) if "outcome" in then else f"{target(then['to'])} decides"
    return f"Those who decide {names.step(fact.path)} did not agree: {way}"


def review_taken_back(names: Names, fact: Fact) -> str:
    return f"{fact.data['by']['label']} took the decision on {names.step(fact.path)} back"


def review_closed(names: Names, fact: Fact) -> str:
    return f"The time to take the decision on {names.step(fact.path)} back has passed; it counts"


def review_withdrawn(names: Names, fact: Fact) -> str:
    return f"{names.step(fact.path)} was withdrawn: nobody has to decide it any more"


def review_moved(names: Names, fact: Fact) -> str:
    return f"Everything to come for {names.step(fact.path)} comes later by the length of the pause"


def review_warned(names: Names, fact: Fact) -> str:
    return f"{used_up(fact.data.get('stage'))} for {names.step(fact.path)} is gone"


def review_escalated(names: Names, fact: Fact) -> str:
    people = " and ".join(str(person["label"]) for person in fact.data.get("people", ()))
    planned = target(fact.data.get("to", {}))
    reached = f"{people}, {planned}" if people else f"nobody, since {planned} is missing or may not decide"
    return f"{names.step(fact.path)} was escalated, level {int(fact.data['level']) + 1}: {reached}"


def review_paused(names: Names, fact: Fact) -> str:
    by, step = fact.data["by"]["label"], names.step(fact.path)
    held = fact.data["review"]["paused"]["held"]
    said = f"{step} waits for an answer" if fact.data["why"] == "asked" else f"{by} snoozed {step}"
    return f"{said}; its clock stands still" if held else said


def review_resumed(names: Names, fact: Fact) -> str:
    by = fact.data.get("by")
    because = f"{by['label']} took it up" if by else "the time of waiting is over"
    return f"{names.step(fact.path)} goes on: {because}"


def review_unanswered(names: Names, fact: Fact) -> str:
    outcome = names.outcome(fact.path, str(fact.data["outcome"]))
    return f"Nobody answered {names.step(fact.path)} in time: {outcome}"


CHANNELS = {
    "web": "in the browser",
    "api": "over the API",
    "app": "on the phone",
    "eml": "by the link of a mail",
    "cht": "in a chat",
}


def desk_decided(names: Names, fact: Fact) -> str:
    channel = str(fact.data.get("channel", ""))
    reasons = fact.data.get("reason_labels") or [_reason(str(code)) for code in fact.data.get("reasons", ())]
    corrected = [str(name).replace("_", " ") for name in fact.data.get("corrected", ())]
    said = f"{fact.who} gave a reason for deciding {names.step(fact.path)} so: {', '.join(reasons)}" if reasons else ""
    mended = f"{fact.who} corrected {', '.join(corrected)}" if corrected else ""
    return "; ".join(part for part in (said, mended) if part) or f"{fact.who} decided {CHANNELS.get(channel, channel)}"


def _reason(code: str) -> str:
    return code.rpartition("/")[2].replace("_", " ")


REFUSALS = {
    "TaskMoved": "it had moved on",
    "TaskTaken": "somebody else had it",
    "StaleTask": "the page was older than the task",
    "EvidenceChanged": "what was shown had changed",
}


def desk_refused(names: Names, fact: Fact) -> str:
    outcome = names.outcome(fact.path, str(fact.data.get("outcome", "")))
    because = REFUSALS.get(str(fact.data.get("because")), "it was not possible any more")
    return f"{fact.who} chose {outcome} for {names.step(fact.path)}, which was refused: {because}"


def _did(words: str) -> Callable[[Names, Fact], str]:
    return lambda _, fact: f"{fact.who} {words}"


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
    "review.clocks_stopped": lambda names, fact: (
        f"{fact.data['by']} stopped the clocks of {names.step(fact.path)}: {fact.data['reason']}"
    ),
    "review.clocks_started": lambda names, fact: (
        f"the clocks of {names.step(fact.path)} go on, after {length(fact.data['stood_still'])}"
    ),
    "review.paused": review_paused,
    "review.resumed": review_resumed,
    "desk.claimed": _did("took it on"),
    "desk.released": _did("gave it back"),
    "desk.answered_first": _did("answered before seeing what the AI says"),
    "desk.decided": desk_decided,
    "desk.refused": desk_refused,
    "desk.commented": _did("wrote a comment"),
    "desk.agreed": _did("said why they agree with the AI"),
    "desk.asked": _did("asked the requester"),
    "desk.answered": _did("answered"),
    "desk.delegated": lambda names, fact: f"{fact.who} gave it to {fact.data['to_label']}",
    "desk.given": lambda names, fact: f"{fact.who} gave it to {fact.data['to_label'] or 'its queue'}",
    "desk.nudged": lambda names, fact: f"{fact.who} reminded {fact.data['to_label'] or 'those who are asked'}",
    "desk.undelegated": lambda names, fact: f"{fact.who} took it back from {fact.data['from_label']}",
    "desk.moved": lambda names, fact: (
        f"{fact.data['from_label']} is away: it went to {fact.data['to_label'] or 'its queue'}"
    ),
    "desk.declined": _did("declined it"),
    "desk.escalated": _did("did not wait and escalated it"),
}
