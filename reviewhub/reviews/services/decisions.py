"""Deciding: the one place where a person's answer is taken, whatever the channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from orchestration import api, ports
from orchestration.exceptions import InvalidResult, InvalidTransition, MissedTimer
from reviewhub.accounts.actors import actor_of
from reviewhub.accounts.models import Person
from reviewhub.accounts.permissions import require
from reviewhub.compiled import IDENTITY, NAME, NUMBER, Statement, statement_of
from reviewhub.reviews.announcements import Fact, announce
from reviewhub.reviews.approvals import is_sealed
from reviewhub.reviews.evidence import EvidenceOpened, evidence_of
from reviewhub.reviews.exceptions import EvidenceChanged, InvalidDecision, KeyReused, SignInNeeded, TaskMoved
from reviewhub.reviews.hidden import is_hidden_from, show
from reviewhub.reviews.models import Assignment, Decision, ReviewTask
from reviewhub.reviews.services.answers import Answer, CheckedAnswer, checked_answer
from reviewhub.reviews.services.first_answers import keep_first_answer
from reviewhub.reviews.services.holding import (
    hold_task,
    read_again,
    refuse_moved,
    refuse_picking,
    refuse_requester,
    refuse_stale,
    refuse_taken,
    standing_of,
)
from reviewhub.reviews.services.overrides import record_override


def decide_task(
    *,
    task_id: UUID | str,
    actor: Person,
    outcome: str,
    expected_version: int | None = None,
    fields: Mapping[str, Any] | None = None,
    reasons: Sequence[str] = (),
    note: str = "",
    ai_right_if_known: str = "",
    severity: str = "",
    confirmed: bool = False,
    idempotency_key: str = "",
    channel: str = Decision.Channel.WEB,
    evidence_hash: str = "",
    ai_was_seen: bool = True,
    seconds_spent: float | None = None,
    opened: EvidenceOpened | None = None,
    together: int = 1,
    proved_by: str = "",
) -> Decision:
    """Decide a task. The run goes on when the undo window has closed; a confirmed high-risk outcome counts at once.

    `fields` holds corrections by field name, `reasons` codes of the catalogue ("policy" or "policy/rule_outdated").
    The same idempotency key sent again answers with the same decision. `proved_by` is what showed who it was, where
    nobody had signed in: a high risk is not taken so.
    Raises PermissionDenied, SelfApproval, SignInNeeded, TaskMoved, TaskTaken, StaleTask, EvidenceChanged,
    InvalidDecision, KeyReused.
    """
    given = Given(
        answer=Answer(
            outcome, dict(fields or {}), tuple(reasons), note.strip(), ai_right_if_known, confirmed, severity
        ),
        expected_version=expected_version,
        idempotency_key=idempotency_key,
        channel=channel,
        evidence_hash=evidence_hash,
        ai_was_seen=ai_was_seen,
        seconds_spent=seconds_spent,
        opened=opened,
        together=together,
        proved_by=proved_by,
    )
    try:
        return _decide(task_id, actor, given)
    except TaskMoved as refusal:
        _record_refusal(task_id, actor, given, refusal)
        raise
    except InvalidDecision:
        _commit_to(outcome, task_id, actor)
        raise


@dataclass(frozen=True, slots=True)
class Given:
    """What came with an answer: how it was given, and what was in front of the person."""

    answer: Answer
    expected_version: int | None
    idempotency_key: str
    channel: str
    evidence_hash: str
    ai_was_seen: bool
    seconds_spent: float | None
    opened: EvidenceOpened | None  # of the evidence; None where the channel cannot say
    together: int  # how many were decided in the same act
    proved_by: str  # empty: they had signed in


@transaction.atomic
def _decide(task_id: UUID | str, actor: Person, given: Given) -> Decision:
    task = hold_task(task_id)
    require(actor, "task.decide", task)
    before = _sent_before(task, actor, given)
    if before is not None:
        return before
    _refuse(task, actor, given)
    _refuse_unproved(task, given)
    hidden = is_hidden_from(task, actor)
    show(task)
    checked = checked_answer(task, given.answer)
    keep_first_answer(task, actor, given.answer.outcome)
    standing = _tell_engine(task, actor, checked)
    decision = Decision.objects.create(
        task=task,
        seat=standing.seat,
        outcome=given.answer.outcome,
        by=actor,
        received_at=standing.received_at,
        recorded_at=ports.clock().system_now(),
        undo_until=standing.undo_until,
        fields=checked.fields,
        task_version=task.version,
        channel=given.channel,
        confirmed=given.answer.confirmed,
        ai_was_seen=given.ai_was_seen and task.recommendation_id is not None and not hidden,
        seconds_spent=given.seconds_spent,
        **_of_evidence(given.opened),
        evidence_hash=task.evidence_hash,
        idempotency_key=given.idempotency_key,
    )
    record_override(task, decision, checked)
    sealed = _mark(task, decision, standing)
    _record(task, decision, checked, given, sealed=sealed)
    announce(Fact("decided" if standing.settled else "voted", task, standing.received_at, by=actor))
    return decision


def _of_evidence(opened: EvidenceOpened | None) -> dict[str, float]:
    if opened is None:
        return {}
    return {
        "evidence_pieces": opened.of,
        "evidence_opened": opened.opened,
        "evidence_seconds": opened.seconds,
    }


def _sent_before(task: ReviewTask, actor: Person, given: Given) -> Decision | None:
    if not given.idempotency_key:
        return None
    same = _with_key(connection.vendor).objects(Decision, task.pk, actor.pk, given.idempotency_key)
    before = next(iter(same), None)
    if before is not None and before.outcome != given.answer.outcome:
        raise KeyReused
    return before


@lru_cache(maxsize=2)
def _with_key(vendor: str) -> Statement:
    sent = Decision.objects.filter(task=IDENTITY, by=NUMBER, idempotency_key=NAME)
    return statement_of(sent, IDENTITY, NUMBER, NAME)


def _refuse(task: ReviewTask, actor: Person, given: Given) -> None:
    refuse_requester(task, actor)
    refuse_moved(task)
    refuse_taken(task, actor, ports.clock().system_now())
    refuse_picking(task, actor)
    refuse_stale(task, given.expected_version)
    if given.evidence_hash and given.evidence_hash != evidence_of(task):
        raise EvidenceChanged(None, **standing_of(task))


def _refuse_unproved(task: ReviewTask, given: Given) -> None:
    outcome = task.outcome_named(given.answer.outcome) or {}
    if given.proved_by and outcome.get("risk") == "high":
        said = _("%(label)s carries a high risk: sign in to decide it.") % {"label": outcome["label"]}
        raise SignInNeeded(said, verb="task.decide")


def _tell_engine(task: ReviewTask, actor: Person, checked: CheckedAnswer) -> api.Standing:
    try:
        return api.decide_review(
            run_id=task.run_id,
            key=task.key,
            outcome=checked.answer.outcome,
            fields=checked.fields,
            actor=actor_of(actor),
            undo_seconds=0.0 if checked.is_high_risk else task.undo_seconds,
        )
    except InvalidResult as error:
        raise InvalidDecision(_faults_of_result(task, error.faults)) from error
    except (InvalidTransition, MissedTimer) as error:
        raise TaskMoved(
            _("“%(title)s” has moved on: %(error)s") % {"title": task.title, "error": error}, **standing_of(task)
        ) from error


def _faults_of_result(task: ReviewTask, faults: Sequence[str]) -> list[dict[str, str]]:
    """`faults` as a schema's check says them, `$.number: …`; the result itself is `$`."""
    name = api.GIVEN_RESULT
    label = next((field["label"] for field in task.fields if field["name"] == name), name)
    return [
        {"path": f"/fields/{name}", "code": "result", "message": f"{label}: {each.removeprefix('$: ').rstrip('.')}."}
        for each in faults
    ]


def _mark(task: ReviewTask, decision: Decision, standing: api.Standing) -> bool:
    """The engine may have fired timers, or closed the task at once, while it took the decision: read it again.

    Whether it is a vote that nobody may see yet.
    """
    read_again(task)
    if standing.settled:
        _mark_decided(task, decision, standing.outcome or decision.outcome)
    else:
        _mark_voted(task, decision)
    return not standing.settled and is_sealed(task)


def _mark_voted(task: ReviewTask, decision: Decision) -> None:
    """One of several: the task is open for the others. What they have in front of them is as it was."""
    own = Assignment.objects.filter(task=task, person=decision.by, ended_at__isnull=True)
    if not own.update(ended_at=decision.received_at, ended=Assignment.Ended.DONE):
        Assignment.objects.create(
            task=task,
            person=decision.by,
            role=Assignment.Role.REVIEWER,
            assigned_at=decision.received_at,
            ended_at=decision.received_at,
            ended=Assignment.Ended.DONE,
        )
    task.status, task.claimed_by, task.claim_expires_at = ReviewTask.Status.OPEN, None, None
    task.save(update_fields=("status", "claimed_by", "claim_expires_at"))


def _mark_decided(task: ReviewTask, decision: Decision, outcome: str) -> None:
    if task.ai_hidden:
        show(task)
        task.ai_hidden, task.evidence_hash = False, evidence_of(task)
    task.outcome, task.decided_at, task.undo_until = outcome, decision.received_at, decision.undo_until
    task.claimed_by, task.claim_expires_at, task.paused_by, task.wakes_at = None, None, None, None
    task.stands_still_since = None
    if task.status != ReviewTask.Status.CLOSED:
        task.status = ReviewTask.Status.DECIDED
    task.version += 1
    task.save(
        update_fields=(
            "ai_hidden",
            "ai_outcome",
            "ai_confidence",
            "evidence_hash",
            "outcome",
            "decided_at",
            "undo_until",
            "claimed_by",
            "claim_expires_at",
            "paused_by",
            "wakes_at",
            "stands_still_since",
            "status",
            "version",
        )
    )


def _record(task: ReviewTask, decision: Decision, checked: CheckedAnswer, given: Given, *, sealed: bool) -> None:
    known: dict[str, Any] = {
        "key": task.key,
        "decision": str(decision.pk),
        "channel": decision.channel,
        "evidence": decision.evidence_hash,
        "seconds_spent": decision.seconds_spent,
    }
    if decision.evidence_pieces is not None:
        named = ("evidence_pieces", "evidence_opened", "evidence_seconds")
        known |= {name: getattr(decision, name) for name in named}
    told = {
        "outcome": decision.outcome,
        "proposed" if task.proposed_by == "rules" else "ai_outcome": task.ai_outcome,
        "reasons": [reason.code for reason in checked.reasons],
        "reason_labels": [reason.label for reason in checked.reasons],
        "severity": checked.answer.severity,
        "corrected": [difference["field"] for difference in checked.differences],
    }
    if given.together > 1:
        known["together"] = given.together
    if given.proved_by:
        known["proved_by"] = given.proved_by
    said = {"note": checked.answer.note, "differences": checked.differences}
    data = {**known, "blind": True} if sealed else {**known, **told}
    said = {**told, **said} if sealed else said
    api.record_run_event(
        run_id=task.run_id,
        kind="desk.decided",
        data=data,
        actor=actor_of(decision.by),
        values=said if any(said.values()) else None,
    )


@transaction.atomic
def _commit_to(outcome: str, task_id: UUID | str, actor: Person) -> None:
    """What was not taken yet was an answer all the same, where the task hides what the AI says."""
    keep_first_answer(hold_task(task_id), actor, outcome)


@transaction.atomic
def _record_refusal(task_id: UUID | str, actor: Person, given: Given, refusal: TaskMoved) -> None:
    """The one who came too late leaves a trace too."""
    task = hold_task(task_id)
    data = {"key": task.key, "outcome": given.answer.outcome, "because": type(refusal).__name__}
    api.record_run_event(run_id=task.run_id, kind="desk.refused", data=data, actor=actor_of(actor))
