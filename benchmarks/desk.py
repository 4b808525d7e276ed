"""The desk on PostgreSQL with many open tasks: one reader, one request at a time."""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING

import httpx

from benchmarks.engine import SECRET, take_events
from benchmarks.floors import rows_ms
from benchmarks.place import furnish, production
from benchmarks.report import quantile, report

if TYPE_CHECKING:
    from reviewhub.accounts.models import Person

OPEN_TASKS = 10_000
REQUESTS = 200
WARM_UP = 20
BATCH = 1_000
ROWS = (
    "SELECT * FROM reviews_reviewtask WHERE status = 'open' ORDER BY urgency_at, id LIMIT 40"  # as many as a page has
)


def main() -> None:
    with production() as installation:
        alice = furnish(SECRET)
        take_events(installation.url, rate=1, seconds=1)
        fill(OPEN_TASKS)
        floor = rows_ms(installation.environment["DATABASE_URL"], ROWS)
        cookies = session_of(alice)
        pages = read(installation.url, "/queue/team/", cookies)
        report("desk", "queue_page_p50_ms", quantile(pages, 0.50), "ms", floor=floor)
        report("desk", "queue_page_p95_ms", quantile(pages, 0.95), "ms", floor=floor, bar=40)
        tasks = read(installation.url, f"/tasks/{some_task()}/", cookies)
        report("desk", "task_page_p50_ms", quantile(tasks, 0.50), "ms", floor=floor)
        report("desk", "task_page_p95_ms", quantile(tasks, 0.95), "ms", floor=floor)


def fill(number: int) -> None:
    """Copies the one run and its open task until there are so many, each due a little later."""
    from datetime import timedelta

    from django.db import connection

    from orchestration.api import runs
    from reviewhub.reviews.models import ReviewTask

    task = ReviewTask.objects.select_related("run").get()
    for start in range(1, number, BATCH):
        copies = []
        for index in range(start, min(start + BATCH, number)):
            run = runs().model(**_values(task.run) | {"id": uuid.uuid4(), "event_id": f"copy-{index}"})
            later = {name: getattr(task, name) + timedelta(seconds=index) for name in ("due_at", "urgency_at")}
            copies.append(ReviewTask(**_values(task) | later | {"id": uuid.uuid4(), "run_id": run.pk, "run": run}))
        runs().model.objects.bulk_create([copy.run for copy in copies])
        ReviewTask.objects.bulk_create(copies)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _values(row: object) -> dict[str, object]:
    return {name: value for name, value in vars(row).items() if not name.startswith("_")}


def some_task() -> str:
    from reviewhub.reviews.models import ReviewTask

    return str(ReviewTask.objects.order_by("urgency_at", "id")[OPEN_TASKS // 2].pk)


def session_of(person: Person) -> dict[str, str]:
    from django.test import Client

    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return {name: morsel.value for name, morsel in client.cookies.items()}


def read(url: str, path: str, cookies: dict[str, str]) -> list[float]:
    """Milliseconds of each request, answered whole."""
    taken = []
    with httpx.Client(base_url=url, cookies=cookies) as client:
        for number in range(WARM_UP + REQUESTS):
            started = time.perf_counter()
            answer = client.get(path)
            spent = (time.perf_counter() - started) * 1000
            assert answer.status_code == httpx.codes.OK, answer.text[:300]
            if number >= WARM_UP:
                taken.append(spent)
    return taken


if __name__ == "__main__":
    main()
