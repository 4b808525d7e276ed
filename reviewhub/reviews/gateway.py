"""The desk as the engine sees it: every call runs inside the engine's transaction, under the run's lock."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from orchestration import api, ports
from orchestration.ports import (
    Closing,
    FutureStep,
    GoingOn,
    LateRun,
    PersonRef,
    ReachedLevel,
    ReviewRequest,
    Standstill,
)
from reviewhub.accounts.actors import ref_of
from reviewhub.accounts.models import Person
from reviewhub.reviews.announcements import Fact, LateFact, announce, announce_late
from reviewhub.reviews.approvals import show
from reviewhub.reviews.breaches import record_run, record_task
from reviewhub.reviews.clocks import go_on, move_clocks, stand_still
from reviewhub.reviews.closing import close_tasks
from reviewhub.reviews.differences import content_hash
from reviewhub.reviews.evidence import evidence_of
from reviewhub.reviews.hidden import hide
from reviewhub.reviews.looks import WORKFLOW
from reviewhub.reviews.looks.asking import put_before
from reviewhub.reviews.looks.opening import dress
from reviewhub.reviews.models import Assignment, Queue, ReviewTask, SecondLook
from reviewhub.reviews.people import people_for
from reviewhub.reviews.proposals import ask_model_later, proposed
from reviewhub.reviews.services.claims import hand_to
from reviewhub.reviews.urgency import urgency_at
from reviewhub.reviews.why import escalated, why_codes

TITLE = 300  # characters
_ROLES = {
    "backup_of": Assignment.Role.BACKUP,
    "manager_of": Assignment.Role.MANAGER,
    "owner": Assignment.Role.OWNER,
}
_ENDED = {
    "claimed_by": None,
    "claim_expires_at": None,
    "paused_by": None,
    "wakes_at": None,
    "stands_still_since": None,
}

_INSERT_TASK = api.statements.Insert(ReviewTask, api.statements.columns_of(ReviewTask))


class DeskGateway:
    """Implements `orchestration.ports.HumanTaskGateway`."""

    def open(self, request: ReviewRequest) -> None:
        self.open_many([request])

    def open_many(self, requests: Sequence[ReviewRequest]) -> None:
        queues, recommendations = _queues(requests), _recommendations(requests)
        tasks = [_opened(request, queues[_slug(request)], _advised(request, recommendations)) for request in requests]
        rows = [[getattr(task, column) for column in _INSERT_TASK.columns] for task in tasks]
        api.statements.write({_INSERT_TASK: rows})
        for task, request in zip(tasks, requests, strict=True):
            if request.workflow == WORKFLOW:
                SecondLook.objects.filter(pk=request.context["input"]["look"], task=None).update(task=task.pk)
            task._state.adding = False  # noqa: SLF001 - public
            if request.workflow == WORKFLOW:
                put_before(task, request.context["input"]["look"])
            if task.incident is not None:
                ask_model_later(task)
            announce(Fact("opened", task, task.created_at))

    def people_for(
        self, run_id: str, key: str, target: Mapping[str, str], without: Collection[str] = ()
    ) -> tuple[PersonRef, ...]:
        task = _held(run_id, key)
        found = people_for(task, target, ports.clock().process_now(), frozenset(without))
        return tuple(ref_of(person) for person in found)

    def show_approvals(
        self, run_id: str, key: str, approvals: Mapping[str, Any], asked: tuple[PersonRef, ...], at: datetime
    ) -> None:
        show(_held(run_id, key), approvals, asked, at)

    def escalate(self, run_id: str, key: str, level: ReachedLevel) -> None:
        task = _held(run_id, key)
        people = tuple(Person.objects.filter(pk__in=[person.id for person in level.people]).order_by("pk"))
        if level.mode == "move" and people:
            _move_away(task, people, level.at)
        for person in people:
            _assign(task, person, level)
        task.level, task.why = level.index + 1, escalated(task.why)
        task.priority = level.priority or task.priority
        task.urgency_at = urgency_at(task.created_at, task.due_at, task.priority)
        task.future = [_reached(step, level) for step in task.future]
        task.save()
        details = {"level": level.index + 1, "to": dict(level.to), "mode": level.mode}
        announce(Fact("escalated", task, level.at, people=people, details=details))

    def warn(self, run_id: str, key: str, stage: str, at: datetime) -> None:
        task = _held(run_id, key)
        task.stage = stage
        task.save(update_fields=("stage",))
        if stage == ReviewTask.Stage.BREACH:
            record_task(task, at)
        announce(Fact("warned", task, at, details={"stage": stage}))

    def run_late(self, run_id: str, late: LateRun) -> None:
        run = api.runs().get(pk=run_id)
        if late.stage == ReviewTask.Stage.BREACH:
            record_run(run, late)
        announce_late(LateFact(run, late))

    def resume(
        self, run_id: str, key: str, at: datetime, instants: Mapping[str, datetime], by: PersonRef | None
    ) -> None:
        """The task comes back to whoever set it aside, as a claim; where that lapses it is anybody's."""
        task = _held(run_id, key)
        back_to, was = task.paused_by, task.status
        task.status, task.paused_by, task.wakes_at, task.stands_still_since = (
            *(ReviewTask.Status.OPEN, None, None),
            task.clocks_stopped_at,  # an outage goes on
        )
        move_clocks(task, instants)
        task.version += 1
        if back_to is not None and back_to.is_active:
            hand_to(task, back_to, at=at)
        task.save()
        people = (back_to,) if back_to else ()
        announce(Fact("resumed", task, at, people=people, details={"was": was, "by_itself": by is None}))

    def close(self, run_id: str, key: str, outcome: str, at: datetime, unanswered: bool) -> None:
        self.close_many([Closing(run_id, key, outcome, at, unanswered)])

    def close_many(self, closings: Sequence[Closing]) -> None:
        for closing, task in close_tasks(closings):
            announce(Fact("closed", task, closing.at, details={"unanswered": closing.unanswered}))

    def withdraw(self, run_id: str, key: str, reason: str, at: datetime) -> None:
        task = _held(run_id, key)
        asked = tuple(Person.objects.filter(assignments__task=task, assignments__ended_at__isnull=True))
        _end(task, ReviewTask.Status.WITHDRAWN, at, Assignment.Ended.WITHDRAWN, withdrawn_reason=reason[:300])
        announce(Fact("withdrawn", task, at, people=asked, details={"reason": reason}))

    def rename(self, run_id: str, key: str, to: str, step_id: str) -> None:
        task = _held(run_id, key)
        task.key, task.step_id = to, step_id
        task.save(update_fields=("key", "step_id"))
        announce(Fact("renamed", task, ports.clock().process_now()))

    def stand_still(self, reviews: Sequence[Standstill]) -> None:
        stand_still(reviews)

    def go_on(self, reviews: Sequence[GoingOn]) -> None:
        go_on(reviews)


def _opened(request: ReviewRequest, queue: Queue, recommendation: Any | None) -> ReviewTask:
    outcomes = [dict(outcome) for outcome in request.outcomes]
    said = recommendation.outcome if recommendation else ""
    answers_this = any(outcome["id"] == said for outcome in outcomes)
    confidence = recommendation.confidence if recommendation and answers_this else None
    concerns = [*_doubts(recommendation), *request.concerns]
    task = ReviewTask(
        run_id=request.run_id,
        key=request.key,
        kind=request.kind,
        workflow=request.workflow,
        workflow_title=request.workflow_title,
        workflow_version=request.workflow_version,
        workflow_owner=request.workflow_owner,
        step_id=request.step_id,
        item=_item(request),
        title=request.title[:TITLE],
        queue=queue,
        critical=request.critical,
        created_at=request.created_at,
        due_at=request.due_at,
        half_at=request.half_at,
        three_quarters_at=request.three_quarters_at,
        urgency_at=urgency_at(request.created_at, request.due_at, ReviewTask.Priority.NORMAL),
        future=[_stored(step) for step in request.future],
        outcomes=outcomes,
        highlights=[dict(highlight) for highlight in request.highlights],
        value=_figure(request),
        fields=[dict(field) for field in request.fields],
        concerns=concerns,
        context=dict(request.context),
        incident=dict(request.incident) if request.incident else None,
        policies=dict(request.policies),
        approvals={**request.approvals, "votes": []} if request.approvals is not None else None,
        recommendation=recommendation,
        ai_outcome=said if answers_this else "",
        ai_confidence=confidence,
        requester=request.exclude[0][:254] if request.exclude else "",
        excluded=[name.strip().lower() for name in request.exclude],
        skills=sorted({name.strip().lower() for name in (*queue.skills, *request.skills)} - {""}),
        undo_seconds=queue.undo_seconds if request.undo_seconds is None else request.undo_seconds,
        why=why_codes(
            kind=request.kind,
            concerns=_kinds(request, recommendation),
            critical=request.critical,
            asked_ai=recommendation is not None and not recommendation.text,
            ai_outcome=said,
            confidence=confidence,
        ),
    )
    if task.incident is not None:
        task.incident["proposal"] = proposed(request)
        task.ai_outcome = task.incident["proposal"]["way"]
    if request.workflow == WORKFLOW:
        dress(task, request.context["input"])
    hide(task, queue.hidden_share)
    task.evidence_hash, task.content_hash = evidence_of(task), content_hash(task)
    return task


def _item(request: ReviewRequest) -> str:
    """A failed step is a case of its own."""
    return (request.key if request.kind == ReviewTask.Kind.INCIDENT else request.item)[:300]


def _figure(request: ReviewRequest) -> float | None:
    """By which a list can be ordered: what the workflow shows first of its figures."""
    shown = (highlight["value"] for highlight in request.highlights)
    return next((float(each) for each in shown if isinstance(each, int | float) and not isinstance(each, bool)), None)


def _recommendations(requests: Sequence[ReviewRequest]) -> dict[str, Any]:
    """By their ids as texts."""
    named = {request.recommendation_id for request in requests if request.recommendation_id is not None}
    found = api.recommendations().filter(pk__in=named) if named else ()
    return {str(recommendation.pk): recommendation for recommendation in found}


def _advised(request: ReviewRequest, known: Mapping[str, Any]) -> Any | None:
    """The recommendation that was asked for, or else the one that the case brought along."""
    if request.advice is not None:
        return api.keep_advice(run_id=request.run_id, advice=request.advice, at=request.created_at)
    return known.get(str(request.recommendation_id))


def _doubts(recommendation: Any | None) -> list[str]:
    """What speaks against trusting the recommendation: an attempt to instruct the model, evidence not found."""
    return [str(doubt) for doubt in recommendation.provenance.get("concerns", ())] if recommendation else []


def _kinds(request: ReviewRequest, recommendation: Any | None) -> set[str]:
    """Of all concerns; what speaks against the recommendation is an exception too."""
    doubted = bool(_doubts(recommendation)) or bool(request.concerns and not request.because)
    return {*request.because, *(("exception",) if doubted else ())}


def _held(run_id: str, key: str) -> ReviewTask:
    tasks = ReviewTask.objects.select_related("queue__manager", "queue__backup", "paused_by")
    return tasks.select_for_update(of=("self",)).get(run_id=run_id, key=key)


def _queues(requests: Sequence[ReviewRequest]) -> dict[str, Queue]:
    """The named queues. One that has gone since the workflow was published comes back empty rather than lose work."""
    slugs = {_slug(request) for request in requests}
    marks = ", ".join(["%s"] * len(slugs))
    named = Queue.objects.raw(f"SELECT * FROM reviews_queue WHERE slug IN ({marks})", tuple(slugs))  # noqa: S608
    queues = {queue.slug: queue for queue in named}
    for slug in slugs - queues.keys():
        title = slug.replace("-", " ").capitalize()
        queues[slug], _ = Queue.objects.get_or_create(slug=slug, defaults={"title": title})
    return queues


def _slug(request: ReviewRequest) -> str:
    return request.queue or Queue.INCIDENTS


def _end(task: ReviewTask, status: str, at: datetime, ended: str, **fields: Any) -> None:
    values = {**_ENDED, "status": status, "closed_at": at, "version": task.version + 1, **fields}
    for name, value in values.items():
        setattr(task, name, value)
    task.save(update_fields=tuple(values))
    task.assignments.filter(ended_at__isnull=True).update(ended_at=at, ended=ended)


# ---- escalation --------------------------------------------------------------------------------


def _move_away(task: ReviewTask, people: tuple[Person, ...], at: datetime) -> None:
    others = task.assignments.filter(ended_at__isnull=True).exclude(person__in=people)
    others.update(ended_at=at, ended=Assignment.Ended.MOVED)
    task.moved = True
    task.version += 1
    if task.claimed_by_id is not None and task.claimed_by_id not in {person.pk for person in people}:
        task.status, task.claimed_by, task.claim_expires_at = ReviewTask.Status.OPEN, None, None


def _assign(task: ReviewTask, person: Person, level: ReachedLevel) -> None:
    role = _ROLES.get(level.to.get("kind", ""), Assignment.Role.COLLEAGUE)
    values = {"role": role, "level": level.index + 1}
    open_one = task.assignments.filter(person=person, ended_at__isnull=True)
    if not open_one.update(**values):
        Assignment.objects.create(task=task, person=person, assigned_at=level.at, **values)


# ---- the future, as stored ---------------------------------------------------------------------


def _stored(step: FutureStep) -> dict[str, Any]:
    return {**asdict(step), "at": step.at.isoformat(), "to": dict(step.to)}


def _reached(step: dict[str, Any], level: ReachedLevel) -> dict[str, Any]:
    """A level that has fired keeps whom it reached; nobody is asked again."""
    if step["kind"] != "level" or step["level"] != level.index:
        return step
    return {**step, "reached_at": level.at.isoformat(), "people": [asdict(person) for person in level.people]}
