"""Why somebody agreed with the AI, where they were asked."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from reviewhub.reviews.models.decisions import Decision


class Agreement(models.Model):
    """One tap after a decision that agrees; asked of a sample of them, never of all, and never needed."""

    class Because(models.TextChoices):
        CLEAR = "clear", _("It was plain to see")
        CHECKED = "checked", _("I checked the sources")
        RULE = "rule", _("A rule says so")
        KNOWN = "known", _("I know the case")
        TRUSTED = "trusted", _("I trusted the AI")

    decision = models.OneToOneField(Decision, on_delete=models.CASCADE, related_name="agreement")
    because = models.CharField(max_length=8, choices=Because)
    said_at = models.DateTimeField()  # process time

    def __str__(self) -> str:
        return f"{self.decision_id}: {self.because}"
