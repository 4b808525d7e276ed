"""When somebody is away, and who stands in."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from reviewhub.accounts.models.people import Person


class Absence(models.Model):
    """Work that would reach the person in this time reaches the delegate instead. Process time."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="absences")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    delegate = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="stands_in")

    class Meta:
        ordering = ("-starts_at",)
        constraints = (
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="absence_ends_after_start"),
            models.CheckConstraint(
                condition=Q(delegate__isnull=True) | ~Q(delegate=F("person")), name="absence_delegate_is_another"
            ),
        )
        indexes = (models.Index(fields=("person", "ends_at"), name="absence_of_person"),)

    def __str__(self) -> str:
        return f"{self.person} away until {self.ends_at:%d %b %Y}"
