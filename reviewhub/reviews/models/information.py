"""Questions to the requester, who needs no account to answer them."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q

from reviewhub.reviews.models.tasks import ReviewTask

OPEN = Q(answered_at__isnull=True, revoked_at__isnull=True)


class InformationRequest(models.Model):
    """A question about a task, sent as a signed link. Answered once, or revoked; the question never changes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    task = models.ForeignKey(ReviewTask, on_delete=models.CASCADE, related_name="information_requests")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="information_requests")
    to = models.EmailField()
    text = models.TextField(max_length=4000)
    asked_at = models.DateTimeField()  # process time
    expires_at = models.DateTimeField()  # system time
    answer = models.TextField(max_length=4000, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)  # process time
    revoked_at = models.DateTimeField(null=True, blank=True)  # process time

    class Meta:
        ordering = ("task", "asked_at")
        constraints = (
            models.UniqueConstraint(fields=("task",), condition=OPEN, name="information_one_open"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answer="") | (Q(answered_at__isnull=False) & ~Q(answer="")),
                name="information_answer_has_instant",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | Q(revoked_at__isnull=True), name="information_ends_once"
            ),
        )

    def __str__(self) -> str:
        return self.text[:60]

    def is_open(self, system_now: datetime) -> bool:
        return self.answered_at is None and self.revoked_at is None and system_now < self.expires_at
