"""The demo as a Django app. Its tables exist everywhere; its addresses, tools and people only in demo mode."""

from __future__ import annotations

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "reviewhub.demo"
    label = "demo"
    verbose_name = "Demo"
