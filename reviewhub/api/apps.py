"""The face for programs: REST at `/api/v1/`, and webhooks that come in at `/hooks/`."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "reviewhub.api"
    label = "api"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "API"
