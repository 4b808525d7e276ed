"""Brings the demo's first cases before people, as they would have come: signed, at their time, through every step.

The web server is not up yet, so the demo's systems are served from here meanwhile.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from standardwebhooks.webhooks import Webhook

from orchestration import api
from orchestration.exceptions import NotFound
from orchestration.ports import Actor
from reviewhub.celery import app
from reviewhub.demo import clock
from reviewhub.demo.cases import WAITING, Waiting
from reviewhub.demo.documents import with_documents
from reviewhub.demo.loading.connections import move_connections
from reviewhub.demo.sending import SIGNED_BY, as_body

LONGEST = 20.0  # seconds that one case may take on its way to its person


def open_cases(now: datetime, actor: Actor) -> None:
    """Leaves the clock standing at `now`; it starts with the first visitor."""
    with _systems_here() as address, _steps_at_once():
        move_connections(address, actor)
        api.lose_all_leases()  # of a load that broke off; nobody else works yet
        for case in WAITING:
            clock.set_standing(now - case.age)
            _bring(case)
        clock.set_standing(now)


def _bring(case: Waiting) -> None:
    """Sweeps until the case waits for its person: an answer that failed is asked for again meanwhile."""
    body, at = as_body(with_documents(case.path, case.body)), datetime.now(UTC)
    headers = {
        "webhook-id": case.event_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(api.connection(SIGNED_BY[case.path]).secret).sign(case.event_id, at, body),
    }
    trigger = api.webhook_trigger(case.path)
    if trigger is None:
        raise NotFound(f"Nothing listens at /hooks/{case.path}/ any more.")
    started = api.accept_webhook(trigger=trigger, headers=headers, body=body.encode())
    if not isinstance(started, api.Started):
        raise NotFound(f"/hooks/{case.path}/ starts no run any more.")
    sweeper, until = api.Sweeper(), time.monotonic() + LONGEST
    while not _waits_for_people(started.run_id) and time.monotonic() < until:
        sweeper.sweep()
        time.sleep(0.1)


def _waits_for_people(run_id: str) -> bool:
    state = api.run_state(run_id)
    return state.status != "running" or any(step.is_open and step.review for step in state.steps.values())


@contextmanager
def _steps_at_once() -> Iterator[None]:
    """Work that would go to a worker is done here; there is none yet."""
    before = app.conf.task_always_eager
    app.conf.task_always_eager = True
    try:
        yield
    finally:
        app.conf.task_always_eager = before


@contextmanager
def _systems_here() -> Iterator[str]:
    server = ThreadedWSGIServer(("127.0.0.1", 0), _Quiet)
    server.set_app(get_wsgi_application())
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Says nothing of requests."""
