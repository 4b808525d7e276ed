"""Due times that were missed, as facts with what they waited for at that moment."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from reviewhub.reviews.models.queues import Queue
from reviewhub.reviews.models.tasks import ReviewTask


class Breach(models.Model):
    """A due time that a task, a step or a whole run has missed. Written as it happens, and not changed afterwards:
    how late it got in the end is when its subject ended. Instants are process time."""

    class Kind(models.TextChoices):
        TASK = "task", _("Task")
        STEP = "step", _("Step")
        RUN = "run", _("Run")

    class Cause(models.TextChoices):
        UNCLAIMED = "unclaimed", _("Nobody had taken it")
        CLAIMED = "claimed", _("Somebody had it")
        HANDED_ON = "handed_on", _("It had been handed on")  # to somebody by name, who had not taken it
        ASKED = "asked", _("A question was open")
        SNOOZED = "snoozed", _("It was set aside")
        VOTES = "votes", _("More decisions were needed")
        DECISION = "decision", _("A decision was open")  # of a step or a run, as those below
        MENDING = "mending", _("A failed step needed a person")
        ELSEWHERE = "elsewhere", _("It waited for a time, an event or another run")
        WORKING = "working", _("It was being worked on")

    kind = models.CharField(max_length=4, choices=Kind)
    run = models.ForeignKey("orchestration.Run", on_delete=models.CASCADE, related_name="breaches")
    key = models.CharField(max_length=300, blank=True)  # of the task; the path of the step; empty: the run
    task = models.ForeignKey(ReviewTask, null=True, blank=True, on_delete=models.CASCADE, related_name="breaches")
    workflow = models.CharField(max_length=100)
    workflow_owner = models.CharField(max_length=150, blank=True)
    title = models.CharField(max_length=300)
    queue = models.ForeignKey(Queue, null=True, blank=True, on_delete=models.PROTECT, related_name="breaches")
    due_at = models.DateTimeField()
    at = models.DateTimeField()  # when it was noticed
    cause = models.CharField(max_length=9, choices=Cause)
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="breaches"
    )  # who had it then, or had set it aside
    level = models.PositiveSmallIntegerField(default=0)  # of escalation, as reached by then
    hands = models.PositiveSmallIntegerField(default=0)  # how many people had had it by then
    waits_for = models.JSONField(default=list)  # [{"path", "kind", "status"}]: of a step or a run

    class Meta:
        ordering = ("-at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("run", "kind", "key", "due_at"), name="breach_once"),
            models.CheckConstraint(
                condition=models.Q(kind="task", task__isnull=False, queue__isnull=False)
                | (~models.Q(kind="task") & models.Q(task__isnull=True, queue__isnull=True, holder__isnull=True)),
                name="breach_of_task_has_queue",
            ),
        )
        indexes = (
            models.Index(fields=("-at", "-id"), name="breach_newest"),
            models.Index(fields=("kind", "-at", "-id"), name="breach_by_kind"),
            models.Index(fields=("queue", "-at"), name="breach_by_queue"),
            models.Index(fields=("workflow", "-at"), name="breach_by_workflow"),
        )

    def __str__(self) -> str:
        return self.title
