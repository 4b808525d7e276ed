from __future__ import annotations

from django.apps import AppConfig


class StudioConfig(AppConfig):
    name = "reviewhub.studio"
    verbose_name = "Studio"
