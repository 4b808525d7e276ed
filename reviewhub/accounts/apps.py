"""People, what they may do, and when they are away."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "reviewhub.accounts"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "People and roles"
