"""Undoing in the database and through workers."""

from __future__ import annotations

from orchestration import api
from orchestration.exceptions import TransientError
from orchestration.models import Run
from tests.support.bench import OSCAR, Bench

TRIP = """
workflow: trip
title: Trip
owner: oscar
input: {type: object, required: [request], properties: {request: {type: string}, seats: {type: array}}}
key: {is: "${ input.request }"}
steps:
  - id: seats
    each:
      in: ${ input.seats }
      concurrency: 1
      steps:
        - id: seat
          tool: erp.order@1
          with: {n: "${ item }"}
          undo: {tool: mail.tell@1, with: {n: "${ item }", id: "${ steps.seat.id }"}, retry: {attempts: 2, first: 1s}}
  - {id: approval, review: {title: Look, outcomes: [approve], assign: {queue: finance}, sla: {due: 8h}}}
  - {end: booked}
"""


def booked(engine: Bench) -> str:
    engine.publish(TRIP)
    run_id = engine.start("trip", request="T-1", seats=["a", "b", "c"])
    engine.work()
    return run_id


def test_a_cancelled_run_undoes_what_was_done_the_last_first(engine: Bench) -> None:
    run_id = booked(engine)
    api.cancel_run(run_id=run_id, reason="Plans changed", actor=OSCAR)
    assert Run.objects.get(pk=run_id).status == "ending"
    again = engine.start("trip", request="T-1", seats=[])
    assert again == run_id  # its key is its own until it has ended
    engine.work()
    undone = [given for given, _ in engine.tools["mail.tell"].calls]
    assert undone == [{"n": seat, "id": "PO-1"} for seat in ("c", "b", "a")]
    state = api.run_state(run_id)
    assert (state.status, state.outcome) == ("cancelled", "cancelled")
    assert api.folded(run_id) == state


def test_an_undo_is_tried_again_under_one_key(engine: Bench) -> None:
    run_id = booked(engine)
    engine.tools["mail.tell"].script = [TransientError("Busy.")]
    api.cancel_run(run_id=run_id, reason="Plans changed", actor=OSCAR)
    engine.work()
    engine.clock.forward(seconds=5)
    engine.sweep()
    keys = engine.tools["mail.tell"].keys
    assert keys[0] == keys[1] == f"{run_id}:seats#3/seat~undo"
    assert len(set(keys)) == 3
    assert api.run_state(run_id).status == "cancelled"
