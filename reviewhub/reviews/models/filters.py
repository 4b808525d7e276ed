"""Filters that somebody has given a name."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from reviewhub.reviews.models.queues import Queue


class SavedFilter(models.Model):
    """A view of the queue, narrowed. It shows whoever opens it what they may see, and no more."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_filters")
    name = models.CharField(max_length=60)
    view = models.CharField(max_length=20)
    criteria = models.JSONField(default=dict)  # {name: text}, as Criteria.given
    team = models.ForeignKey(  # whose members have it too; none: the owner alone
        Queue, null=True, blank=True, on_delete=models.CASCADE, related_name="saved_filters"
    )

    class Meta:
        ordering = ("name", "id")
        constraints = (models.UniqueConstraint(fields=("owner", "name"), name="saved_filter_name_once"),)

    def __str__(self) -> str:
        return self.name
