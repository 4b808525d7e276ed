"""The engine on PostgreSQL with Redis and worker processes: taking events in, and going on after a decision."""

from __future__ import annotations

import base64
import http.client
import json
import os
import queue
import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from standardwebhooks.webhooks import Webhook

from benchmarks.floors import commits_per_s, cpu_seconds, hop_ms
from benchmarks.place import HOOK, furnish, production
from benchmarks.report import quantile, report

if TYPE_CHECKING:
    from reviewhub.accounts.models import Person

RATE = 50  # events a second
SECONDS = 20
WARM_UP = 50  # events that are sent first and not counted
CLIENTS = 8
DECISIONS = 200
DECIDES_EVERY = 0.13  # seconds; no divisor of the undo window, or each decision would meet another one's closing
SECRET = "whsec_" + base64.b64encode(b"thirty-two bytes only to measure").decode()


def main() -> None:
    with production() as installation:
        database, redis = installation.environment["DATABASE_URL"], installation.environment["REDIS_URL"]
        commits = commits_per_s(database)
        report("engine", "commits_per_s", commits, "1/s")
        alice = furnish(SECRET)
        take_events(installation.url, RATE, WARM_UP // RATE or 1)
        before = cpu_seconds(installation.pid("web"))
        taken = take_events(installation.url, RATE, SECONDS)
        spent = (cpu_seconds(installation.pid("web")) - before) * 1000 / len(taken)
        report("engine", "webhook_cpu_ms", spent, "ms")
        report("engine", "webhook_p50_ms", quantile(taken, 0.50), "ms", floor=1000 / commits, bar=8)
        report("engine", "webhook_p99_ms", quantile(taken, 0.99), "ms", floor=1000 / commits, bar=30)
        gone_on = decide(alice)
        floor = 1000 / commits + hop_ms(redis)
        report("engine", "decision_to_step_p50_ms", quantile(gone_on, 0.50), "ms", floor=floor, bar=10)
        report("engine", "decision_to_step_p99_ms", quantile(gone_on, 0.99), "ms", floor=floor)


def take_events(url: str, rate: int, seconds: int) -> list[float]:
    """Sends signed events at a steady rate, whatever the answers take. Returns milliseconds from each due time."""
    due: queue.SimpleQueue[float | None] = queue.SimpleQueue()
    taken: list[float] = []
    clients = [threading.Thread(target=_send_due, args=(url, due, taken)) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    first = time.perf_counter() + 0.2
    for number in range(rate * seconds):
        at = first + number / rate
        time.sleep(max(0.0, at - time.perf_counter()))
        due.put(at)
    for _ in clients:
        due.put(None)
    for client in clients:
        client.join()
    assert len(taken) == rate * seconds
    return taken


def _send_due(url: str, due: queue.SimpleQueue[float | None], taken: list[float]) -> None:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    webhook = Webhook(SECRET)
    while (at := due.get()) is not None:
        event, now = os.urandom(12).hex(), datetime.now(UTC)
        body = json.dumps({"request_id": event, "requester": "ann@example.com", "amount": 740.0})
        headers = {
            "Content-Type": "application/json",
            "webhook-id": event,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": webhook.sign(event, now, body),
        }
        connection.request("POST", f"/hooks/{HOOK}/", body, headers)
        answer = connection.getresponse()
        said = answer.read()
        assert answer.status == http.client.ACCEPTED, said
        taken.append((time.perf_counter() - at) * 1000)
    connection.close()


def decide(alice: Person) -> list[float]:
    """Milliseconds from the end of each decision's undo window to the start of the step that follows."""
    from orchestration.api import run_attempts
    from reviewhub.reviews.models import Decision, ReviewTask
    from reviewhub.reviews.services import decide_task

    tasks = list(ReviewTask.objects.filter(status="open").order_by("created_at")[:DECISIONS])
    first = time.perf_counter()
    for number, task in enumerate(tasks):
        time.sleep(max(0.0, first + number * DECIDES_EVERY - time.perf_counter()))
        decide_task(
            task_id=task.pk,
            actor=alice,
            outcome="approve",
            expected_version=task.version,
            evidence_hash=task.evidence_hash,
            channel="api",
        )
    time.sleep(4)
    decided = Decision.objects.filter(task__in=tasks, undo_until__isnull=False)
    return [
        (run_attempts(run_id)[0].started_at - closed_at).total_seconds() * 1000
        for run_id, closed_at in decided.values_list("task__run_id", "undo_until")
        if closed_at is not None
    ]


if __name__ == "__main__":
    main()
