"""Business hours, kept in versions so that a task's deadline can always be explained."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class BusinessCalendar(models.Model):
    """Named by workflows. Tasks pin the version that was current when they were created."""

    name = models.SlugField(max_length=100, unique=True)
    title = models.CharField(max_length=150)
    current = models.ForeignKey(
        "reviews.BusinessCalendarVersion", null=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("title",)

    def __str__(self) -> str:
        return self.title


class BusinessCalendarVersion(models.Model):
    """One immutable state of a calendar. `holidays` is the finished list; where it came from stands beside it."""

    calendar = models.ForeignKey(BusinessCalendar, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    zone = models.CharField(max_length=60)
    week = models.JSONField()  # {"mon": ["09:00-12:30", "13:30-17:00"], …}; days that are not named are closed
    country = models.CharField(max_length=2, blank=True)  # ISO 3166-1
    subdivision = models.CharField(max_length=6, blank=True)  # ISO 3166-2, without the country
    extra_holidays = models.JSONField(default=list)  # ISO dates, added by hand
    holidays = models.JSONField(default=list)  # ISO dates
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.CharField(max_length=150)

    class Meta:
        ordering = ("calendar", "-number")
        constraints = (models.UniqueConstraint(fields=("calendar", "number"), name="calendar_version_once"),)

    def __str__(self) -> str:
        return f"{self.calendar} version {self.number}"
