"""The Celery application. Messages are hints: the database alone knows what is to be done."""

from __future__ import annotations

import os

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reviewhub.settings")
# Django's checks have been run by `migrate`; in each worker they would load every view, a seventh of its memory.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

app = Celery("reviewhub")
app.set_default()  # every thread's tasks go to this application, the embedded workers' included
app.add_defaults(lambda: settings.CELERY)
app.autodiscover_tasks(["orchestration"])


def another_app() -> Celery:
    """For another worker in the same process: which queues are served is kept on the application."""
    made = Celery("reviewhub", set_as_current=False)
    made.add_defaults(lambda: settings.CELERY)
    made.autodiscover_tasks(["orchestration"])
    return made
