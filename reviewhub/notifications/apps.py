"""Notices: who is told what, when."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "reviewhub.notifications"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Notices"

    def ready(self) -> None:
        from reviewhub.notifications import mail, questions  # noqa: F401 - registers what sends the outbox's mails
