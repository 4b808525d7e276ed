"""Who kept which document, and whether anything names it."""

from __future__ import annotations

from django.db import models


class KeptDocument(models.Model):
    """One act of keeping. The bytes stay while there is one; what was sent and never named goes after a while."""

    digest = models.CharField(max_length=64)
    by = models.CharField(max_length=200, blank=True)  # "person:7", who may name it; empty: the installation itself
    workflow = models.CharField(max_length=100, blank=True)  # whose signed messages may name it
    kept_at = models.DateTimeField()  # system time: the last time that it was sent
    named_at = models.DateTimeField(null=True, blank=True)  # system time; none: nothing names it yet

    class Meta:
        constraints = (models.UniqueConstraint(fields=("digest", "by", "workflow"), name="kept_document_once"),)
        indexes = (
            models.Index(fields=("kept_at",), condition=models.Q(named_at__isnull=True), name="kept_document_unnamed"),
        )

    def __str__(self) -> str:
        return self.digest[:12]
