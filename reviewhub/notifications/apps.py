"""Notices: who is told what, when."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class NotificationsConfig(AppConfig):
    name = "reviewhub.notifications"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Notices"

    def ready(self) -> None:
        from reviewhub.notifications import digests, mail, questions  # noqa: F401 - registers what sends the outbox's mails
        from reviewhub.notifications.chat import messages  # noqa: F401 - and its messages in the chat
        from reviewhub.notifications.push import identity, sending  # noqa: F401 - and its pushes

        post_migrate.connect(identity.make_missing, sender=self)
