"""The review desk: tasks, assignments, decisions, overrides."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ReviewsConfig(AppConfig):
    name = "reviewhub.reviews"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Review desk")

    def ready(self) -> None:
        from reviewhub.reviews import reasons, roles
        from reviewhub.reviews.requested import callbacks  # noqa: F401 - registers the tool that calls back

        roles.register()
        post_migrate.connect(reasons.add_missing, sender=self)
