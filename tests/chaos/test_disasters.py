"""Servers and workers are taken away under load, in an order that a seed decides: every accepted event's run ends,
nothing happens twice, and the audit verifies. `make chaos` does it for two minutes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.db import connection

from tests.support.installation import ROOT, Installation
from tests.support.machines import Redis, restart_postgres

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres, pytest.mark.processes]

SECONDS = float(os.environ.get("CHAOS_SECONDS") or 9)
SEED = os.environ.get("CHAOS_SEED") or "7"
RATE = 12
PAUSE = (0.5, 1.5)  # seconds between disasters, at least and at most
PATIENCE = 60  # seconds in which something that was accepted has to end, until all of it has
SENT_WITHIN = 180  # seconds
LOOK_FOR = 20  # seconds until a person looks again at what lies before people
MENDS = """
from reviewhub.accounts.models import Person
from reviewhub.reviews.models import ReviewTask
from reviewhub.reviews.services import decide_task
oscar = Person.objects.get(username="oscar")
traffic = ReviewTask.objects.filter(kind="incident", run__event_id__startswith="traffic-")
for task in traffic.filter(status__in=("open", "claimed")):
    if task.incident["error"]["class"] != "permanent":
        decide_task(task_id=task.pk, actor=oscar, outcome="retry")
    print(task.run_id, task.key, task.incident["error"]["message"])
"""


@pytest.fixture
def redis() -> Iterator[Redis]:
    server = Redis()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def everything(transactional_db: None, tmp_path: Path, redis: Redis) -> Iterator[Installation]:
    at = connection.settings_dict
    url = f"postgres://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"
    made = Installation(tmp_path, url, redis_url=redis.url)
    yield made
    made.close()


def disasters(installation: Installation, redis: Redis) -> dict[str, Callable[[], None]]:
    def dies(name: str) -> Callable[[], None]:
        def act() -> None:
            installation.kill(name)
            installation.launch(name)

        return act

    def redis_restarts() -> None:
        redis.stop()
        time.sleep(0.5)
        redis.start()

    def redis_forgets() -> None:
        import redis as client

        with client.Redis.from_url(redis.url) as server:
            server.flushall()

    acts = {f"{name} dies": dies(name) for name in installation.commands}
    return acts | {"Redis restarts": redis_restarts, "Redis forgets": redis_forgets, **_of_postgres()}


def _of_postgres() -> dict[str, Callable[[], None]]:
    """Only of a cluster that this suite made. What earlier tests wrote is no part of what it has to recover from."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        data = str(cursor.fetchone()[0])
        if "reviewhub-postgres-" not in data:
            return {}
        cursor.execute("CHECKPOINT")

    def act() -> None:
        connection.close()
        restart_postgres(data)

    return {"PostgreSQL restarts": act}


@contextmanager
def traffic(installation: Installation) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "manage.py", "demo", "traffic", "--rate", str(RATE), "--seconds", str(SECONDS)]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=installation.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as sender:
        try:
            yield sender
        finally:
            sender.kill()


def strikes(acts: Mapping[str, Callable[[], None]], chance: Random) -> Iterator[str]:
    """One after another until the time is over, and each of them once at least. Gives their names."""
    begun = time.monotonic()
    while True:
        for name in chance.sample(sorted(acts), len(acts)):
            acts[name]()
            yield name
            time.sleep(chance.uniform(*PAUSE))
        if time.monotonic() > begun + SECONDS:
            return


def test_whatever_is_taken_away_every_run_ends_and_nothing_happens_twice(
    everything: Installation, redis: Redis
) -> None:
    everything.start(ready_within=120)
    acts, chance = disasters(everything, redis), Random(SEED)
    with traffic(everything) as sender:
        befell = list(strikes(acts, chance))
        said, _ = sender.communicate(timeout=SENT_WITHIN)
    assert sender.returncode == 0, said
    report, mended = _when_all_have_ended(everything)
    told = f"seed {SEED}: {', '.join(befell)}\n{json.dumps(report)}\nmended:\n{mended}\n{everything.tail()}"
    assert report["holds"], told
    assert report["ended"] == report["accepted"] == round(RATE * SECONDS), told
    everything.manage("audit", "verify")


def _when_all_have_ended(everything: Installation) -> tuple[dict[str, Any], str]:
    """What became of the events, and what a person had to say `retry` to on the way: a system that is away for longer
    than attempts last puts its steps before people."""
    mended, ended, until = "", 0, time.monotonic() + PATIENCE
    while True:
        report = json.loads(everything.says("demo", "check", "--wait", str(LOOK_FOR)))
        if report["ended"] > ended:  # a busy machine is slow, and that is no fault
            ended, until = report["ended"], time.monotonic() + PATIENCE
        if report["holds"] or time.monotonic() > until:
            return report, mended
        mended += everything.manage("shell", "--no-imports", "-c", MENDS)
