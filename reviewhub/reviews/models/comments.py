"""What people say to each other about a review task."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from reviewhub.reviews.models.tasks import ReviewTask


class Comment(models.Model):
    """Never part of a decision, and never changed."""

    task = models.ForeignKey(ReviewTask, on_delete=models.CASCADE, related_name="comments")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="comments")
    text = models.TextField(max_length=4000)
    mentioned = models.JSONField(default=list)  # user names of those who were told
    documents = models.JSONField(default=list)  # what is attached, each as a value that names a document
    created_at = models.DateTimeField()  # process time

    class Meta:
        ordering = ("created_at", "id")

    def __str__(self) -> str:
        return f"{self.by}: {self.text[:60]}"
