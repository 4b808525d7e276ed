"""The catalogue of reasons for deciding against the AI."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class OverrideReason(models.Model):
    """One reason at one version. First-level reasons have no detail; editing one makes its next version.

    A workflow adds its own, which stand in the place of those with the same code: so it can also call one something
    else, or not offer it.
    """

    class Feeds(models.TextChoices):
        RECOMMENDER = "recommender", _("The recommender learns from it")
        PROCESS_OWNER = "process_owner", _("Goes to the process owner")
        INTEGRATION = "integration", _("Goes to whoever owns the integration")
        DATA_OWNER = "data_owner", _("Goes to whoever owns the data")
        SAFETY = "safety", _("Suspends deciding alone")
        NOBODY = "nobody", _("Is counted and goes no further")

    workflow = models.CharField(
        max_length=100, blank=True, default="", help_text=_("Offered in this workflow alone; empty: in every one.")
    )
    group = models.SlugField(max_length=40)
    detail = models.SlugField(max_length=40, blank=True)
    code = models.CharField(max_length=81, editable=False)  # group, or group/detail
    version = models.PositiveIntegerField(default=1, editable=False)
    current = models.BooleanField(default=True, editable=False)
    label = models.CharField(max_length=60)
    feeds = models.CharField(max_length=16, choices=Feeds)
    trains = models.BooleanField(help_text=_("Whether the recommender may learn from decisions with this reason."))
    needs_note = models.BooleanField(default=False)
    active = models.BooleanField(default=True, help_text=_("Whether it is offered for new decisions."))
    position = models.PositiveSmallIntegerField(default=0)  # groups by hundreds, their details behind them

    class Meta:
        ordering = ("position", "group", "detail")
        constraints = (
            models.UniqueConstraint(fields=("workflow", "code", "version"), name="override_reason_version_once"),
            models.UniqueConstraint(
                fields=("workflow", "code"), condition=Q(current=True), name="override_reason_one_current"
            ),
        )

    def __str__(self) -> str:
        return self.label
