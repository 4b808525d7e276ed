"""Queues of work and the people who belong to them."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models


class Queue(models.Model):
    """Where review tasks wait. Named by workflows with its slug."""

    INCIDENTS = "incidents"  # the slug of the queue that failed steps come to; made when the first one does

    slug = models.SlugField(max_length=100, unique=True)
    title = models.CharField(max_length=150)
    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="manages"
    )
    backup = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="backs_up"
    )
    lease_minutes = models.PositiveSmallIntegerField(
        default=15,
        validators=(MinValueValidator(1), MaxValueValidator(480)),
        help_text="How long a claim holds before the task is anybody's again.",
    )
    undo_seconds = models.PositiveSmallIntegerField(
        default=10,
        validators=(MaxValueValidator(300),),
        help_text="How long a decision can be taken back, unless the workflow says otherwise.",
    )
    asking_stops_clock = models.BooleanField(
        "asking stops the clock", default=True, help_text="While a question to the requester is open."
    )
    snoozing_stops_clock = models.BooleanField(
        "snoozing stops the clock", default=False, help_text="Without it a task can be snoozed up to its deadline."
    )
    answer_days = models.PositiveSmallIntegerField(
        "days for an answer",
        default=7,
        validators=(MinValueValidator(1), MaxValueValidator(90)),
        help_text="How long the requester can answer a question, and a task waits for it.",
    )
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="reviews.QueueMembership", related_name="review_queues"
    )

    class Meta:
        ordering = ("title",)

    def __str__(self) -> str:
        return self.title


class QueueMembership(models.Model):
    """Somebody works a queue, as a reviewer or as its lead."""

    class Role(models.TextChoices):
        REVIEWER = "reviewer", "Reviewer"
        LEAD = "lead", "Lead"

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=8, choices=Role, default=Role.REVIEWER)

    class Meta:
        ordering = ("queue", "role", "person")
        verbose_name = "member"
        constraints = (models.UniqueConstraint(fields=("queue", "person"), name="queue_member_once"),)

    def __str__(self) -> str:
        return f"{self.person}, {self.get_role_display().lower()}"
