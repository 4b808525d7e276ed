"""Codes that prove for some minutes, and once, that two ends belong to one person."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from reviewhub.accounts.models.people import Person


class OneTimeCode(models.Model):
    """Kept as a digest. One that has been used is gone."""

    class Purpose(models.TextChoices):
        MAIL = "mail", _("This browser reads the person's mail")
        CHAT = "chat", _("This account of the chat is the person's")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="codes")
    purpose = models.CharField(max_length=4, choices=Purpose)
    digest = models.CharField(max_length=64, blank=True)  # empty until it is on its way
    made_at = models.DateTimeField()  # system time
    tries = models.PositiveSmallIntegerField(default=0)  # wrong ones that were tried against it

    class Meta:
        indexes = (models.Index(fields=("person", "purpose", "made_at"), name="code_of_person"),)

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}: {self.person}"
