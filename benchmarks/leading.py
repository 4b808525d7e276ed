"""What a queue does with many tasks at once, on PostgreSQL: gives them to people, stops and starts their clocks.

`given_behind_s`: a hundred tasks are opened each second; so long after the last one everybody has theirs.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from benchmarks.place import furnish, production
from benchmarks.report import report
from benchmarks.sending import SECRET, take_events

OPENED_A_SECOND = 100
SECONDS = 20
PEOPLE = 20
WITHIN = 300.0  # seconds


def main() -> None:
    with production() as installation:
        furnish(SECRET)
        gives_in_turn()
        take_events(installation.url, OPENED_A_SECOND, SECONDS)
        tasks = OPENED_A_SECOND * SECONDS
        report("leading", "given_behind_s", until(lambda: count(claimed_by__isnull=False) == tasks), "s", bar=10)
        report("leading", "clocks_stopped_ms", 1000 * follow(True, tasks) / tasks, "ms/task", bar=6)
        report("leading", "clocks_started_ms", 1000 * follow(False, tasks) / tasks, "ms/task", bar=6)


def gives_in_turn() -> None:
    from reviewhub.accounts.models import Person
    from reviewhub.reviews.models import Queue, QueueMembership

    queue = Queue.objects.get(slug="bench")
    Queue.objects.filter(pk=queue.pk).update(giving=Queue.Giving.ROUND_ROBIN, cap=10_000)
    for number in range(PEOPLE):
        person = Person.objects.create_user(email=f"p{number}@example.com", display_name=f"Person {number}")
        QueueMembership.objects.create(queue=queue, person=person)
    QueueMembership.objects.create(queue=queue, person=Person.objects.get(username="carol"), role="lead")


def follow(stop: bool, tasks: int) -> float:
    """Seconds until the clocks of all tasks stand as their queue says."""
    from reviewhub.accounts.models import Person
    from reviewhub.reviews.models import Queue
    from reviewhub.reviews.services import start_clocks, stop_clocks

    queue, carol = Queue.objects.get(slug="bench"), Person.objects.get(username="carol")
    if stop:
        stop_clocks(queue=queue, actor=carol, reason="The ERP is down")
    else:
        start_clocks(queue=queue, actor=carol)
    return until(lambda: count(clocks_stopped_at__isnull=False) == (tasks if stop else 0))


def count(**which: bool) -> int:
    from reviewhub.reviews.models import ReviewTask

    return ReviewTask.objects.filter(**which).count()


def until(done: Callable[[], bool]) -> float:
    began = time.perf_counter()
    while not done():
        assert time.perf_counter() - began < WITHIN, "It takes too long."
        time.sleep(0.1)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
