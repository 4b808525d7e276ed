"""Production does not run on the demo's people and keys, even where the settings are right."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection

logger = logging.getLogger(__name__)


def refuse_the_demo() -> None:
    """Raises `ImproperlyConfigured` where the database was filled by the demo. Callable inside an event loop."""
    if settings.PRODUCTION:
        with ThreadPoolExecutor(1) as outside_the_loop:
            if said := outside_the_loop.submit(_looked_up).result():
                raise ImproperlyConfigured(said)


def demo_data() -> str:
    """What is wrong with the database, or nothing."""
    if settings.PRODUCTION and apps.get_model("demo", "ClockAnchor").objects.exists():
        return "The database was filled by the demo, with accounts and keys that everybody knows; use another one."
    return ""


def _looked_up() -> str:
    try:
        return demo_data()
    except DatabaseError as error:
        logger.warning("Whether this is a demo's database cannot be seen yet: %s", error)
        return ""
    finally:
        connection.close()
