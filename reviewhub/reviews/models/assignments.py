"""Who is asked to act on a review task, and in what role."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reviewhub.reviews.models.tasks import ReviewTask


class Assignment(models.Model):
    """A person asked to act. A row of its own, so that several may be asked and handing over leaves a trace."""

    class Role(models.TextChoices):
        REVIEWER = "reviewer", _("Reviewer")  # claimed it
        BACKUP = "backup", _("Backup")
        MANAGER = "manager", _("Manager")
        OWNER = "owner", _("Process owner")
        DELEGATE = "delegate", _("Delegate")  # a colleague handed it over
        APPROVER = "approver", _("Approver")  # one of several who decide
        COLLEAGUE = "colleague", _("Named by the workflow")  # or by the settings of its queue

    class Ended(models.TextChoices):
        OPEN = "", _("Open")
        RELEASED = "released", _("Released")  # gave it back, or the lease ran out and somebody else claimed
        MOVED = "moved", _("Moved on")  # an escalation level took it away
        DECLINED = "declined", _("Declined")  # said, with a reason, that somebody else should
        TAKEN_BACK = "taken_back", _("Taken back")  # whoever had delegated it took it back
        DONE = "done", _("Done")  # the task was closed
        WITHDRAWN = "withdrawn", _("Withdrawn")

    task = models.ForeignKey(ReviewTask, on_delete=models.CASCADE, related_name="assignments")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="assignments")
    role = models.CharField(max_length=9, choices=Role)
    level = models.PositiveSmallIntegerField(default=0)  # of escalation, from 1; 0 for a claim
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="delegated"
    )  # who handed it over; nobody for a claim or a level
    note = models.CharField(max_length=500, blank=True)  # of whoever handed it over, or why it was declined
    assigned_at = models.DateTimeField()  # process time
    ended_at = models.DateTimeField(null=True, blank=True)  # process time
    ended = models.CharField(max_length=10, choices=Ended, default=Ended.OPEN, blank=True)

    class Meta:
        ordering = ("task", "assigned_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("task", "person"), condition=Q(ended_at__isnull=True), name="assignment_once_while_open"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended="") | (Q(ended_at__isnull=False) & ~Q(ended="")),
                name="assignment_end_has_reason",
            ),
            models.CheckConstraint(
                condition=~Q(role="delegate") | Q(asked_by__isnull=False), name="assignment_delegated_by_somebody"
            ),
            models.CheckConstraint(condition=~Q(ended="declined") | ~Q(note=""), name="assignment_declined_why"),
        )
        indexes = (models.Index(fields=("person", "task"), condition=Q(ended_at__isnull=True), name="assignment_open"),)

    def __str__(self) -> str:
        return f"{self.person}, {self.get_role_display().lower()}"
