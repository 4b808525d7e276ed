"""What a second look shows where the truth would tell what it is."""

from __future__ import annotations

from copy import copy

from reviewhub.reviews.looks import STEP
from reviewhub.reviews.models import ReviewTask


def as_it_came(task: ReviewTask) -> ReviewTask:
    """The task, and of a second look one in memory alone that excludes whom the case did: it is shown to reach, and
    offered to, whomever any task would be, and not without those who know the case already."""
    if task.key != STEP:
        return task
    original = ReviewTask.objects.only("excluded").filter(looks__task=task.pk).first()
    if original is None:  # of a run that somebody made from another one: nothing is compared with it
        return task
    copied = copy(task)
    copied.excluded = original.excluded
    return copied
