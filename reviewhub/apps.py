"""The product as a Django application: it holds the commands and wires the parts together."""

from django.apps import AppConfig


class ReviewHubConfig(AppConfig):
    name = "reviewhub"
    label = "reviewhub"
    verbose_name = "ReviewHub"

    def ready(self) -> None:
        from reviewhub import celery, wiring, workers  # noqa: F401 - workers listens to Celery's signals

        celery.app.set_default()
        wiring.bind()
