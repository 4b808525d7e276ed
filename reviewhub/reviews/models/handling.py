"""How long people take."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class HandlingTime(models.Model):
    """The median of the latest decisions on one step of a workflow: everybody's, or one person's."""

    workflow = models.CharField(max_length=100)
    step_id = models.CharField(max_length=100)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="handling_times"
    )
    seconds = models.FloatField()
    sample = models.PositiveSmallIntegerField()  # decisions that it was taken from
    learned_at = models.DateTimeField()  # system time

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("workflow", "step_id"), condition=Q(person__isnull=True), name="handling_time_of_all_once"
            ),
            models.UniqueConstraint(fields=("workflow", "step_id", "person"), name="handling_time_of_person_once"),
        )

    def __str__(self) -> str:
        return f"{self.workflow}/{self.step_id}: {self.seconds:.0f} s"
