"""Undoing in the database and through workers."""

from __future__ import annotations

from orchestration import api
from orchestration.exceptions import PermanentError, TransientError
from orchestration.models import Run
from orchestration.runtime import outbox
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


AROUND = """
workflow: around
title: Around
owner: oscar
input: {type: object}
steps:
  - {id: desk, tool: finance.budget@1, undo: {tool: suppliers.history@1, with: {what: desk}}}
  - {id: inside, workflow: trip, with: {request: T-1, seats: [a, b]}}
  - {id: look, review: {outcomes: [approve], assign: {queue: finance}, sla: {due: 8h}}}
"""
SHORT = "\n".join(line for line in TRIP.splitlines() if "approval" not in line)


def carry(engine: Bench) -> None:
    """Messages and steps, until nothing moves any more."""
    while outbox.send_due() + engine.work():
        pass


def around(engine: Bench, inside: str = SHORT) -> tuple[str, Run]:
    engine.publish(inside)
    engine.publish(AROUND)
    run_id = engine.start("around")
    carry(engine)
    return run_id, Run.objects.get(parent__pk=run_id)


def test_a_run_inside_that_ended_well_is_undone_in_its_turn(engine: Bench) -> None:
    run_id, child = around(engine)
    assert child.status == "succeeded"
    same_key = engine.start("trip", request="T-1", seats=["z"])  # its key is free, and somebody else's by now
    api.cancel_run(run_id=run_id, reason="Plans changed", actor=OSCAR)
    carry(engine)
    assert [given for given, _ in engine.tools["mail.tell"].calls] == [{"n": n, "id": "PO-1"} for n in ("b", "a")]
    assert [given for given, _ in engine.tools["suppliers.history"].calls] == [{"what": "desk"}]
    child.refresh_from_db()
    assert (child.status, child.outcome) == ("cancelled", "undone")
    assert api.run_state(run_id).status == "cancelled"
    assert api.run_state(same_key).status == "succeeded"
    for each in (run_id, str(child.pk)):
        assert api.replay(each).ok
    assert api.stuck("run") == []


def test_what_a_run_inside_did_is_undone_first_when_both_are_cancelled(engine: Bench) -> None:
    run_id, child = around(engine, TRIP)
    assert child.status == "running"
    order = []
    engine.tools["mail.tell"].before = lambda: order.append("inside")
    engine.tools["suppliers.history"].before = lambda: order.append("desk")
    api.cancel_run(run_id=run_id, reason="Plans changed", actor=OSCAR)
    carry(engine)
    assert order == ["inside", "inside", "desk"]
    assert api.run_state(run_id).status == api.run_state(str(child.pk)).status == "cancelled"


def test_an_undo_that_fails_inside_holds_up_those_before_it(engine: Bench) -> None:
    run_id, child = around(engine)
    engine.tools["mail.tell"].script = [PermanentError("No.")]
    api.cancel_run(run_id=run_id, reason="Plans changed", actor=OSCAR)
    carry(engine)
    assert engine.tools["suppliers.history"].calls == []
    assert api.stuck("run") == []
    engine.decide(str(child.pk), "seats#2/seat~undo!1", "fail", undo=0)
    carry(engine)
    assert [given for given, _ in engine.tools["suppliers.history"].calls] == [{"what": "desk"}]
    assert api.run_state(run_id).status == "cancelled"


def test_a_run_inside_that_ended_well_as_it_was_cancelled_is_undone(engine: Bench) -> None:
    """The cancelling comes first, and its end is not told yet."""
    engine.publish(SHORT)
    engine.publish(AROUND.replace(", undo: {tool: suppliers.history@1, with: {what: desk}}", ""))
    run_id = engine.start("around")
    engine.work()
    outbox.send_due()
    engine.work()
    child = Run.objects.get(parent__pk=run_id)
    assert (child.status, api.run_state(run_id).steps["inside"].status) == ("succeeded", "waiting")
    api.cancel_run(run_id=run_id, reason="Plans changed", actor=OSCAR)
    assert api.run_state(run_id).status == "cancelled"
    carry(engine)
    child.refresh_from_db()
    assert (child.status, child.outcome) == ("cancelled", "undone")
    assert len(engine.tools["mail.tell"].calls) == 2


def test_a_run_that_goes_on_from_an_ended_one_undoes_what_it_has_taken_over_and_nobody_else_does(engine: Bench) -> None:
    run_id = booked(engine)
    sequence = api.run_state(run_id).sequence
    engine.decide(run_id, "approval", "approve", undo=0)
    engine.work()
    forked = api.fork(run_id=run_id, sequence=sequence, actor=OSCAR).run_id
    assert api.run_state(run_id).undo == {"newest": None}
    api.cancel_run(run_id=forked, reason="Plans changed", actor=OSCAR)
    engine.work()
    assert engine.tools["mail.tell"].keys == [f"{forked}:seats#{n}/seat~undo" for n in (3, 2, 1)]
    assert len(engine.tools["erp.order"].calls) == 3
    third = api.fork(run_id=run_id, sequence=sequence, actor=OSCAR).run_id
    engine.work()
    assert len(engine.tools["erp.order"].calls) == 6  # they were undone, so they are done again
    assert all(api.replay(each).ok for each in (run_id, forked, third))


def looked_at(engine: Bench) -> tuple[str, Run]:
    """The run around has ended well, and what its run inside did stands."""
    run_id, child = around(engine)
    engine.decide(run_id, "look", "approve", undo=0)
    assert api.run_state(run_id).status == "succeeded"
    return run_id, child


def test_a_run_that_goes_on_from_one_that_ended_undoes_what_its_run_inside_did(engine: Bench) -> None:
    run_id, child = looked_at(engine)
    order: list[str] = []
    engine.tools["mail.tell"].before = lambda: order.append("inside")
    engine.tools["suppliers.history"].before = lambda: order.append("desk")
    again = api.retry(run_id=run_id, path="look", actor=OSCAR).run_id
    assert api.children_of(again).count() == 0
    api.cancel_run(run_id=again, reason="Plans changed", actor=OSCAR)
    carry(engine)
    assert order == ["inside", "inside", "desk"]
    child.refresh_from_db()
    assert (child.status, child.outcome) == ("cancelled", "undone")
    assert (api.run_state(run_id).status, api.run_state(again).status) == ("succeeded", "cancelled")
    for each in (run_id, again, str(child.pk)):
        assert api.replay(each).ok


def test_what_a_run_inside_undid_for_one_that_went_on_is_done_again_by_the_next(engine: Bench) -> None:
    run_id, _ = looked_at(engine)
    first = api.retry(run_id=run_id, path="look", actor=OSCAR).run_id
    api.cancel_run(run_id=first, reason="Plans changed", actor=OSCAR)
    carry(engine)
    second = api.retry(run_id=run_id, path="look", actor=OSCAR).run_id
    carry(engine)
    assert api.children_of(second).get().status == "succeeded"
    assert api.run_state(second).steps["look"].status == "waiting"


def test_a_run_inside_is_undone_for_a_step_that_has_another_name_by_now(engine: Bench) -> None:
    run_id, child = around(engine)
    engine.publish(AROUND.replace("id: inside", "id: journey"))
    api.migrate_run(run_id=run_id, to=2, step_map={"inside": "journey"}, actor=OSCAR)
    api.cancel_run(run_id=run_id, reason="Plans changed", actor=OSCAR)
    carry(engine)
    child.refresh_from_db()
    assert (child.outcome, api.run_state(run_id).status) == ("undone", "cancelled")
