"""The Django application that runs workflows durably."""

from importlib import import_module

from django.apps import AppConfig


class OrchestrationConfig(AppConfig):
    name = "orchestration"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Orchestration"

    def ready(self) -> None:
        import_module("orchestration.tools")  # importing registers them
