"""Whoever guesses passwords is locked out, by django-axes; the settings say so in words that people know."""

from __future__ import annotations

from axes.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SigningIn(AppConfig):
    verbose_name = _("Signing in")
