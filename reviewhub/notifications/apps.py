"""Notices: who is told what, when."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class NotificationsConfig(AppConfig):
    name = "reviewhub.notifications"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Notices"

    def ready(self) -> None:
        from reviewhub.notifications import codes, digests, questions  # noqa: F401 - registers what sends the outbox's mails
        from reviewhub.notifications.channels import delivering  # noqa: F401 - its notices
        from reviewhub.notifications.chat import whispers  # noqa: F401 - its words to one person in the chat
        from reviewhub.notifications.push import identity, sending  # noqa: F401 - and pushes on trial

        post_migrate.connect(identity.make_missing, sender=self)
