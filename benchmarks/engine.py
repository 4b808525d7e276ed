"""The engine on PostgreSQL with Redis and worker processes: going on after a decision."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from benchmarks.floors import commits_per_s, hop_ms
from benchmarks.place import furnish, production
from benchmarks.report import quantile, report
from benchmarks.sending import SECRET, take_events

if TYPE_CHECKING:
    from reviewhub.accounts.models import Person

RATE = 50  # events a second
EVENTS = 250  # a task for each decision, and some to spare
DECISIONS = 200
DECIDES_EVERY = 0.13  # seconds; no divisor of the undo window, or each decision would meet another one's closing


def main() -> None:
    with production() as installation:
        database, redis = installation.environment["DATABASE_URL"], installation.environment["REDIS_URL"]
        commits = commits_per_s(database)
        report("engine", "commits_per_s", commits, "1/s")
        alice = furnish(SECRET)
        take_events(installation.url, RATE, EVENTS // RATE)
        gone_on = decide(alice)
        floor = 1000 / commits + hop_ms(redis)
        report("engine", "decision_to_step_p50_ms", quantile(gone_on, 0.50), "ms", floor=floor, bar=10)
        report("engine", "decision_to_step_p99_ms", quantile(gone_on, 0.99), "ms", floor=floor)


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
