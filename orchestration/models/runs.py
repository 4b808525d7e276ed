"""Runs, their steps, attempts and timers: the stored state of the engine."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from orchestration.models.identity import time_ordered_id
from orchestration.models.workflows import Workflow, WorkflowVersion

BY_BYTES = ("uuid_ops", "varchar_pattern_ops")  # PostgreSQL: so that what is inside something is a range of the index


class Run(models.Model):
    """One execution of a workflow version. Its row's lock orders all that happens to it."""

    class Status(models.TextChoices):
        RUNNING = "running"  # set at the start; the core moves it on when the last step ends
        ENDING = "ending"  # failed or cancelled; its on_error and its undoing move it on
        SUCCEEDED = "succeeded"  # final, unless the run that started it has it undone: reached its end
        FAILED = "failed"  # final: a `fail` step, or an incident that a person let fail
        CANCELLED = "cancelled"  # final: somebody cancelled it

    id = models.UUIDField(primary_key=True, default=time_ordered_id, editable=False)
    workflow = models.ForeignKey(Workflow, on_delete=models.PROTECT, related_name="runs")
    version = models.ForeignKey(WorkflowVersion, on_delete=models.PROTECT, related_name="runs")
    status = models.CharField(max_length=12, choices=Status, default=Status.RUNNING)
    outcome = models.CharField(max_length=100, blank=True)
    input = models.JSONField()
    error = models.JSONField(null=True, blank=True)  # {"class", "code", "message", "step"}
    source = models.CharField(max_length=100)  # manual, api, webhook:<path>, demo
    event_id = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001 - no event is not an empty event
    business_key = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001
    key_while = models.CharField(max_length=8, default="open")  # open | ever | always
    sequence = models.PositiveIntegerField(default=0)  # of the last audit event; compare-and-set
    audit_head = models.CharField(max_length=64, default="")  # hash of the last audit event
    started_at = models.DateTimeField()  # process time
    ended_at = models.DateTimeField(null=True, blank=True)  # process time
    paused_at = models.DateTimeField(null=True, blank=True)  # process time; since when somebody holds it
    paused_by = models.JSONField(null=True, blank=True)  # who holds it: [person, workflow, parent]
    undo = models.JSONField(null=True, blank=True)  # {"newest": path}, and while ending how it will end
    held = models.JSONField(default=list)  # paths that a paused run enters when it goes on
    result = models.JSONField(null=True, blank=True)  # what its end or its last step gave
    opened = models.PositiveIntegerField(null=True, blank=True)  # steps entered: what `limits.steps` counts
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    parent_path = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001 - the step that asked for it
    parent_number = models.PositiveIntegerField(null=True, blank=True)  # of the ask
    depth = models.PositiveSmallIntegerField(null=True, blank=True)  # how many runs it stands in
    continues = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="continued_by")
    chain = models.UUIDField(null=True, blank=True)  # the first of the runs that continue each other
    generation = models.PositiveIntegerField(null=True, blank=True)  # its place among them
    events_since = models.DateTimeField(null=True, blank=True)  # process time: earlier events are not for it
    origin = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="followed_by")
    origin_how = models.CharField(max_length=8, blank=True, default="")  # rerun, retry or fork
    origin_at = models.PositiveIntegerField(null=True, blank=True)  # the event of the origin that it goes on from
    origin_step = models.CharField(max_length=255, blank=True, default="")  # the step that a retry begins with

    class Meta:
        ordering = ("-started_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("workflow", "event_id"), condition=Q(event_id__isnull=False), name="run_event_once"
            ),
            models.UniqueConstraint(
                fields=("workflow", "business_key"),
                condition=Q(status__in=("running", "ending"), business_key__isnull=False, key_while="open"),
                name="run_key_once_while_open",
            ),
            models.UniqueConstraint(
                fields=("workflow", "business_key"),
                condition=Q(business_key__isnull=False, key_while="ever"),
                name="run_key_once_for_ever",
            ),
            models.UniqueConstraint(
                fields=("parent", "parent_path", "parent_number"),
                condition=Q(parent__isnull=False, continues__isnull=True),
                name="run_child_once",
            ),
            models.UniqueConstraint(
                fields=("continues",), condition=Q(continues__isnull=False), name="run_continued_once"
            ),
        )
        indexes = (
            models.Index(fields=("workflow", "-started_at"), name="run_by_workflow"),
            models.Index(fields=("-started_at", "-id"), name="run_newest_first"),
            models.Index(fields=("started_at",), condition=Q(status="running"), name="run_open"),
            models.Index(fields=("-started_at", "-id"), condition=Q(paused_at__isnull=False), name="run_paused"),
            models.Index(fields=("chain",), condition=Q(chain__isnull=False), name="run_chain"),
        )

    def __str__(self) -> str:
        return f"{self.workflow_id} {self.id}"


class StepRun(models.Model):
    """One step of one run, at one path. A finished one never changes again."""

    class Status(models.TextChoices):
        READY = "ready"  # a worker's lease moves it to running
        RUNNING = "running"  # leased; completing the attempt, or losing the lease, moves it on
        RETRYING = "retrying"  # its timer makes it ready again
        LIMITED = "limited"  # a rate, a concurrency or a breaker makes it wait; its turn, or its timer, makes it ready
        WAITING = "waiting"  # for its review, the steps inside it, a time, an event or the run that it started
        INCIDENT = "incident"  # in front of a person, whose choice moves it on
        REGISTERED = "registered"  # an undo that stands by; a run that fails or is cancelled moves it on
        SUCCEEDED = "succeeded"  # final
        FAILED = "failed"  # final
        SKIPPED = "skipped"  # final: its condition was false
        CANCELLED = "cancelled"  # final: the run ended another way

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="steps", db_index=False)  # its key begins so
    path = models.CharField(max_length=255)
    within = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001 - the sequence it is one of: lines#3
    step_id = models.CharField(max_length=100)
    kind = models.CharField(max_length=12)
    status = models.CharField(max_length=12, choices=Status)
    position = models.PositiveIntegerField()  # of its opening among the run's audit events: the order to show
    input = models.JSONField(null=True, blank=True)
    result = models.JSONField(null=True, blank=True)
    error = models.JSONField(null=True, blank=True)
    scope = models.JSONField(null=True, blank=True)  # blocks: {"open": n, "taken": case}
    review = models.JSONField(null=True, blank=True)  # reviews and incidents: the engine's side of the review task
    attempts = models.PositiveSmallIntegerField(default=0)
    awaits = models.CharField(max_length=360, null=True, blank=True)  # noqa: DJ001 - an event's name and key, in two lines
    queue = models.CharField(max_length=50, blank=True, db_default="", default="")  # whose workers take it while ready
    ready_at = models.DateTimeField(null=True, blank=True)  # system time: since when a worker could have had it
    started_at = models.DateTimeField()  # process time
    ended_at = models.DateTimeField(null=True, blank=True)  # process time

    class Meta:
        ordering = ("run", "position")
        constraints = (models.UniqueConstraint(fields=("run", "path"), name="step_run_path_once"),)
        indexes = (
            models.Index(fields=("queue", "ready_at"), condition=Q(status="ready"), name="step_run_ready"),
            models.Index(fields=("id",), condition=Q(status="incident"), name="step_run_incident"),
            models.Index(
                fields=("awaits", "run"),
                condition=Q(status="waiting", awaits__isnull=False),
                name="step_run_awaits",
            ),
            models.Index(fields=("run", "within"), opclasses=BY_BYTES, name="step_run_within"),
        )

    def __str__(self) -> str:
        return f"{self.run_id} {self.path}"


class Attempt(models.Model):
    """One try of a step, held by one worker for as long as its lease lasts (system time)."""

    class Status(models.TextChoices):
        RUNNING = "running"  # its worker completes it; the sweeper loses it when the lease has expired
        SUCCEEDED = "succeeded"  # final
        FAILED = "failed"  # final: see `error`
        LOST = "lost"  # final: the worker died or was too slow
        RETURNED = "returned"  # final: given back without a call
        CANCELLED = "cancelled"  # final: its step was cancelled meanwhile; what it answers is not taken

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="attempts", db_index=False)  # its key begins so
    path = models.CharField(max_length=255)
    number = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=12, choices=Status, default=Status.RUNNING)
    lease_token = models.UUIDField()
    lease_expires_at = models.DateTimeField()
    worker = models.CharField(max_length=100)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    error = models.JSONField(null=True, blank=True)  # {"class", "code", "message"}

    class Meta:
        ordering = ("run", "path", "number")
        constraints = (models.UniqueConstraint(fields=("run", "path", "number"), name="attempt_number_once"),)
        indexes = (
            models.Index(fields=("lease_expires_at",), condition=Q(status="running"), name="attempt_lease_open"),
        )

    def __str__(self) -> str:
        return f"{self.run_id} {self.path} attempt {self.number}"


class Timer(models.Model):
    """An instant at which the core wants to hear of a run. A stale generation does nothing."""

    class Kind(models.TextChoices):
        PROCESS = "process"  # due on process time: SLA, escalation, retries' waits
        SYSTEM = "system"  # due on system time: undo windows

    class Status(models.TextChoices):
        ARMED = "armed"  # the sweeper fires it when it is due; the core may stop it
        FIRED = "fired"  # final for this generation
        STOPPED = "stopped"  # final for this generation; may be armed again with the next
        HELD = "held"  # its run is paused; armed again with the next generation when the run goes on

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="timers", db_index=False)  # its key begins so
    name = models.CharField(max_length=300)  # <path or review key>:<what>
    within = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001 - the sequence of its step
    clock = models.CharField(max_length=8, choices=Kind)
    due_at = models.DateTimeField()
    generation = models.PositiveIntegerField(default=1)
    status = models.CharField(max_length=8, choices=Status, default=Status.ARMED)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("run", "name"), name="timer_name_once"),)
        indexes = (
            models.Index(fields=("clock", "due_at"), condition=Q(status="armed"), name="timer_armed"),
            models.Index(fields=("run", "within"), opclasses=BY_BYTES, name="timer_within"),
        )

    def __str__(self) -> str:
        return f"{self.run_id} {self.name}"
