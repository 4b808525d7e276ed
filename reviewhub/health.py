"""Two questions of an operator: is the process alive, and is the installation ready to work, or what is not?"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase

from orchestration import api as engine
from orchestration.api import SILENT_FOR, heart_of
from orchestration.ports import clock
from reviewhub.celery import app
from reviewhub.production import demo_data
from reviewhub.workers import QUEUES

logger = logging.getLogger(__name__)

BROKER_ANSWERS_WITHIN = 2.0  # seconds


def probes(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """A middleware before all others: probes come by plain HTTP, under whatever host name the supervisor uses."""
    answers = {"/healthz": alive, "/readyz": ready}

    def answer(request: HttpRequest) -> HttpResponseBase:
        return answers.get(request.path_info, get_response)(request)

    return answer


def alive(request: HttpRequest) -> JsonResponse:
    """The process answers. Nothing else is asked, so that a database that is away does not restart the web server."""
    return JsonResponse({"status": "alive"})


def ready(request: HttpRequest) -> JsonResponse:
    """200 when every part works; otherwise 503 with one sentence for each that does not."""
    missing = {part: said for part, said in _missing() if said}
    status = {"status": "not ready", "missing": missing} if missing else {"status": "ready"}
    return JsonResponse(status, status=503 if missing else 200, headers={"Cache-Control": "no-store"})


def _missing() -> Iterator[tuple[str, str]]:
    database = _said(_database)
    yield "database", database
    yield "broker", _said(_broker)
    if database:
        return
    yield "migrations", (unapplied := _said(_migrations))
    if unapplied:
        return
    yield "workers", _said(_workers)
    yield "pools", _said(_pools)
    yield "tools", _said(_tools)
    yield "demo", _said(demo_data)


def _said(check: Callable[[], str]) -> str:
    """What the check says. Its error is told to the log, and to strangers only that there is one."""
    try:
        return check()
    except Exception as error:
        logger.warning("Not ready, %s: %s", check.__name__.strip("_"), error, exc_info=not _expected(error))
        return f"The check failed ({type(error).__name__})."


def _expected(error: Exception) -> bool:
    return isinstance(error, DatabaseError | OSError)


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


def _broker() -> str:
    if not settings.REDIS_URL:
        return ""
    with app.connection_for_write(connect_timeout=BROKER_ANSWERS_WITHIN) as broker:
        broker.ensure_connection(max_retries=1, timeout=BROKER_ANSWERS_WITHIN)
    return ""


_migrated = False  # once seen, for good: nothing takes migrations back under a running process


def _migrations() -> str:
    global _migrated
    if not _migrated:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if waiting:
            return f"{len(waiting)} migrations are not applied; run manage.py migrate."
        _migrated = True
    return ""


def _workers() -> str:
    signs = engine.heartbeats()
    oldest = clock().system_now() - SILENT_FOR
    expected = [heart_of(queue) for queue in QUEUES] + ["sweeper"]
    silent = [name for name in expected if name not in signs or signs[name] < oldest]
    return f"No sign of life from {', '.join(silent)} for {SILENT_FOR.seconds} s." if silent else ""


def _pools() -> str:
    """A tool may have a queue of its own, which the usual workers do not serve."""
    unserved = engine.unserved_queues()
    return f"Steps are ready and no worker serves the queue {', '.join(unserved)}." if unserved else ""


def _tools() -> str:
    unknown = engine.unregistered_tools()
    return f"Open runs need tools that are not registered: {', '.join(unknown)}." if unknown else ""
