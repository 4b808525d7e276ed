"""What each person has last seen of a case."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from reviewhub.reviews.models.tasks import ReviewTask


class CaseSeen(models.Model):
    """One person and one case: the task on which they saw it last, and how far. `before` is the same of the time
    before, so that what was new stays marked while they are at it: {"task", "answers", "comment", "at"}."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="cases_seen")
    run = models.ForeignKey("orchestration.Run", on_delete=models.CASCADE, related_name="+")
    item = models.CharField(max_length=300, blank=True)  # of the case, as the task has it
    task = models.ForeignKey(ReviewTask, on_delete=models.CASCADE, related_name="+")
    added = models.PositiveIntegerField()  # as the task had it
    answers = models.PositiveIntegerField()  # how many the requester had given
    comment = models.BigIntegerField()  # the last one's id; 0: there was none
    at = models.DateTimeField()  # process time
    noted_at = models.DateTimeField()  # system time
    before = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("person", "run", "item"), name="case_seen_once"),)

    def __str__(self) -> str:
        return f"{self.person} saw {self.task}"
