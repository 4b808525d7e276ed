"""Cases that are looked at a second time, and those whose right answer is known."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reviewhub.reviews.models.queues import Queue
from reviewhub.reviews.models.tasks import ReviewTask


class KnownAnswer(models.Model):
    """Somebody who leads the queue stands for the outcome of a closed case. It is given again, to others."""

    task = models.OneToOneField(ReviewTask, on_delete=models.PROTECT, related_name="known_answer")
    outcome = models.CharField(max_length=100)
    marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="known_answers")
    marked_at = models.DateTimeField()  # process time

    class Meta:
        ordering = ("marked_at", "id")

    def __str__(self) -> str:
        return f"{self.task}: {self.outcome}"


class SecondLook(models.Model):
    """A closed case that was drawn and put before somebody else, as a task like any other.

    Its task belongs to a run that consists of this review alone, so nothing that the case once did is done again.
    """

    class Kind(models.TextChoices):
        SECOND = "second", _("Second review")  # compared with what the first person decided
        KNOWN = "known", _("Known answer")  # compared with the answer that is known

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=6, choices=Kind)
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="looks")
    original = models.ForeignKey(ReviewTask, on_delete=models.PROTECT, related_name="looks")
    drawn_for = models.ForeignKey(ReviewTask, on_delete=models.PROTECT, related_name="+")  # whose closing drew the lot
    task = models.OneToOneField(ReviewTask, null=True, on_delete=models.PROTECT, related_name="look")
    expected = models.CharField(max_length=100)  # the first person's outcome, or the known one
    first_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="looked_at_again"
    )  # nobody's, where the answer is known
    opened_at = models.DateTimeField()  # process time
    outcome = models.CharField(max_length=100, blank=True)  # once it counts
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="looks")
    ended_at = models.DateTimeField(null=True)  # process time; without an outcome it was given up

    class Meta:
        ordering = ("opened_at", "id")
        constraints = (
            models.UniqueConstraint(fields=("kind", "drawn_for"), name="look_drawn_once"),
            models.CheckConstraint(
                condition=Q(outcome="", by__isnull=True)
                | (~Q(outcome="") & Q(by__isnull=False, ended_at__isnull=False)),
                name="look_decided_by_somebody",
            ),
        )
        indexes = (
            models.Index(fields=("queue", "kind", "-ended_at"), condition=~Q(outcome=""), name="look_compared"),
            models.Index(fields=("original",), condition=Q(ended_at__isnull=True), name="look_waiting"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.original}"

    @property
    def agrees(self) -> bool:
        return self.outcome == self.expected
