"""Work for the engine: workflows that call trivial tools, started many at a time as the webhooks do."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

NOTES = "BENCHMARK_NOTES"  # names the folder into which `bench.note` writes when it was called
STEPS = 5
AT_ONCE = 100

FIVE = """
workflow: bench-five
title: Five steps
owner: carol
input: {type: object, required: [n], properties: {n: {type: integer}}}
steps:
  - {id: one, tool: TOOL, with: {n: "${ input.n }"}}
  - {id: two, tool: TOOL, with: {n: "${ steps.one.n }"}}
  - {id: three, tool: TOOL, with: {n: "${ steps.two.n }"}}
  - {id: four, tool: TOOL, with: {n: "${ steps.three.n }"}}
  - {id: five, tool: TOOL, with: {n: "${ steps.four.n }"}}
"""
WAITING = """
workflow: bench-waiting
title: A wait
owner: carol
input: {type: object, required: [at], properties: {at: {type: string}}}
steps:
  - {id: pause, wait: {until: "${ input.at }"}}
  - {end: done}
"""
DECIDED = """
workflow: bench-decided
title: A decision and a step
owner: carol
input: {type: object, required: [n], properties: {n: {type: integer}}}
steps:
  - id: approval
    review:
      title: "Request ${ input.n }"
      outcomes: [approve, reject]
      assign: {queue: bench}
      sla: {due: 8h}
      escalate: [{after: 24h, to: {backup_of: queue}}]
  - {id: told, tool: bench.note@1, with: {n: "${ input.n }"}}
"""


def five(name: str, tool: str) -> str:
    return FIVE.replace("TOOL", tool).replace("bench-five", name)


def wide(branches: int) -> str:
    """A parallel block with so many branches of one step each."""
    head = f"workflow: bench-wide-{branches}\ntitle: Wide\nowner: carol\ninput: {{type: object}}\n"
    body = "steps:\n  - id: all\n    parallel:\n      join: all\n      branches:\n"
    tool = "tool: bench.add@1, with: {n: 1}"
    lines = (f"        b{number}: [{{id: s{number}, {tool}}}]\n" for number in range(branches))
    return head + body + "".join(lines)


def looped(name: str, at_once: int, step: str) -> str:
    """A loop over the numbers that it is given, with one step for each."""
    return (
        f"workflow: {name}\ntitle: Looped\nowner: carol\n"
        "input: {type: object, properties: {lines: {type: array, items: {type: integer}}}}\n"
        f"steps:\n  - id: lines\n    each:\n      in: ${{ input.lines }}\n      concurrency: {at_once}\n"
        f"      steps:\n        - {{id: line, {step}}}\n"
    )


def publish(*texts: str) -> None:
    from orchestration import api

    for text in texts:
        api.publish_workflow(text=text, note="for measuring", actor=api.SYSTEM)


def start(workflow: str, inputs: Sequence[Mapping[str, Any]]) -> list[str]:
    """Starts runs, as many in one transaction as a busy web process does. Returns their ids."""
    from orchestration import api
    from orchestration.runtime.starting import Started, Wanted, start_many, startable

    row = startable().get(name=workflow)
    ids: list[str] = []
    for first in range(0, len(inputs), AT_ONCE):
        wanted = [Wanted(row, given, api.SYSTEM, "bench", None) for given in inputs[first : first + AT_ONCE]]
        for started in start_many(wanted):
            assert isinstance(started, Started), started
            ids.append(started.run_id)
    return ids


def wait_until(done: Callable[[], bool], seconds: float, what: str) -> None:
    until = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < until, f"{what} did not happen within {seconds:.0f} s."
        time.sleep(0.02)


def open_runs(workflow: str) -> int:
    from orchestration import api

    return api.runs().filter(workflow__name=workflow, status="running").order_by().count()


def noted(place: Path) -> dict[str, list[float]]:
    """The instants at which `bench.note` was called, by run."""
    found: dict[str, list[float]] = {}
    for file in place.glob("*.txt"):
        for line in file.read_text().splitlines():
            run_id, at = line.split()
            found.setdefault(run_id, []).append(float(at))
    return {run_id: sorted(instants) for run_id, instants in found.items()}
