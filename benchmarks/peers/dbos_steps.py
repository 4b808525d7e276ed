"""DBOS doing what the engine does: workflows of five trivial steps. Run by DBOS's own environment, alone:
`python dbos_steps.py DATABASE_URL [alone]`. Prints one JSON object: its milliseconds a step, and unless only one run
after another is asked for, its best steps a second."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

STEPS = 5
RUNS = 300
ALONE = 100


def main(url: str, only: str = "") -> None:
    from dbos import DBOS  # type: ignore[import-not-found, unused-ignore]

    DBOS(config={"name": "peer", "system_database_url": url, "log_level": "ERROR"})
    called: list[float] = []

    @DBOS.step()
    def trivial(number: int) -> int:
        called.append(time.perf_counter())
        return number + 1

    @DBOS.workflow()
    def five(number: int) -> int:
        for _ in range(STEPS):
            number = trivial(number)
        return number

    DBOS.launch()
    DBOS.register_queue("steps")
    five(0)
    for _ in range(ALONE):
        five(0)
    alone = called[-ALONE * STEPS :]
    apart = [(later - earlier) * 1000 for earlier, later in pairwise(alone)]
    between = [value for index, value in enumerate(apart) if index % STEPS != STEPS - 1]
    found = {"step_p50_ms": sorted(between)[len(between) // 2]}
    if only != "alone":
        found |= _rates(DBOS, five)
    print(json.dumps(found))
    DBOS.destroy()


def _rates(engine: Any, five: Callable[[int], int]) -> dict[str, float]:
    rates = {f"threads_{threads}": _rate(_in_threads(five, threads)) for threads in (2, 8)}
    rates["started"] = _rate(lambda: _all_done([engine.start_workflow(five, number) for number in range(RUNS)]))
    rates["queue"] = _rate(
        lambda: _all_done([engine.enqueue_workflow("steps", five, number) for number in range(RUNS)])
    )
    return {"steps_per_s": max(rates.values()), **rates}


def _in_threads(five: Callable[[int], int], threads: int) -> Callable[[], None]:
    def work() -> None:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(five, range(RUNS)))

    return work


def _all_done(handles: list[Any]) -> None:
    for handle in handles:
        handle.get_result()


def _rate(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return RUNS * STEPS / (time.perf_counter() - started)


if __name__ == "__main__":
    main(*sys.argv[1:])
