"""Bearer tokens. Only the digest of a token is kept; the token itself is shown once."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class ApiToken(models.Model):
    """Lets a program call the API with the rights of its person, within its scopes. Instants are system time."""

    class Kind(models.TextChoices):
        PERSONAL = "personal", _("Personal")  # acts as its person
        SERVICE = "service", _("Service")  # acts in its own name; starts and reads, never decides

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="api_tokens")
    kind = models.CharField(max_length=8, choices=Kind)
    name = models.CharField(max_length=100)
    hint = models.CharField(max_length=12)  # the first characters, to recognise it by
    digest = models.CharField(max_length=64, unique=True)  # SHA-256, hexadecimal
    scopes = models.JSONField()  # see reviewhub.api.tokens.scopes
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)  # to the minute
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = (
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="api_token_expires_later"),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by="") | (Q(revoked_at__isnull=False) & ~Q(revoked_by="")),
                name="api_token_revoked_by_somebody",
            ),
        )
        indexes = (models.Index(fields=("person", "-created_at"), name="api_token_of_person"),)

    def __str__(self) -> str:
        return self.name

    def status(self, now: datetime) -> str:
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at <= now else "active"
