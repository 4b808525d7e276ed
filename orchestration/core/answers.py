"""What people and clocks answer to a review or an incident, and how the run goes on from it.

A decision that was received before a timer's due time wins over that timer: the decision stops the timers, and
one that fires late finds itself stopped. A timer that was due before the decision was received wins over the
decision: the runtime fires what is due first, and a decision that still meets such a timer is refused here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from orchestration.core import approving, flow, pausing
from orchestration.core.asked import asked_step, review_of
from orchestration.core.deciding import CALLS, TIMEOUT, Deciding
from orchestration.core.effects import CallStep, CloseReview, EscalateReview, PersonRef, ReachedLevel, WarnReview
from orchestration.core.events import DecisionGiven, DecisionTakenBack, LevelCalled, TimerFired
from orchestration.core.incidents import COMPENSATE, FAIL, RESULT, RETRY_CORRECTED, SKIP
from orchestration.core.state import StepState
from orchestration.exceptions import InvalidTransition, MissedTimer


def given(d: Deciding, event: DecisionGiven) -> None:
    step = asked_step(d, event.key, "open", "decided on")
    review = review_of(step)
    if event.outcome not in review["outcomes"]:
        raise InvalidTransition(f"{event.outcome!r} is not one of the outcomes: {', '.join(review['outcomes'])}.")
    _refuse_late(d, event)
    pausing.end_pause(d, step, event.by, "decided")
    if not review.get("approvals"):
        _decided(d, step, event, event.outcome, event.fields)
    elif (come_to := approving.voted(d, d.work.steps[step.path], event)) is not None:
        revealing = review["approvals"]["blind"] and not review["approvals"]["disputed"]
        _decided(d, step, replace(event, undo_until=None) if revealing else event, *come_to)


def _decided(d: Deciding, step: StepState, event: DecisionGiven, outcome: str, fields: Mapping[str, Any]) -> None:
    decision = {
        "outcome": outcome,
        "by": {"id": event.by.id, "label": event.by.label},
        "received_at": event.received_at.isoformat(),
        "undo_until": event.undo_until.isoformat() if event.undo_until else None,
    }
    changed = {"path": step.path, "key": event.key, "review": {"status": "decided", "decision": decision}}
    d.record("review.decided", changed, {"fields": dict(fields)})
    d.stop(d.armed_of(event.key))
    if event.undo_until is None and d.work.run.paused_at is None:
        close(d, d.work.steps[step.path])
    else:  # a decision on a paused run counts when the run goes on
        d.arm([(f"{event.key}:undo", "system", event.undo_until or d.now.system)])


def taken_back(d: Deciding, event: DecisionTakenBack) -> None:
    """Opens the review again and arms its timers at their old instants. Of several votes the last goes."""
    step = _taken_back_from(d, event.key)
    before = review_of(step)
    data: dict[str, Any] = {"path": step.path, "key": event.key, "by": {"id": event.by.id, "label": event.by.label}}
    changed: dict[str, Any] = {"status": "open", "decision": None}
    if before.get("approvals"):
        approving.last_vote_of(d, before, event.by)
        data["votes"], changed["approvals"] = len(before["votes"]) - 1, approving.without_last(before)
    d.record("review.taken_back", {**data, "review": changed})
    if before.get("approvals"):
        approving.show(d, step.path)
    if before["status"] == "open":
        return
    d.stop(d.armed_of(event.key))
    if before.get("outage"):  # they stand still on
        return
    stopped = [
        (timer.name, timer.clock, timer.due_at)
        for timer in d.timers_of(event.key)
        if timer.status == "stopped" and not timer.name.endswith(pausing.APART)
    ]
    d.arm(stopped)


def _taken_back_from(d: Deciding, key: str) -> StepState:
    """A review that is decided, or one of several that is open still and has votes."""
    step = d.work.run_step(key)
    review = (step.review if step is not None else None) or {}
    counting = review.get("status") == "open" and bool(review.get("votes"))
    return asked_step(d, key, "open" if counting else "decided", "taken back")


def timer_due(d: Deciding, key: str, what: str, event: TimerFired, due_at: datetime) -> None:
    step = d.work.run_step(key)
    if step is None:
        return
    if what == "undo":
        close(d, step)
    elif what == "unanswered":
        _unanswered(d, step, due_at)
    elif what == pausing.WAKE:
        pausing.end_pause(d, step, None, "over")
    elif what.startswith("level."):
        pausing.end_pause(d, step, None, "escalated")
        _escalate(d, d.work.steps[step.path], int(what.removeprefix("level.")), event.people, due_at, None)
    else:
        d.record("review.warned", {"path": step.path, "key": key, "stage": what, "review": {}})
        d.effects.append(WarnReview(key, what, due_at))


def close(d: Deciding, step: StepState) -> None:
    """The undo window has closed: from here on the decision counts, and the run goes on from it."""
    review = review_of(step)
    decision = review["decision"]
    d.record("review.closed", {"path": step.path, "key": review["key"], "review": {"status": "closed"}})
    d.effects.append(CloseReview(review["key"], decision["outcome"], d.now.process, unanswered=False))
    if review["kind"] == "incident":
        _resolve(d, step, decision)
        return
    result = {
        "outcome": decision["outcome"],
        "fields": {**review["fields"], **decision.get("fields", {})},
        "by": decision["by"]["label"],
        "at": decision["received_at"],
    }
    if review.get("approvals"):
        result["decisions"] = [
            {"by": vote["by"]["label"], "outcome": vote["outcome"], "at": vote["received_at"]}
            for vote in review["votes"]
        ]
    flow.succeed(d, step.path, result)


def _unanswered(d: Deciding, step: StepState, due_at: datetime) -> None:
    review = review_of(step)
    outcome = review["unanswered"]
    changed = {"path": step.path, "key": review["key"], "outcome": outcome, "review": {"status": "unanswered"}}
    d.record("review.unanswered", changed)
    d.stop(d.armed_of(review["key"]))
    d.effects.append(CloseReview(review["key"], outcome, due_at, unanswered=True))
    flow.succeed(d, step.path, {"outcome": outcome, "fields": review["fields"], "by": None, "at": due_at.isoformat()})


def level_called(d: Deciding, event: LevelCalled) -> None:
    """The level's timer counts as fired: nothing arms it again."""
    step = asked_step(d, event.key, "open", "escalated")
    pausing.end_pause(d, step, event.by, "escalated")
    timer = d.work.timers.get(f"{event.key}:level.{event.index}")
    held = (review_of(step).get("outage") or {}).get("held", {})
    if timer is None or not (timer.status == "armed" or (timer.status == "stopped" and f"level.{event.index}" in held)):
        raise InvalidTransition(f"Level {event.index + 1} of {event.key} cannot be called: it has been reached.")
    d.record("timer.fired", {"name": timer.name, "due_at": timer.due_at.isoformat()})
    _escalate(d, d.work.steps[step.path], event.index, event.people, d.now.process, event.by)


def _escalate(
    d: Deciding, step: StepState, index: int, people: tuple[PersonRef, ...], at: datetime, by: PersonRef | None
) -> None:
    review = review_of(step)
    level = next(item for item in review["levels"] if item["index"] == index)
    moves = level["mode"] == "move" and people and review.get("approvals")
    data = {
        "path": step.path,
        "key": review["key"],
        "level": index,
        "to": level["to"],
        "people": [{"id": person.id, "label": person.label} for person in people],
        "review": {"approvals": approving.moved_to(review, people)} if moves else {},
    }
    if by is not None:
        data["by"] = {"id": by.id, "label": by.label}
    d.record("review.escalated", data)
    reached = ReachedLevel(index, at, people, level["mode"], level["priority"], level["to"])
    d.effects.append(EscalateReview(review["key"], reached))
    if moves:
        approving.show(d, step.path)


def _resolve(d: Deciding, step: StepState, decision: Mapping[str, Any]) -> None:
    """Goes on from an incident as the person chose. Earlier tries are forgiven, their numbers stay used."""
    outcome = decision["outcome"]
    d.record("incident.resolved", {"path": step.path, "action": outcome, "by": decision["by"]})
    if outcome == FAIL:
        flow.fail(d, step.path, dict(step.error or {}))
        return
    if outcome == COMPENSATE:
        flow.compensate_and_stop(d, step.path, dict(step.error or {}))
        return
    fields = dict(decision.get("fields", {}))
    given = fields.pop(RESULT, None)
    if outcome == SKIP:
        flow.succeed(d, step.path, given)
        return
    if step.kind not in CALLS or step.input is None:
        flow.enter_again(d, step.path)
        return
    scope = {**(step.scope or {}), "forgiven": step.attempts}
    values = None
    if outcome == RETRY_CORRECTED:
        scope["corrected"] = scope.get("corrected", 0) + 1
        values = {"input": {**d.whole(step.input), **fields}}
    d.record("step.ready", {"path": step.path, "scope": scope}, values)
    d.effects.append(CallStep(step.path))


def _refuse_late(d: Deciding, event: DecisionGiven) -> None:
    for what in ("unanswered", TIMEOUT):
        timer = d.work.timers.get(f"{event.key}:{what}")
        if timer is not None and timer.status == "armed" and timer.due_at < event.received_at:
            raise MissedTimer
