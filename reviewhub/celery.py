"""The Celery application. Messages are hints: the database alone knows what is to be done."""

from __future__ import annotations

import os

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reviewhub.settings")

app = Celery("reviewhub")
app.set_default()  # every thread's tasks go to this application, the embedded worker's included
app.add_defaults(lambda: settings.CELERY)
app.autodiscover_tasks(["orchestration"])
