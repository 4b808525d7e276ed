"""Workflows and their immutable published versions."""

from __future__ import annotations

from django.db import models


class Workflow(models.Model):
    """A named process. New runs take `current`; publishing and going back move that pointer."""

    name = models.CharField(max_length=100, unique=True)
    title = models.CharField(max_length=200)
    owner = models.CharField(
        max_length=150, blank=True
    )  # a person's or a team's name: last link of a critical escalation
    current = models.ForeignKey(
        "orchestration.WorkflowVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True, blank=True)  # process time; since when its new runs stay at their start
    paused_by = models.CharField(max_length=150, blank=True, default="")  # the label of who paused it
    pause_reason = models.CharField(max_length=300, blank=True, default="")
    pause_holds_open = models.BooleanField(default=True)  # whether the runs that were open then stand still as well

    class Meta:
        ordering = ("title", "name")

    def __str__(self) -> str:
        return self.title


class WorkflowVersion(models.Model):
    """One published text of a workflow. Never changed: the run's meaning hangs on it."""

    workflow = models.ForeignKey(Workflow, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField()  # as the person wrote it
    definition = models.JSONField()  # canonical, as the engine reads it
    content_hash = models.CharField(max_length=64)
    note = models.CharField(max_length=500, blank=True)
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=150)  # the label of who did it, as it was then

    class Meta:
        ordering = ("workflow", "-number")
        constraints = (models.UniqueConstraint(fields=("workflow", "number"), name="workflow_version_number_once"),)

    def __str__(self) -> str:
        return f"{self.workflow} version {self.number}"


class WorkflowDraft(models.Model):
    """The text that somebody is working on, before it is published."""

    workflow = models.OneToOneField(Workflow, on_delete=models.CASCADE, related_name="draft")
    text = models.TextField()
    base_number = models.PositiveIntegerField(default=0)  # the version it began from; 0 for none
    revision = models.PositiveIntegerField(default=1)  # counts savings; a stale page cannot overwrite
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=150)

    def __str__(self) -> str:
        return f"Draft of {self.workflow}"
