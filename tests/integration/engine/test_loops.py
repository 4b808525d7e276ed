"""Items, joins and handlers in the database and through workers."""

from __future__ import annotations

from orchestration import api
from orchestration.models import StepRun, Timer
from tests.support.bench import Bench

LINES = """
workflow: lines
title: Lines
owner: oscar
input: {type: object, properties: {lines: {type: array, items: {type: integer}}}}
steps:
  - id: lines
    each:
      in: ${ input.lines }
      concurrency: 3
      steps:
        - {id: order, tool: erp.order@1, with: {n: "${ item }"}}
        - id: look
          when: ${ item == 2 }
          review: {title: "Line ${ number }", outcomes: [approve], assign: {queue: finance}, sla: {due: 8h}}
          timeout: 2d
        - {id: line, set: {n: "${ item }", order: "${ steps.order.id }"}}
  - {end: ordered}
"""


def test_every_item_is_done_once_and_the_results_are_in_order(engine: Bench) -> None:
    engine.publish(LINES)
    run_id = engine.start("lines", lines=[1, 2, 3, 4, 5])
    engine.work()
    assert sorted(given["n"] for given, _ in engine.tools["erp.order"].calls) == [1, 2, 3, 4, 5]
    keys = [call.idempotency_key for _, call in engine.tools["erp.order"].calls]
    assert len(set(keys)) == 5
    (request,) = engine.desk.opened
    assert (request.key, request.title) == ("lines#2/look", "Line 2")
    assert request.context["steps"] == {"order": {"id": "PO-1"}}
    engine.decide(run_id, "lines#2/look", "approve", undo=0)
    state = api.run_state(run_id)
    assert (state.status, state.outcome) == ("succeeded", "ordered")
    assert state.steps["lines"].result == [{"n": n, "order": "PO-1"} for n in range(1, 6)]
    assert api.folded(run_id) == state


def test_rows_say_which_sequence_they_belong_to(engine: Bench) -> None:
    engine.publish(LINES)
    run_id = engine.start("lines", lines=[1, 2])
    engine.work()
    rows = dict(StepRun.objects.filter(run_id=run_id).values_list("path", "within"))
    assert rows["lines"] == ""
    assert rows["lines#2/look"] == "lines#2"
    timers = dict(Timer.objects.filter(run_id=run_id).values_list("name", "within"))
    assert timers["lines#2/look:timeout"] == "lines#2"


FIRST = """
workflow: first
title: First
owner: oscar
input: {type: object, properties: {}}
steps:
  - id: fork
    parallel:
      join: any
      branches:
        asked: [{id: asked, review: {title: Look, outcomes: [approve], assign: {queue: finance}, sla: {due: 8h}}}]
        called: [{id: called, tool: erp.order@1}]
"""  # fmt: skip


def test_the_branch_that_loses_gives_its_review_back(engine: Bench) -> None:
    engine.publish(FIRST)
    run_id = engine.start("first")
    engine.work()
    state = api.run_state(run_id)
    assert state.status == "succeeded"
    assert state.steps["fork"].result == {"done": ["called"]}
    assert [told[:2] for told in engine.desk.told if told[0] == "withdrawn"] == [("withdrawn", "fork/asked/asked")]
    assert not Timer.objects.filter(run_id=run_id, status="armed").exists()
