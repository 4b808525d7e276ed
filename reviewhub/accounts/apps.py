"""People, what they may do, and when they are away."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "reviewhub.accounts"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("People and roles")
