"""The desk on PostgreSQL with many open tasks: its pages, a decision, and how soon others see a change.

`queue_page_…` is measured with 100,000 open tasks, and `queue_page_10000_…` with 10,000.
"""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx

from benchmarks import lighthouse
from benchmarks.filling import fill
from benchmarks.floors import rows_ms
from benchmarks.loading import first_load
from benchmarks.place import furnish, production
from benchmarks.report import quantile, report
from benchmarks.sending import SECRET, take_events

if TYPE_CHECKING:
    from reviewhub.accounts.models import Person
    from tests.support.installation import Installation

FEW_TASKS = 10_000
OPEN_TASKS = 100_000
REQUESTS = 200
WARM_UP = 20
READERS = 8
DECISIONS = 100
SOCKETS = 500
CHANGES = 30
CHANGES_EVERY = 1.0  # seconds
QUEUE = "/queue/team/"
ORDERS = ("confidence", "value", "age")
ROWS = (
    "SELECT * FROM reviews_reviewtask WHERE closed_at IS NULL AND decided_at IS NULL ORDER BY urgency_at, id LIMIT 40"
)


def main() -> None:
    with production() as installation:
        url = installation.url
        alice = furnish(SECRET)
        take_events(url, rate=1, seconds=1)
        cookies = session_of(alice)
        fill(FEW_TASKS)
        measure_queue(installation, cookies, f"queue_page_{FEW_TASKS}")
        fill(OPEN_TASKS)
        measure_queue(installation, cookies, "queue_page")
        for order in ORDERS:
            pages = read(url, f"{QUEUE}?order={order}", cookies, REQUESTS // 4)
            report("desk", f"queue_by_{order}_p95_ms", quantile(pages, 0.95), "ms", bar=60)
        report("desk", "queue_page_per_s", together(url, QUEUE, cookies), "1/s", at_least=60)
        tasks = read(url, f"/tasks/{waiting(1)[0]}/", cookies, REQUESTS)
        report("desk", "task_page_p50_ms", quantile(tasks, 0.50), "ms", bar=50)
        report("desk", "task_page_p95_ms", quantile(tasks, 0.95), "ms")
        take_events(url, rate=50, seconds=DECISIONS // 50)
        decided = decide(url, cookies)
        report("desk", "decide_ack_p50_ms", quantile(decided, 0.50), "ms")
        report("desk", "decide_ack_p95_ms", quantile(decided, 0.95), "ms", bar=80)
        report("desk", "first_load_kb", sum(first_load(url, QUEUE, cookies).values()) / 1000, "kB", bar=100)
        seen = watch(url, cookies)
        report("desk", "live_p50_ms", quantile(seen, 0.50), "ms")
        report("desk", "live_p95_ms", quantile(seen, 0.95), "ms", bar=250)
        lighthouse.measure(url, (QUEUE, f"/tasks/{waiting(1)[0]}/"), cookies)


def measure_queue(installation: Installation, cookies: dict[str, str], name: str) -> None:
    """The queue's page, one request at a time, beside its rows alone."""
    floor = rows_ms(installation.environment["DATABASE_URL"], ROWS)
    pages = read(installation.url, QUEUE, cookies, REQUESTS)
    report("desk", f"{name}_p50_ms", quantile(pages, 0.50), "ms", floor=floor)
    report("desk", f"{name}_p95_ms", quantile(pages, 0.95), "ms", floor=floor, bar=40)


def session_of(person: Person) -> dict[str, str]:
    from django.test import Client

    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return {name: morsel.value for name, morsel in client.cookies.items()}


def waiting(number: int) -> list[str]:
    from reviewhub.reviews.models import ReviewTask

    rows = ReviewTask.objects.filter(status="open").order_by("urgency_at", "id")
    return [str(pk) for pk in rows.values_list("pk", flat=True)[OPEN_TASKS // 2 : OPEN_TASKS // 2 + number]]


def read(url: str, path: str, cookies: dict[str, str], number: int) -> list[float]:
    """Milliseconds of each request, answered whole, one after another over one connection."""
    taken = []
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    named = "; ".join(f"{name}={value}" for name, value in cookies.items())
    for count in range(WARM_UP + number):
        started = time.perf_counter()
        connection.request("GET", path, headers={"Cookie": named, "Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        said = answer.read()
        spent = (time.perf_counter() - started) * 1000
        assert answer.status == http.client.OK, said[:300]
        if count >= WARM_UP:
            taken.append(spent)
    connection.close()
    return taken


def together(url: str, path: str, cookies: dict[str, str]) -> float:
    """Requests a second of several readers at once."""
    with ThreadPoolExecutor(READERS) as readers:
        list(readers.map(lambda _: read(url, path, cookies, 0), range(READERS)))
        started = time.perf_counter()
        done = list(readers.map(lambda _: read(url, path, cookies, REQUESTS // READERS), range(READERS)))
        spent = time.perf_counter() - started
    return sum(len(taken) + WARM_UP for taken in done) / spent


def decide(url: str, cookies: dict[str, str]) -> list[float]:
    """Milliseconds from sending the form of a task to its answer, one after another, as the page sends it."""
    from reviewhub.reviews.models import ReviewTask

    taken = []
    with httpx.Client(base_url=url, cookies=cookies, timeout=30) as client:
        client.get(f"/tasks/{waiting(1)[0]}/")
        headers = {"X-CSRFToken": client.cookies["csrftoken"], "HX-Request": "true", "Origin": url}
        for task in ReviewTask.objects.filter(status="open").order_by("-created_at")[:DECISIONS]:
            form = {"outcome": "approve", "version": task.version, "shown": task.evidence_hash, "key": str(task.pk)}
            started = time.perf_counter()
            answer = client.post(f"/tasks/{task.pk}/decision/?view=team", data=form, headers=headers)
            taken.append((time.perf_counter() - started) * 1000)
            assert answer.status_code < httpx.codes.BAD_REQUEST, answer.text[:300]
    assert ReviewTask.objects.filter(decided_at__isnull=False).count() == DECISIONS
    return taken


# ---- live changes ------------------------------------------------------------------------------


def watch(url: str, cookies: dict[str, str]) -> list[float]:
    """Milliseconds from one person's click on "claim" until each of the others' sockets has the changed row."""
    others = [session_cookie(person) for person in colleagues(SOCKETS)]
    command = [sys.executable, "-m", "benchmarks.listening"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as listener:
        assert listener.stdin is not None
        assert listener.stdout is not None
        print(json.dumps({"url": url, "cookies": others}), file=listener.stdin, flush=True)
        assert listener.stdout.readline() == "ready\n"
        clicked = claim(url, cookies)
        time.sleep(3)
        heard = json.loads((print("end", file=listener.stdin, flush=True), listener.stdout.readline())[1])
    assert {task: len(heard.get(task, ())) for task in clicked} == dict.fromkeys(clicked, SOCKETS)
    return [(at - clicked[task]) * 1000 for task, all_at in heard.items() if task in clicked for at in all_at]


def claim(url: str, cookies: dict[str, str]) -> dict[str, float]:
    """When each of some tasks was claimed."""
    clicked = {}
    with httpx.Client(base_url=url, cookies=cookies, timeout=30) as client:
        client.get(f"/tasks/{waiting(1)[0]}/")
        headers = {"X-CSRFToken": client.cookies["csrftoken"], "HX-Request": "true", "Origin": url}
        for task in waiting(CHANGES):
            clicked[task] = time.time()
            answer = client.post(f"/tasks/{task}/claim/?view=team", headers=headers)
            assert answer.status_code < httpx.codes.BAD_REQUEST, answer.text[:300]
            time.sleep(max(0.0, clicked[task] + CHANGES_EVERY - time.time()))
    return clicked


def colleagues(number: int) -> list[Person]:
    from reviewhub.accounts.models import Person
    from reviewhub.reviews.models import Queue, QueueMembership

    queue = Queue.objects.get(slug="bench")
    people = Person.objects.bulk_create(
        Person(email=f"c{index}@example.com", username=f"c{index}", display_name=f"Colleague {index}")
        for index in range(number)
    )
    QueueMembership.objects.bulk_create(QueueMembership(queue=queue, person=person) for person in people)
    return people


def session_cookie(person: Person) -> str:
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


if __name__ == "__main__":
    main()
