"""The recipes of the docs, run as they are against a real server: somebody decides, and they go on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import close_old_connections
from pytest_django import Settings

from orchestration import api
from reviewhub.reviews import announcements
from reviewhub.reviews.models import ReviewTask
from reviewhub.reviews.services import decide_task
from tests.integration.api.office import SECRET, Office
from tests.support.installation import ROOT
from tests.support.live_site import LiveSite
from tests.support.machines import free_port

RECIPES = ROOT / "docs" / "recipes"
PATIENCE = 60.0  # seconds; a recipe that is not done by then never will be


@contextmanager
def running(recipe: Path, **environment: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, str(recipe)],
        env={**os.environ, "PYTHONWARNINGS": "default", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def decided_once_asked(office: Office, outcome: str, **corrections: Any) -> None:
    """Alice answers the question as soon as it is there."""
    opened = threading.Event()

    def hear(fact: announcements.Fact) -> None:
        if fact.kind == "opened":
            opened.set()

    announcements.when_changed(hear)
    try:
        assert ReviewTask.objects.exists() or opened.wait(PATIENCE), "Nothing was asked."
        task = ReviewTask.objects.get()
        decide_task(task_id=task.pk, actor=office.alice, outcome=outcome, fields=corrections)
    finally:
        announcements._changed.remove(hear)
        close_old_connections()


def answer_of(process: subprocess.Popen[str]) -> Any:
    said, faults = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, faults
    return json.loads(said.splitlines()[-1])


def test_a_plain_script_asks_and_reads_the_answer(live_site: LiveSite) -> None:
    office = Office()
    live_site.work()
    token = office.token(office.engineer, "reviews:create", "reviews:read", kind="service")[1]
    environment = {"REVIEWHUB_URL": live_site.url, "REVIEWHUB_TOKEN": token, "REVIEWHUB_EVERY": "0.2"}

    with running(RECIPES / "plain_script.py", **environment) as script:
        decided_once_asked(office, "approve", amount=100)
        assert answer_of(script) == {"state": "closed", "outcome": "approve", "fields": {"amount": 100}}


def test_a_langgraph_agent_goes_on_where_it_was_interrupted(live_site: LiveSite, settings: Settings) -> None:
    settings.DEMO = True  # it calls back to this machine
    office, port = Office(), free_port()
    live_site.work()
    back = {"name": "agent", "kind": "callback", "base_url": f"http://127.0.0.1:{port}"}
    api.save_connection(**back, secret=SECRET, actor=api.SYSTEM)
    token = office.token(office.engineer, "reviews:create", kind="service")[1]
    ours = {"REVIEWHUB_URL": live_site.url, "REVIEWHUB_TOKEN": token}

    with running(RECIPES / "langgraph_interrupt.py", **ours, CALLBACK_SECRET=SECRET, CALLBACK_PORT=str(port)) as agent:
        decided_once_asked(office, "approve", amount=80)
        assert answer_of(agent) == {"order": "O-17", "amount": 80, "paid": 80}
