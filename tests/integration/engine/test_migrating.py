"""Moving stored runs to another version."""

from __future__ import annotations

import pytest

from orchestration import api
from orchestration.exceptions import CannotMigrate
from orchestration.models import Run
from orchestration.runtime import outbox
from tests.integration.engine.test_runs_command import runs
from tests.integration.engine.texts import PURCHASE
from tests.support.bench import OSCAR, Bench

RENAMED = PURCHASE.replace("id: budget,", "id: money,")


@pytest.fixture
def run_id(engine: Bench) -> str:
    engine.publish(PURCHASE)
    run_id = engine.start("purchase", request="pens", requester="ann@example.com", amount=12.0)
    engine.work()
    return run_id


def test_a_waiting_run_goes_on_by_the_new_text(engine: Bench, run_id: str) -> None:
    engine.publish(RENAMED.replace("{end: ordered}", "{end: bought}"))
    looked = api.plan_migration(run_id=run_id, to=2, step_map={"budget": "money"})
    assert (looked.faults, looked.moved) == ([], {"gather/budget/budget": "gather/budget/money"})
    assert Run.objects.get(pk=run_id).version.number == 1
    api.migrate_run(run_id=run_id, to=2, step_map={"budget": "money"}, actor=OSCAR)
    assert Run.objects.get(pk=run_id).version.number == 2
    assert api.replay(run_id).ok
    engine.decide(run_id, "approval", "approve", undo=0)
    engine.work()
    state = api.run_state(run_id)
    assert (state.status, state.outcome) == ("succeeded", "bought")
    assert api.folded(run_id) == state


def test_a_migration_that_is_refused_changes_nothing(engine: Bench, run_id: str) -> None:
    engine.publish(PURCHASE.replace("outcomes: [approve, reject]", "outcomes: [approve, reject, later]"))
    sequence = api.run_state(run_id).sequence
    with pytest.raises(CannotMigrate, match="other outcomes"):
        api.migrate_run(run_id=run_id, to=2, step_map={}, actor=OSCAR)
    assert api.run_state(run_id).sequence == sequence
    with pytest.raises(CannotMigrate, match="on version 1 already"):
        api.migrate_run(run_id=run_id, to=1, step_map={}, actor=OSCAR)


def test_the_command_looks_first_and_moves_then(engine: Bench, run_id: str) -> None:
    engine.publish(RENAMED)
    status, out, _ = runs("migrate", run_id, "--to", 2, "--map", "budget=money", "--dry-run")
    assert (status, out) == (0, f"{run_id}: would be moved\n")
    assert runs("migrate", run_id, "--to", 2, "--map", "budget=money")[0] == 0
    assert api.timeline(run_id)[-1].data["map"] == {"budget": "money"}


WAITS = """
workflow: waits
input: {type: object}
steps:
  - {id: paid, wait: {event: invoice.paid, key: k, unanswered: {after: 1d, outcome: late}}}
  - {id: told, set: {was: "${ steps.paid.outcome }"}}
"""


@pytest.mark.parametrize("comes", [True, False])
def test_a_wait_under_another_name_hears_its_event_and_its_clock(engine: Bench, comes: bool) -> None:
    engine.publish(WAITS)
    run_id = engine.start("waits")
    engine.publish(WAITS.replace("id: paid", "id: settled").replace("steps.paid", "steps.settled"))
    assert runs("migrate", run_id, "--to", 2, "--map", "paid=settled", "--dry-run")[1].splitlines() == [
        f"{run_id}: paid goes on as settled.",
        f"{run_id}: would be moved",
    ]
    api.migrate_run(run_id=run_id, to=2, step_map={"paid": "settled"}, actor=OSCAR)
    if comes:
        api.send_event(name="invoice.paid", key="k", payload={}, actor=OSCAR)
        outbox.send_due()
    engine.clock.forward(days=1)
    engine.sweep()
    state = api.run_state(run_id)
    assert state.steps["told"].result == {"was": "received" if comes else "late"}
    assert api.folded(run_id) == state


BLOCKS = """
workflow: blocks
input: {type: object}
steps:
  - id: lines
    each:
      in: ${ [1, 2, 3] }
      concurrency: 2
      steps:
        - {id: order, tool: erp.order@1, with: {n: "${ item }"}}
        - {id: approval, review: {outcomes: [approve, reject], assign: {queue: finance}}}
  - {id: told, set: {all: "${ steps.lines.map(line, line.outcome) }"}}
"""


def test_a_loop_under_another_name_keeps_its_items_its_tasks_and_its_count(engine: Bench) -> None:
    engine.publish(BLOCKS)
    run_id = engine.start("blocks")
    engine.work()
    engine.decide(run_id, "lines#1/approval", "approve", undo=0)
    engine.publish(BLOCKS.replace("id: lines", "id: rows").replace("steps.lines", "steps.rows"))
    api.migrate_run(run_id=run_id, to=2, step_map={"lines": "rows"}, actor=OSCAR)
    assert api.replay(run_id).ok
    engine.work()
    for number, outcome in ((2, "reject"), (3, "approve")):
        engine.decide(run_id, f"rows#{number}/approval", outcome, undo=0)
        engine.work()
    state = api.run_state(run_id)
    assert state.steps["told"].result == {"all": ["approve", "reject", "approve"]}
    assert len(engine.tools["erp.order"].calls) == 3
    assert api.folded(run_id) == state
    assert api.replay(run_id).ok


def test_a_run_goes_back_to_the_text_that_it_came_from(engine: Bench, run_id: str) -> None:
    engine.publish(RENAMED)
    engine.publish(PURCHASE.replace("{end: ordered}", "{end: bought}"))
    api.migrate_run(run_id=run_id, to=2, step_map={"budget": "money"}, actor=OSCAR)
    api.migrate_run(run_id=run_id, to=3, step_map={"money": "budget"}, actor=OSCAR)
    engine.decide(run_id, "approval", "approve", undo=0)
    engine.work()
    assert api.run_state(run_id).outcome == "bought"
    assert api.replay(run_id).ok
