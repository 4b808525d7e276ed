"""One piece of work for people. States and who moves them on are in `ReviewTask.Status`."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.base import ModelState
from django.utils.translation import gettext_lazy as _

from reviewhub.reviews.models.querysets import PAUSED, PLACES, SET_ASIDE, STILL_WAITING, WAITING, ReviewTaskQuerySet
from reviewhub.reviews.models.queues import Queue

ENDED = ("closed", "withdrawn")


class ReviewTask(models.Model):
    """What a run asks people, with all they need to answer. Instants are process time unless they say otherwise.

    `version` counts what a decision rests on (content, holder, status); a stale page cannot decide.
    """

    class Kind(models.TextChoices):
        REVIEW = "review", _("Review")
        INCIDENT = "incident", _("Incident")

    class Status(models.TextChoices):
        OPEN = "open", _("Open")  # nobody has it; a claim or a decision moves it on
        CLAIMED = "claimed", _("Claimed")  # its holder decides or releases it; after the lease it is anybody's
        ASKED = "asked", _("Waiting for an answer")  # the answer, a decision or the end of the time for it moves it on
        SNOOZED = "snoozed", _("Snoozed")  # its time, a decision, an escalation level or whoever snoozed it moves it on
        DECIDED = "decided", _("Decided")  # the engine closes it after the undo window; its decider may take it back
        CLOSED = "closed", _("Closed")  # final: the outcome counts
        WITHDRAWN = "withdrawn", _("Withdrawn")  # final: its run was cancelled or took another way

    class Priority(models.TextChoices):
        LOW = "low", _("Low")
        NORMAL = "normal", _("Normal")
        HIGH = "high", _("High")
        URGENT = "urgent", _("Urgent")

    class Stage(models.TextChoices):
        NONE = "", _("In time")
        HALF = "half", _("Half of the time is gone")
        THREE_QUARTERS = "three_quarters", _("Three quarters of the time are gone")
        BREACH = "breach", _("Breached")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey("orchestration.Run", on_delete=models.CASCADE, related_name="review_tasks")
    key = models.CharField(max_length=300)  # unique in the run
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.REVIEW)
    workflow = models.CharField(max_length=100)
    workflow_title = models.CharField(max_length=200)
    workflow_version = models.PositiveIntegerField()
    workflow_owner = models.CharField(max_length=150, blank=True)
    step_id = models.CharField(max_length=100)
    item = models.CharField(
        max_length=300, blank=True, default="", db_default=""
    )  # of an `each`; its key: a failed step
    title = models.CharField(max_length=300)
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="tasks")

    status = models.CharField(max_length=9, choices=Status, default=Status.OPEN)
    version = models.PositiveIntegerField(default=1)
    priority = models.CharField(max_length=6, choices=Priority, default=Priority.NORMAL)
    critical = models.BooleanField(default=False)

    created_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    half_at = models.DateTimeField(null=True, blank=True)
    three_quarters_at = models.DateTimeField(null=True, blank=True)
    value = models.FloatField(null=True, blank=True)  # the first figure of its highlights; none: it has no figure
    urgency_at = models.DateTimeField()  # the deadline weighted by priority: the order of every queue
    stage = models.CharField(max_length=14, choices=Stage, default=Stage.NONE, blank=True)
    level = models.PositiveSmallIntegerField(default=0)  # of escalation, as reached, from 1; 0 for none
    moved = models.BooleanField(default=False)  # a level took it from the queue's reviewers
    future = models.JSONField(default=list)  # see reviewhub.reviews.future

    outcomes = models.JSONField()  # [{"id", "label", "risk": low | high, "reason": against_ai | always | never}]
    highlights = models.JSONField(default=list)  # [{"label", "value"}]
    fields = models.JSONField(default=list)  # [{"name", "label", "value", "edit": bool, "type", "read"}]
    concerns = models.JSONField(default=list)  # texts
    why = models.JSONField(default=list)  # codes: see reviewhub.reviews.why
    context = models.JSONField(default=dict)  # {"input", "steps"}
    incident = models.JSONField(null=True, blank=True)
    policies = models.JSONField(default=dict)  # pinned versions: {"calendar:office-hours": 3}
    evidence_hash = models.CharField(max_length=64)  # SHA-256 of what a reviewer is shown

    recommendation = models.ForeignKey(
        "orchestration.Recommendation", null=True, blank=True, on_delete=models.PROTECT, related_name="review_tasks"
    )
    ai_outcome = models.CharField(max_length=100, blank=True)  # of an incident also what rules propose: `proposed_by`
    ai_confidence = models.FloatField(null=True, blank=True)
    ai_hidden = models.BooleanField(default=False, db_default=False)  # see reviewhub.reviews.hidden

    approvals = models.JSONField(
        null=True, blank=True
    )  # how several decide, and who has: see reviewhub.reviews.approvals

    requester = models.CharField(max_length=254, blank=True)  # the first of `excluded`
    excluded = models.JSONField(default=list)  # addresses and user names that may not decide, in lower case

    skills = models.JSONField(default=list, db_default=[])  # what whoever is given it must know

    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="claimed_tasks"
    )
    claim_expires_at = models.DateTimeField(null=True, blank=True)  # system time

    paused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="paused_tasks"
    )
    wakes_at = models.DateTimeField(null=True, blank=True)  # process time: when the pause ends by itself
    stands_still_since = models.DateTimeField(null=True, blank=True)  # process time; none: its clock runs
    clocks_stopped_at = models.DateTimeField(null=True, blank=True)  # process time: for an outage of its queue
    added = models.PositiveIntegerField(default=0, db_default=0)  # answers and comments that have come to it
    content_hash = models.CharField(max_length=16, default="", db_default="")  # see reviewhub.reviews.differences
    information = models.JSONField(default=list)  # [{"asked", "by", "answer", "at" (ISO)}]: what was asked and answered

    undo_seconds = models.FloatField()
    outcome = models.CharField(max_length=100, blank=True)  # the standing decision's, or what nobody's answer gave
    decided_at = models.DateTimeField(null=True, blank=True)
    undo_until = models.DateTimeField(null=True, blank=True)  # system time
    closed_at = models.DateTimeField(null=True, blank=True)
    unanswered = models.BooleanField(default=False)
    withdrawn_reason = models.CharField(max_length=300, blank=True)

    objects = ReviewTaskQuerySet.as_manager()

    class Meta:
        ordering = ("urgency_at", "id")
        constraints = (
            models.UniqueConstraint(fields=("run", "key"), name="review_task_key_once"),
            models.CheckConstraint(
                condition=Q(status="claimed", claimed_by__isnull=False, claim_expires_at__isnull=False)
                | (~Q(status="claimed") & Q(claimed_by__isnull=True, claim_expires_at__isnull=True)),
                name="review_task_claim_has_holder",
            ),
            models.CheckConstraint(
                condition=Q(status__in=PAUSED, paused_by__isnull=False)
                | (~Q(status__in=PAUSED) & Q(paused_by__isnull=True, wakes_at__isnull=True)),
                name="review_task_paused_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(status="decided") | Q(decided_at__isnull=False, outcome__gt=""),
                name="review_task_decided_has_outcome",
            ),
            models.CheckConstraint(
                condition=Q(status__in=ENDED, closed_at__isnull=False)
                | (~Q(status__in=ENDED) & Q(closed_at__isnull=True)),
                name="review_task_ended_has_instant",
            ),
            models.CheckConstraint(
                condition=(Q(status__in=WAITING) & STILL_WAITING) | (~Q(status__in=WAITING) & ~STILL_WAITING),
                name="review_task_waiting_by_instants",
            ),
            models.CheckConstraint(
                condition=Q(ai_confidence__isnull=True) | Q(ai_confidence__gte=0, ai_confidence__lte=1),
                name="review_task_confidence_is_share",
            ),
        )
        indexes = (
            models.Index(fields=("urgency_at", "id"), condition=STILL_WAITING, name="review_task_urgency"),
            models.Index(fields=("urgency_at", "id"), name="review_task_urgency_of_all"),
            models.Index(  # with all that the counts of the views ask of a task
                fields=("queue", "urgency_at", "id", "moved", "status", "claim_expires_at"),
                condition=STILL_WAITING,
                name="review_task_queue_counted",
            ),
            models.Index(
                fields=("claimed_by", "urgency_at"), condition=Q(status="claimed"), name="review_task_claimed"
            ),
            models.Index(fields=("due_at", "id"), condition=STILL_WAITING, name="review_task_due"),
            models.Index(fields=("three_quarters_at",), condition=STILL_WAITING, name="review_task_at_risk"),
            models.Index(fields=("urgency_at", "id"), condition=SET_ASIDE, name="review_task_set_aside"),
            models.Index(
                fields=("workflow_owner", "urgency_at", "id"),
                condition=STILL_WAITING & Q(kind="incident"),
                name="review_task_incidents",
            ),
            models.Index(
                fields=("queue", "id"),
                condition=STILL_WAITING & Q(clocks_stopped_at__isnull=False),
                name="review_task_clocks_stopped",
            ),
            *(
                models.Index(place, F("id"), condition=STILL_WAITING, name=f"review_task_by_{order}")
                for order, place in PLACES.items()
            ),
            models.Index(fields=("workflow", "-created_at"), name="review_task_by_workflow"),
            models.Index(fields=("run", "item", "-created_at"), name="review_task_of_case"),
            models.Index(
                fields=("workflow", "step_id", "-closed_at"),
                condition=Q(status="closed"),
                name="review_task_precedents",
            ),
            models.Index(fields=("-decided_at",), condition=Q(decided_at__isnull=False), name="review_task_decided"),
            models.Index(fields=("-closed_at",), condition=Q(closed_at__isnull=False), name="review_task_closed"),
        )

    def __str__(self) -> str:
        return self.title

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **_: Any) -> ReviewTask:
        """As Django's, but no column is looked at that was not read: most are not, where a page shows many tasks."""
        task, state = cls.__new__(cls), ModelState()
        state.adding, state.db = False, db
        task._state = state  # noqa: SLF001 - public
        vars(task).update(zip(field_names, values, strict=True))
        return task

    @property
    def is_waiting(self) -> bool:
        return self.status in WAITING

    @property
    def is_paused(self) -> bool:
        return self.status in PAUSED

    def holder_id(self, system_now: datetime) -> int | None:
        """Who holds the claim at this moment; a lease that has run out holds nothing."""
        alive = self.claim_expires_at is not None and self.claim_expires_at > system_now
        return self.claimed_by_id if alive else None

    def outcome_named(self, outcome: str) -> dict[str, Any] | None:
        return next((each for each in self.outcomes if each["id"] == outcome), None)

    @property
    def outcome_label(self) -> str:
        return self.label_of(self.outcome)

    @property
    def proposed_by(self) -> str:
        """ai, or rules: an incident has a proposal also where no model was asked. Empty: nothing is proposed."""
        return proposer_of(self)

    @property
    def ai_label(self) -> str:
        return self.label_of(self.ai_outcome) if self.proposed_by == "ai" else ""

    def label_of(self, outcome: str) -> str:
        known = self.outcome_named(outcome)
        return known["label"] if known else outcome


def proposer_of(row: Any) -> str:
    """`row` is a task, or what was decided against its proposal."""
    if not row.ai_outcome:
        return ""
    return "ai" if row.recommendation_id is not None else "rules"
