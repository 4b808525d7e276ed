"""Stored credentials of other systems."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from orchestration.models.secrets import SecretField


class Connection(models.Model):
    """How another system is reached, and what proves who we are. Named by workflows; never a value in them."""

    class Kind(models.TextChoices):
        WEBHOOK = "webhook", "Webhook that comes in"  # secret: the Standard Webhooks signing secret, whsec_…
        HTTP = "http", "HTTP service"  # secret: bearer token
        MODEL = "model", "Model server (OpenAI protocol)"  # secret: API key; model: the model's name
        CALLBACK = "callback", "Webhook that goes out"  # base_url: beneath it we may call; secret: signs, whsec_…
        SMTP = "smtp", "Outgoing mail"

    name = models.SlugField(max_length=100, unique=True)
    kind = models.CharField(max_length=10, choices=Kind)
    base_url = models.URLField(blank=True)
    model = models.CharField(max_length=100, blank=True)
    secret = SecretField(blank=True)
    region = models.CharField(max_length=40, blank=True)  # where the data goes, for policies that bind it
    enabled = models.BooleanField(default=True)
    changed_at = models.DateTimeField(auto_now=True)

    SECRET_FIELDS: ClassVar[frozenset[str]] = frozenset({"secret"})

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name
