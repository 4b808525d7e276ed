"""Runs with many steps, of which only what an event concerns is read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orchestration import api
from orchestration.models import StepRun
from orchestration.runtime import parts
from tests.integration.engine.test_loops import LINES
from tests.integration.engine.test_undoing import TRIP
from tests.support.bench import OSCAR, Bench

MANY = """
workflow: many
title: Many
owner: oscar
input: {type: object, properties: {lines: {type: array, items: {type: integer}}}}
steps:
  - id: lines
    each:
      in: ${ input.lines }
      join: {at_least: 2}
      errors: collect
      steps:
        - id: look
          review: {title: "Line ${ item }", outcomes: [approve], assign: {queue: finance}, sla: {due: 8h}}
          timeout: 2d
        - {id: order, tool: erp.order@1, with: {n: "${ item }"}}
  - {id: told, tool: erp.order@1, with: {n: "${ size(steps.lines) }"}}
"""


@pytest.fixture(autouse=True)
def in_part(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every run counts as one with many steps, and every list as a long one."""
    monkeypatch.setattr(parts, "WHOLE_UP_TO", 0)
    monkeypatch.setattr(parts, "LONG", 1)
    for text in (parts.listed, parts.parts_postgres, parts.lists):
        text.cache_clear()
    yield
    for text in (parts.listed, parts.parts_postgres, parts.lists):
        text.cache_clear()


def test_a_loop_ends_as_if_it_were_read_as_a_whole(engine: Bench) -> None:
    engine.publish(LINES)
    run_id = engine.start("lines", lines=[1, 2, 3, 4, 5])
    engine.work()
    engine.decide(run_id, "lines#2/look", "approve", undo=0)
    state = api.run_state(run_id)
    assert (state.status, state.outcome) == ("succeeded", "ordered")
    assert state.steps["lines"].input == {"items": [1, 2, 3, 4, 5]}
    assert state.steps["lines"].result == [{"n": n, "order": "PO-1"} for n in range(1, 6)]
    assert api.folded(run_id) == state


def test_what_a_join_does_not_wait_for_is_cancelled_with_its_reviews_and_timers(engine: Bench) -> None:
    engine.publish(MANY)
    run_id = engine.start("many", lines=[7, 8, 9, 10])
    for number in (2, 3):
        engine.decide(run_id, f"lines#{number}/look", "approve", undo=0)
        engine.work()
    state = api.run_state(run_id)
    assert (state.status, state.steps["told"].input) == ("succeeded", {"n": 4})
    assert [state.steps[f"lines#{number}/look"].status for number in (1, 4)] == ["cancelled", "cancelled"]
    assert not state.armed()
    assert {told[1] for told in engine.desk.told if told[0] == "withdrawn"} == {"lines#1/look", "lines#4/look"}
    assert api.folded(run_id) == state


def test_timers_of_other_items_that_were_due_fire_before_a_decision_counts(engine: Bench) -> None:
    engine.publish(MANY)
    run_id = engine.start("many", lines=[7, 8])
    engine.clock.forward(hours=5)
    engine.decide(run_id, "lines#1/look", "approve", undo=0)
    assert ("warned", "lines#2/look", "half") in engine.desk.told


def test_iterations_are_undone_one_after_another(engine: Bench) -> None:
    engine.publish(TRIP)
    run_id = engine.start("trip", request="T-1", seats=["a", "b", "c"])
    engine.work()
    api.cancel_run(run_id=run_id, reason="Plans changed", actor=OSCAR)
    engine.work()
    assert [given["n"] for given, _ in engine.tools["mail.tell"].calls] == ["c", "b", "a"]
    assert api.run_state(run_id).status == "cancelled"
    assert api.folded(run_id) == api.run_state(run_id)


def test_the_list_of_a_long_loop_is_read_once(engine: Bench) -> None:
    engine.publish(LINES)
    run_id = engine.start("lines", lines=list(range(3, 15)))
    with CaptureQueriesContext(connection) as asked:
        engine.work()
    reads = [query["sql"] for query in asked if 'SELECT "orchestration_steprun"."input"' in query["sql"]]
    assert len(reads) == 1
    assert StepRun.objects.get(run_id=run_id, path="lines").input == {"items": list(range(3, 15))}


def test_a_list_that_is_kept_apart_is_read_once(engine: Bench) -> None:
    engine.publish(LINES.replace("type: integer", "type: string").replace("item == 2", "item == 'none'"))
    lines = [f"{number} " + "x" * 8_000 for number in range(12)]
    run_id = engine.start("lines", lines=lines)
    with CaptureQueriesContext(connection) as asked:
        engine.work()
    reads = [query["sql"] for query in asked if 'FROM "orchestration_largevalue"' in query["sql"]]
    assert len(reads) <= 1
    assert sorted(given["n"] for given, _ in engine.tools["erp.order"].calls) == sorted(lines)
    assert api.run_state(run_id).status == "succeeded"
