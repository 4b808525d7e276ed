"""An incident that a person ends by undoing what was done."""

from __future__ import annotations

from orchestration import api
from orchestration.exceptions import PermanentError
from tests.support.bench import Bench

ORDERED = """
workflow: ordered
title: Ordered
owner: oscar
input: {type: object, properties: {}}
steps:
  - {id: order, tool: erp.order@1, undo: {tool: mail.tell@1, with: {id: "${ steps.order.id }"}}}
  - {id: pay, tool: finance.budget@1}
  - {end: paid}
"""


def ways(engine: Bench) -> list[str]:
    return [outcome["id"] for outcome in engine.desk.opened[-1].outcomes]


def test_what_was_done_is_undone_and_the_run_has_failed(engine: Bench) -> None:
    engine.tools["finance.budget"].script = [PermanentError("No money.")]
    engine.publish(ORDERED)
    run_id = engine.start("ordered")
    engine.work()
    assert ways(engine) == ["retry", "retry_corrected", "skip", "compensate", "fail"]
    engine.decide(run_id, "pay!1", "compensate", undo=0)
    engine.work()
    assert [given for given, _ in engine.tools["mail.tell"].calls] == [{"id": "PO-1"}]
    state = api.run_state(run_id)
    assert (state.status, state.error and state.error["message"]) == ("failed", "No money.")
    assert api.folded(run_id) == state


def test_it_is_not_offered_where_there_is_nothing_to_undo(engine: Bench) -> None:
    engine.tools["erp.order"].script = [PermanentError("No.")]
    engine.publish(ORDERED)
    engine.start("ordered")
    engine.work()
    assert "compensate" not in ways(engine)
