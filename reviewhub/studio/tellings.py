"""What each kind of audit event says: one function a kind, from the names and the fact to a sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from reviewhub.studio.facts import Fact, Names
from reviewhub.studio.wording import length, source, target

# ---- runs and steps ----------------------------------------------------------------------------


def run_started(_: Names, fact: Fact) -> str:
    where = source(str(fact.data.get("source", "")))
    who = f", by {fact.who}" if fact.data.get("source") in ("manual", "api") else ""
    return f"The run started {where}{who}, on version {fact.data.get('version')}"


FOLLOWED = {"rerun": "ran it once more", "retry": "tried it again", "fork": "went on from it"}


def run_followed(names: Names, fact: Fact) -> str:
    how, step = str(fact.data.get("how")), str(fact.data.get("step", ""))
    start = f" from {names.step(step)}" if step else f" from event {fact.data['at']}" if how == "fork" else ""
    return f"{fact.who} {FOLLOWED.get(how, how)}{start}, as another run"


def run_ended(_: Names, fact: Fact) -> str:
    reason = str(fact.data.get("reason", "")).rstrip(".")
    if fact.data.get("status") == "cancelled":
        return f"{fact.who} cancelled the run: {reason}"
    if fact.data.get("status") == "failed":
        return f"The run failed{fact.because or f': {reason}'}"
    return f"The run ended: {fact.data.get('outcome')}"


HOLDERS = {"workflow": "Its workflow", "parent": "The run that started it"}


def run_paused(_: Names, fact: Fact) -> str:
    reason = str(fact.data.get("reason", "")).rstrip(".")
    holder, because = HOLDERS.get(str(fact.data.get("by"))), f": {reason}" if reason else ""
    return f"{holder} is paused, and this run with it{because}" if holder else f"{fact.who} paused the run{because}"


def run_held_by(_: Names, fact: Fact) -> str:
    reason = str(fact.data.get("reason", "")).rstrip(".")
    holder, because = HOLDERS.get(str(fact.data.get("by")), fact.who), f": {reason}" if reason else ""
    return f"{holder} holds the run as well{because}"


def run_let_go(_: Names, fact: Fact) -> str:
    return f"{HOLDERS.get(str(fact.data.get('by')), fact.who)} holds the run no more; somebody else does"


def run_resumed(_: Names, fact: Fact) -> str:
    return f"{fact.who} let the run go on, after {length(fact.data['paused_for'])}"


def run_migrated(names: Names, fact: Fact) -> str:
    anew = ", ".join(names.step(path) for path in (*fact.data["anew"], *fact.data.get("renamed", {}).values()))
    said = f"{fact.who} moved the run from version {fact.data['from']} to version {fact.data['to']}"
    return f"{said}; begun anew: {anew}" if anew else said


def run_held(names: Names, fact: Fact) -> str:
    dropped = fact.data.get("dropped", ())
    said = "Not needed any more when the run goes on: " if dropped else "Waits for the run to go on: "
    return said + ", ".join(names.step(path) for path in dropped or fact.data["paths"])


def run_ending(_: Names, fact: Fact) -> str:
    if fact.data["status"] == "cancelled":
        return f"{fact.who} cancelled the run: {str(fact.data['reason']).rstrip('.')}; first what was done is undone"
    return f"The run comes to its end as failed{fact.because}; first comes what the workflow says for that"


def run_handled(_: Names, fact: Fact) -> str:
    return "What the workflow says for a failed run is done"


def undo_registered(names: Names, fact: Fact) -> str:
    return f"{names.step(fact.path.rpartition('~')[0])} could be undone from here on"


def undo_started(names: Names, fact: Fact) -> str:
    return f"{names.step(fact.path)} began"


def undo_asked(names: Names, fact: Fact) -> str:
    return f"{names.step(fact.path)} began: the run that it had started undoes what it did"


def undo_taken(names: Names, fact: Fact) -> str:
    steps = ", ".join(names.step(path.removesuffix("~undo")) for path in fact.data["paths"])
    return f"The run that goes on from this one is the one that can undo from here on: {steps}"


def run_undoing(_: Names, fact: Fact) -> str:
    return f"What the run did is undone: {str(fact.data['reason']).rstrip('.')}"


def step_settling(names: Names, fact: Fact) -> str:
    return f"{names.step(fact.path)} is not needed any more, but may be taking effect; that is found out first"


def step_reused(names: Names, fact: Fact) -> str:
    age = length(fact.at - datetime.fromisoformat(str(fact.data["at"])))
    return f"{names.step(fact.path)} was not asked again: the answer to the same question was taken, {age} old"


def step_replaced(names: Names, fact: Fact) -> str:
    return f"{names.step(fact.path)} could not be done{fact.because}; another tool takes its place"


OPENINGS = {"review": "A person was asked", "ai": "The AI was asked", "tool": "Began", "wait": "Began to wait"}


def step_opened(names: Names, fact: Fact) -> str:
    return f"{OPENINGS.get(str(fact.data['kind']), 'Came to')}: {names.step(fact.path)}"


def step_skipped(names: Names, fact: Fact) -> str:
    return f"{names.step(fact.path)} was left out: its condition was not met"


def step_ready(names: Names, fact: Fact) -> str:
    return f"{names.step(fact.path)} is tried again{' with corrected input' if fact.values else ''}"


BECAUSE = {
    "rate": "enough calls for now",
    "concurrency": "enough calls at a time",
    "breaker": "it failed too often and is left alone for a while",
    "rests": "it asked for patience",
}


def step_limited(names: Names, fact: Fact) -> str:
    of = str(fact.data["of"]).partition(":")[2]
    return f"{names.step(fact.path)} waits for its turn at {of}: {BECAUSE[str(fact.data['because'])]}"


def step_joined(names: Names, fact: Fact) -> str:
    scope, step = fact.data["scope"], names.step(fact.path)
    if "round" in scope:
        return f"Round {scope['round']} of {step} began"
    part = "An item" if names.kind(fact.path) == "each" else "A branch"
    how = "failed" if fact.data.get("failed") else "is done"
    left = scope["open"] + scope.get("count", 0) - scope.get("next", 1) + 1 if "count" in scope else scope["open"]
    return f"{part} of {step} {how}, {left} to go" if left else f"{part} of {step} {how}; it was the last"


def step_caught(names: Names, fact: Fact) -> str:
    return f"{names.step(fact.path)} could not be done{fact.because}; what the workflow says for that began"


def step_succeeded(names: Names, fact: Fact) -> str:
    result = (fact.values or {}).get("result")
    if fact.data.get("handled"):
        return f"What the workflow says for an error of {names.step(fact.path)} is done; it goes on"
    kind = names.kind(fact.path)
    if kind == "ai" and isinstance(result, Mapping):
        return _recommended(names.step(fact.path), result)
    if kind == "switch" and isinstance(result, Mapping):
        return _taken(names, fact, result.get("case"))
    return f"{names.step(fact.path)} is done"


def _recommended(step: str, result: Mapping[str, Any]) -> str:
    if not result.get("outcome"):
        return f"The AI wrote a draft for {step}" if result.get("text") else f"The AI gave no answer to {step}"
    sure = result.get("confidence")
    percent = f", {round(float(sure) * 100)} % sure" if sure is not None else ""
    return f"The AI answered {step}: {result['outcome']}{percent}"


def _taken(names: Names, fact: Fact, case: Any) -> str:
    if case is None:
        return f"None of the ways of {names.step(fact.path)} applied"
    return f"{names.step(fact.path)} went this way: {names.branch(fact.path, str(case))}"


def step_failed(names: Names, fact: Fact) -> str:
    return f"{names.step(fact.path)} failed for good{fact.because}"


def step_cancelled(names: Names, fact: Fact) -> str:
    return f"{names.step(fact.path)} was not needed any more"


# ---- attempts and incidents --------------------------------------------------------------------

CLASSES = {"transient": "may work later", "permanent": "will not work as it is", "ambiguous": "may have taken effect"}


def attempt_started(names: Names, fact: Fact) -> str:
    return f"Attempt {fact.data['number']} of {names.step(fact.path)}"


def attempt_failed(names: Names, fact: Fact) -> str:
    nature = CLASSES.get(str(fact.data.get("class")), "")
    said = f"Attempt {fact.data['number']} of {names.step(fact.path)} failed{fact.because}"
    return f"{said} ({nature}){_again(fact)}" if nature else f"{said}{_again(fact)}"


def attempt_lost(names: Names, fact: Fact) -> str:
    return f"The worker doing {names.step(fact.path)} was lost{_again(fact)}"


def _again(fact: Fact) -> str:
    return f"; it is tried again in {length(fact.data['wait'])}" if "wait" in fact.data else ""


def incident_opened(names: Names, fact: Fact) -> str:
    return f"{names.step(fact.path)} could not be done and was put before a person{fact.because}"


def incident_resolved(names: Names, fact: Fact) -> str:
    way = names.outcome(fact.path, str(fact.data["action"]))
    return f"{fact.data['by']['label']} chose for {names.step(fact.path)}: {way}"


# ---- reviews -----------------------------------------------------------------------------------


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


STAGES = {"half": "Half of the time", "three_quarters": "Three quarters of the time", "breach": "All of the time"}


def review_warned(names: Names, fact: Fact) -> str:
    return f"{STAGES.get(str(fact.data.get('stage')), 'Some of the time')} for {names.step(fact.path)} is gone"


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


# ---- waits and events --------------------------------------------------------------------------


def wait_unanswered(names: Names, fact: Fact) -> str:
    return f"Nothing came for {names.step(fact.path)} in time: {fact.data['outcome']}"


def event_taken(names: Names, fact: Fact) -> str:
    return f"{fact.data['event']} arrived, and {names.step(fact.path)} goes on"


def event_emitted(names: Names, fact: Fact) -> str:
    return f"{names.step(fact.path)} told everybody who waits for it: {fact.data['event']}"


def child_asked(names: Names, fact: Fact) -> str:
    again = f", for the {int(fact.data['number'])}. time" if int(fact.data["number"]) > 1 else ""
    return f"A run of {fact.data['workflow']} was asked for{again}"


ENDED = {"succeeded": "ended", "failed": "failed", "cancelled": "was cancelled"}


def child_ended(names: Names, fact: Fact) -> str:
    if fact.data["run"] is None:
        return f"The run for {names.step(fact.path)} could not start"
    outcome = f": {fact.data['outcome']}" if fact.data["status"] == "succeeded" else ""
    return f"The run that {names.step(fact.path)} started {ENDED[str(fact.data['status'])]}{outcome}"


def child_failed(names: Names, fact: Fact) -> str:
    return f"{names.step(fact.path)} did not get what it needs{fact.because}{_again(fact)}"


def deadline_warned(names: Names, fact: Fact) -> str:
    subject = names.step(fact.path) if fact.path else "the run"
    return f"{STAGES.get(str(fact.data.get('stage')), 'Some of the time')} that {subject} has is gone"


def deadline_breached(names: Names, fact: Fact) -> str:
    subject = names.step(fact.path) if fact.path else "The run"
    waited = ", ".join(f"{names.step(str(each['path']))} ({each['status']})" for each in fact.data["cause"])
    return f"{subject} missed its due time{f', waiting for {waited}' if waited else ''}"


# ---- timers ------------------------------------------------------------------------------------


def timer_armed(names: Names, fact: Fact) -> str:
    return "Clocks set: " + ", ".join(names.timer(timer[0]) for timer in fact.data["timers"])


def timer_stopped(names: Names, fact: Fact) -> str:
    return "Clocks stopped: " + ", ".join(names.timer(name) for name in fact.data["names"])


def timer_held(names: Names, fact: Fact) -> str:
    return "Clocks stand still: " + ", ".join(names.timer(name) for name in fact.data["names"])


def timer_moved(names: Names, fact: Fact) -> str:
    return "Clocks set later: " + ", ".join(names.timer(timer[0]) for timer in fact.data["timers"])


def timer_fired(names: Names, fact: Fact) -> str:
    return f"It was time: {names.timer(str(fact.data['name']))}"


def timer_lost(names: Names, fact: Fact) -> str:
    return f"It was time for {names.timer(str(fact.data['name']))}, but something else had come first"


# ---- what people did at the desk ---------------------------------------------------------------


CHANNELS = {"web": "in the browser", "api": "over the API", "app": "on the phone"}


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
    "run.started": run_started,
    "run.ended": run_ended,
    "run.followed": run_followed,
    "run.paused": run_paused,
    "run.held_by": run_held_by,
    "run.let_go": run_let_go,
    "run.resumed": run_resumed,
    "run.held": run_held,
    "run.migrated": run_migrated,
    "step.opened": step_opened,
    "step.skipped": step_skipped,
    "step.ready": step_ready,
    "step.limited": step_limited,
    "step.joined": step_joined,
    "step.caught": step_caught,
    "step.settling": step_settling,
    "step.reused": step_reused,
    "step.replaced": step_replaced,
    "run.ending": run_ending,
    "run.handled": run_handled,
    "undo.registered": undo_registered,
    "undo.started": undo_started,
    "undo.asked": undo_asked,
    "undo.taken": undo_taken,
    "run.undoing": run_undoing,
    "step.succeeded": step_succeeded,
    "step.failed": step_failed,
    "step.cancelled": step_cancelled,
    "attempt.started": attempt_started,
    "attempt.failed": attempt_failed,
    "attempt.lost": attempt_lost,
    "incident.opened": incident_opened,
    "incident.resolved": incident_resolved,
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
    "wait.unanswered": wait_unanswered,
    "event.taken": event_taken,
    "event.emitted": event_emitted,
    "review.paused": review_paused,
    "review.resumed": review_resumed,
    "child.asked": child_asked,
    "child.ended": child_ended,
    "child.failed": child_failed,
    "deadline.warned": deadline_warned,
    "deadline.breached": deadline_breached,
    "timer.armed": timer_armed,
    "timer.stopped": timer_stopped,
    "timer.held": timer_held,
    "timer.moved": timer_moved,
    "timer.fired": timer_fired,
    "timer.lost": timer_lost,
    "desk.claimed": _did("took it on"),
    "desk.released": _did("gave it back"),
    "desk.decided": desk_decided,
    "desk.refused": desk_refused,
    "desk.commented": _did("wrote a comment"),
    "desk.asked": _did("asked the requester"),
    "desk.answered": _did("answered"),
    "desk.delegated": lambda names, fact: f"{fact.who} gave it to {fact.data['to_label']}",
    "desk.undelegated": lambda names, fact: f"{fact.who} took it back from {fact.data['from_label']}",
    "desk.moved": lambda names, fact: (
        f"{fact.data['from_label']} is away: it went to {fact.data['to_label'] or 'its queue'}"
    ),
    "desk.declined": _did("declined it"),
    "desk.escalated": _did("did not wait and escalated it"),
}
