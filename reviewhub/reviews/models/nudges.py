"""Reminders that people sent each other."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models

from reviewhub.reviews.models.tasks import ReviewTask


class Nudge(models.Model):
    """Somebody who waits for a task's decision reminded whoever has it. How often that may be, its queue says."""

    task = models.ForeignKey(ReviewTask, on_delete=models.CASCADE, related_name="nudges")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="nudges")
    at = models.DateTimeField()  # process time
    told = (
        models.JSONField()
    )  # the names of those who were reminded, as they were then; none while it is decided blindly

    class Meta:
        ordering = ("task", "at", "id")

    def __str__(self) -> str:
        return f"{self.by} reminded {', '.join(self.told)}"

    @property
    def again_at(self) -> datetime:
        """Before that nobody is reminded of the task again, by nobody."""
        return self.at + timedelta(minutes=self.task.queue.nudge_minutes)
