"""What the engine is measured by, one function each. One alone: `python -m benchmarks.engine steps`."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import load
from benchmarks.beside import dbos
from benchmarks.floors import commits_per_s, hop_ms
from benchmarks.load import NOTES, STEPS, five, looped, noted, open_runs, publish, start, wait_until
from benchmarks.report import quantile, report
from tests.support.installation import ROOT, Installation

if TYPE_CHECKING:
    from reviewhub.accounts.models import Person

RUNS = 10_000  # 50,000 steps
WARM_UP = 200
ALONE = 60
TIMERS = 10_000
WAITING = 100_000
DECISIONS = 200
DECIDES_EVERY = 0.13  # seconds; no divisor of the undo window, or each decision would meet another one's closing


def steps(at: Installation) -> None:
    """50,000 steps of many runs at once, and what they leave in memory and on disk."""
    publish(five("bench-five", "bench.add@1"))
    _run_all("bench-five", WARM_UP)
    _analyse()
    peer = dbos(_another_database(at.environment["DATABASE_URL"], "dbos_steps"))
    first = _run_all("bench-five", RUNS // 5)
    early = _resident(at)
    rest = _run_all("bench-five", RUNS - RUNS // 5)
    late = _resident(at)
    rate = RUNS * STEPS / (first + rest)
    beside = peer.steps_per_s if peer else None
    report("engine", "steps_per_s", rate, "1/s", peer=beside, at_least=2 * beside if beside else None)
    for name, megabytes in late.items():
        report("engine", f"worker_rss_mb_{name}", megabytes, "MB", bar=120)
        report("engine", f"worker_rss_growth_mb_{name}", megabytes - early[name], "MB")
    size = _bytes_of_the_engine()
    report("engine", "bytes_per_run", size / (RUNS + WARM_UP), "B")
    report("engine", "bytes_per_step", size / (RUNS + WARM_UP) / STEPS, "B")


def alone(at: Installation) -> None:
    """One run after another on an idle installation: from one call to the next, and from the start to the last call."""
    publish(five("bench-noted", "bench.note@1"))
    peer = dbos(_another_database(at.environment["DATABASE_URL"], "dbos_alone"), rates=False)
    floor = 1000 / commits_per_s(at.environment["DATABASE_URL"])
    apart, whole = [], []
    for number in range(WARM_UP // 10 + ALONE):
        began = time.time()
        (run_id,) = start("bench-noted", [{"n": number}])
        wait_until(lambda: open_runs("bench-noted") == 0, 20, "the end of the run")
        called = noted(_notes(at))[run_id]
        if number >= WARM_UP // 10:
            apart += [(later - earlier) * 1000 for earlier, later in pairwise(called)]
            whole.append((called[-1] - began) * 1000)
    beside = peer.step_p50_ms if peer else None
    report("engine", "step_p50_ms", quantile(apart, 0.50), "ms", peer=beside, floor=floor, bar=beside or 2.5)
    report("engine", "run_of_5_steps_p50_ms", quantile(whole, 0.50), "ms", floor=STEPS * floor)


def timers(at: Installation) -> None:
    """Waits that all end at the same instant."""
    publish(load.WAITING)
    began = time.perf_counter()
    soon = (datetime.now(UTC) + timedelta(seconds=1)).isoformat()
    start("bench-waiting", [{"at": soon}] * (TIMERS // 20))
    due = datetime.now(UTC) + timedelta(seconds=5 + 30 * (time.perf_counter() - began))  # half as long again
    start("bench-waiting", [{"at": due.isoformat()}] * TIMERS)
    assert datetime.now(UTC) < due, "Starting took longer than the waits."
    wait_until(lambda: open_runs("bench-waiting") == 0, 120, "the end of all waits")
    from orchestration import api

    last = api.runs().filter(workflow__name="bench-waiting").order_by("-ended_at")[0].ended_at
    assert last is not None
    report("engine", "timers_10k_s", (last - due).total_seconds(), "s", bar=10)


def join(at: Installation) -> None:
    """One run with many branches, or items, from its start to its join, on workers that know the tool."""
    publish(five("bench-five", "bench.add@1"), load.wide(100), load.wide(1000))
    publish(looped("bench-looped", 100, 'tool: bench.add@1, with: {n: "${ item }"}'))
    publish(looped("bench-looped-narrow", 10, 'tool: bench.add@1, with: {n: "${ item }"}'))
    _run_all("bench-five", WARM_UP)
    for branches, measure, bar in ((100, "join_100_s", None), (1000, "join_1000_s", 2)):
        report("engine", measure, _run_all(f"bench-wide-{branches}", 1), "s", bar=bar)
    few, many = (_loop("bench-looped", items) for items in (1_000, 10_000))
    report("engine", "each_1000_s", few, "s", bar=2)
    report("engine", "join_10000_s", many, "s", bar=12 * few)  # linear, and a fifth for what the machine does beside it
    report("engine", "each_1000_ten_at_once_s", _loop("bench-looped-narrow", 1_000), "s")


def _loop(workflow: str, items: int) -> float:
    began = time.perf_counter()
    start(workflow, [{"lines": list(range(items))}])
    wait_until(lambda: open_runs(workflow) == 0, 200, "the join")
    return time.perf_counter() - began


def decisions(at: Installation) -> None:
    """From the closing of a decision's undo window to the call of the step that follows, with many runs waiting."""
    from benchmarks.place import furnish

    alice = furnish("whsec_bm90IHVzZWQgaGVyZQ==")
    publish(load.DECIDED)
    runs = start("bench-decided", [{"n": number} for number in range(DECISIONS)])
    _copy_waiting("bench-decided", WAITING)
    before = _resident(at)
    taken = _decide(at, alice, set(runs))
    floor = 1000 / commits_per_s(at.environment["DATABASE_URL"]) + hop_ms(at.environment["REDIS_URL"])
    report("engine", "decision_to_step_p50_ms", quantile(taken, 0.50), "ms", floor=floor, bar=8)
    report("engine", "decision_to_step_p99_ms", quantile(taken, 0.99), "ms", floor=floor, bar=25)
    for name, megabytes in _resident(at).items():
        report("engine", f"waiting_rss_mb_{name}", megabytes, "MB")
        report("engine", f"waiting_rss_growth_mb_{name}", megabytes - before[name], "MB")


def sqlite(at: Installation) -> None:
    """The embedded worker on SQLite."""
    with tempfile.TemporaryDirectory() as place:
        peer = dbos(f"sqlite:///{place}/dbos.sqlite3")
        environment = at.environment | {
            "DATABASE_URL": f"sqlite:///{place}/reviewhub.sqlite3",
            "REDIS_URL": "",
            "DATA_DIR": place,
        }
        program = [sys.executable, "-m", "benchmarks.embedded_steps"]
        done = subprocess.run(program, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        beside = peer.steps_per_s if peer else None
        rate = float(done.stdout.split()[-1])
        report("engine", "steps_per_s_sqlite", rate, "1/s", peer=beside, at_least=beside)


def plans(at: Installation) -> None:
    """How many of the hot statements read a whole table of the engine's, with a million step runs in it."""
    from benchmarks.plans import fill, read_whole

    publish(five("bench-plans", "bench.add@1"))
    _run_all("bench-plans", 20)
    fill("bench-plans")
    found = read_whole()
    for name, tables in found.items():
        if tables:
            print(f"{name} reads {', '.join(tables)} as a whole", file=sys.stderr)
    report("engine", "hot_statements_without_index", sum(map(bool, found.values())), f"of {len(found)}", bar=0)


MEASURES = {
    "steps": steps,
    "alone": alone,
    "timers": timers,
    "join": join,
    "decisions": decisions,
    "sqlite": sqlite,
    "plans": plans,
}


def _run_all(workflow: str, runs: int) -> float:
    """Seconds from the first start to the last end."""
    began = time.perf_counter()
    start(workflow, [{"n": number} for number in range(runs)])
    wait_until(lambda: open_runs(workflow) == 0, 300, "the end of all runs")
    return time.perf_counter() - began


def _analyse() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _another_database(url: str, name: str) -> str:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{url.rpartition('/')[0]}/{name}".replace("postgres://", "postgresql://")


def _resident(at: Installation) -> dict[str, float]:
    """Megabytes of each worker."""
    found = {}
    for name in at.commands:
        if name.startswith("worker"):
            status = Path(f"/proc/{at.pid(name)}/status").read_text().splitlines()
            found[name.removeprefix("worker-")] = (
                int(next(x.split()[1] for x in status if x.startswith("VmRSS"))) / 1024
            )
    return found


def _bytes_of_the_engine() -> float:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c "
            "WHERE relkind = 'r' AND relname LIKE 'orchestration\\_%%'"
        )
        return float(cursor.fetchone()[0])


def _notes(at: Installation) -> Path:
    return Path(at.environment[NOTES])


def _copy_waiting(workflow: str, number: int) -> None:
    """Copies one waiting run, with its step, its timers and its open task, until there are so many."""
    from django.db import connection

    from benchmarks.plans import _columns
    from orchestration.models.identity import time_ordered_id

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.id FROM orchestration_run r JOIN orchestration_workflow w ON w.id = r.workflow_id "
            "WHERE w.name = %s LIMIT 1",
            [workflow],
        )
        (template,) = cursor.fetchone()
        made = [time_ordered_id() for _ in range(number)]  # as runs that were started have them
        cursor.execute("CREATE TEMP TABLE made AS SELECT unnest(%s::uuid[]) AS id", [made])
        tables = ("orchestration_run", "orchestration_steprun", "orchestration_timer", "reviews_reviewtask")
        for table in tables:
            key = "id" if table == "orchestration_run" else "run_id"
            columns = [name for name in _columns(cursor, table) if name not in ("id", "run_id")]
            listed = ", ".join(f'"{name}"' for name in columns)
            own, value = ("id, ", "gen_random_uuid(), ") if table.startswith("reviews") else ("", "")
            cursor.execute(
                f"INSERT INTO {table} ({own}{key}, {listed}) SELECT {value}made.id, {listed} "
                f"FROM made, (SELECT {listed} FROM {table} WHERE {key} = %s) AS one",
                [template],
            )
        cursor.execute("DROP TABLE made")
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")  # what the copying still has to write is none of what is measured


def _decide(at: Installation, alice: Person, runs: set[str]) -> list[float]:
    from reviewhub.reviews.models import Decision, ReviewTask
    from reviewhub.reviews.services import decide_task

    tasks = list(ReviewTask.objects.filter(status="open", run_id__in=runs).order_by("created_at"))
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
    called = noted(_notes(at))
    decided = Decision.objects.filter(task__in=tasks, undo_until__isnull=False)
    return [
        (called[str(run_id)][0] - closed_at.timestamp()) * 1000
        for run_id, closed_at in decided.values_list("task__run_id", "undo_until")
        if closed_at is not None
    ]


def prepare(place: Path) -> dict[str, str]:
    """What the workers need beside the installation's environment."""
    (place / "notes").mkdir(exist_ok=True)
    os.environ[NOTES] = str(place / "notes")
    return {NOTES: str(place / "notes")}
