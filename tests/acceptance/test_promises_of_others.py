"""What other engines promise and a text alone cannot show: runs that hear of each other, acts that come twice, a queue
that is down, a lock that somebody holds. Each names its origin.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction

from orchestration import api, tasks
from orchestration.exceptions import InvalidTransition
from orchestration.models import Run
from orchestration.runtime import execute, hints, outbox, sweeper
from orchestration.runtime.store import hold
from tests.support.bench import OSCAR, Bench, bench

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 20.0  # seconds
ORDER = """
workflow: order
input: {type: object, properties: {}}
steps:
  - {id: reserve, tool: stock.reserve@1, undo: {tool: stock.release@1}}
  - {id: approval, review: {outcomes: [approve, reject], assign: {queue: finance}, sla: {due: 8h}}}
  - {id: ship, tool: stock.ship@1}
  - {end: shipped}
"""
PARENT = """
workflow: parent
input: {type: object, properties: {}}
steps: [{id: inner, workflow: order}, {end: done}]
"""


@pytest.fixture
def engine(transactional_db: None) -> Iterator[Bench]:
    with bench("stock.reserve@1!", "stock.release@1!", "stock.ship@1!") as made:
        made.publish(ORDER)
        yield made


def carry(engine: Bench) -> None:
    """Messages and steps, until nothing moves any more."""
    while outbox.send_due() + engine.work():
        pass


def calls(engine: Bench, tool: str) -> int:
    return len(engine.tools[tool].calls)


def test_a_run_is_reset_to_an_event_and_what_was_done_before_it_is_kept(engine: Bench) -> None:
    """Origin: Temporal, reset of a workflow to an event of its history."""
    run_id = engine.start("order")
    engine.work()
    before = api.run_state(run_id).sequence
    engine.decide(run_id, "approval", "reject", undo=0)
    engine.work()
    assert api.run_state(run_id).status == "succeeded"

    again = api.fork(run_id=run_id, sequence=before, actor=OSCAR).run_id
    engine.decide(again, "approval", "approve", undo=0)
    engine.work()

    assert api.run_state(again).outcome == "shipped"
    assert calls(engine, "stock.reserve") == 1
    assert api.folded(again) == api.run_state(again)
    assert api.run_state(run_id).steps["approval"].result["outcome"] == "reject"


def test_a_cancelled_parent_cancels_its_child_which_cleans_up_first(engine: Bench) -> None:
    """Origin: Temporal, cancellation that is passed to a child workflow."""
    engine.publish(PARENT)
    run_id = engine.start("parent")
    carry(engine)

    api.cancel_run(run_id=run_id, reason="Not needed", actor=OSCAR)
    carry(engine)

    assert set(Run.objects.values_list("status", flat=True)) == {"cancelled"}
    assert calls(engine, "stock.release") == 1
    assert calls(engine, "stock.ship") == 0
    assert api.stuck("run") == []


def test_the_same_update_sent_twice_counts_once_and_another_one_is_refused(engine: Bench) -> None:
    """Origin: Temporal, an update that is sent again, and one that comes after the workflow has moved on."""
    run_id = engine.start("order", event_id="E-1")
    assert engine.start("order", event_id="E-1") == run_id
    engine.work()
    engine.decide(run_id, "approval", "approve", undo=0)
    for outcome in ("approve", "reject"):
        with pytest.raises(InvalidTransition):
            engine.decide(run_id, "approval", outcome, undo=0)
    engine.work()
    assert calls(engine, "stock.ship") == 1
    assert Run.objects.count() == 1


def test_a_queue_that_is_down_costs_time_and_nothing_else(engine: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Origin: Conductor, integration specification of a queue that is down."""
    hinted: list[tuple[Any, ...]] = []
    monkeypatch.setattr(hints, "APART", 0)

    def down(**message: Any) -> None:
        raise ConnectionError("The broker is away.")

    monkeypatch.setattr(tasks.execute_step, "apply_async", down)
    run_id = engine.start("order")
    assert api.run_state(run_id).steps["reserve"].status == "ready"

    monkeypatch.setattr(tasks.execute_step, "apply_async", lambda **message: hinted.append(message["args"]))
    engine.clock.forward(minutes=1)
    assert sweeper.repeat_hints() == 1
    assert [args[:2] for args in hinted] == [(run_id, "reserve")]
    engine.work()
    engine.decide(run_id, "approval", "approve", undo=0)
    engine.work()
    assert api.run_state(run_id).outcome == "shipped"
    assert calls(engine, "stock.reserve") == calls(engine, "stock.ship") == 1


PAGES = """
workflow: pages
input: {type: object, properties: {page: {type: integer}, book: {type: string}}}
key: {is: "${ input.book }"}
steps:
  - {id: reserve, tool: stock.reserve@1, with: {page: "${ input.page }"}}
  - {id: told, wait: {event: turned, key: "${ run.key }"}}
  - {when: "${ input.page == 3 }", end: read, with: {pages: "${ input.page }"}}
  - {continue: {page: "${ input.page + 1 }", book: "${ input.book }"}}
"""
READER = """
workflow: reader
input: {type: object, properties: {}}
steps:
  - {id: book, workflow: pages, with: {page: 1, book: B-1}}
  - {id: said, set: {pages: "${ steps.book.result.pages }"}}
"""


def test_a_loop_without_an_end_goes_on_as_a_new_run_and_keeps_its_key_its_signals_and_its_parent(engine: Bench) -> None:
    """Origin: Temporal, continue-as-new, and the signals that a run which goes on as a new one must not lose."""
    engine.publish(PAGES)
    engine.publish(READER)
    reader = engine.start("reader")
    carry(engine)
    engine.clock.forward(seconds=1)
    for turn in range(3):  # the second and third come before anybody waits for them
        api.send_event(name="turned", key="B-1", payload={}, actor=OSCAR, event_id=f"turn-{turn}")
    carry(engine)
    pages = list(Run.objects.filter(workflow__name="pages").order_by("id"))
    assert [run.outcome for run in pages] == ["continued", "continued", "read"]
    assert {run.business_key for run in pages} == {"B-1"}
    assert [given["page"] for given, _ in engine.tools["stock.reserve"].calls] == [1, 2, 3]
    assert api.run_state(reader).steps["said"].result == {"pages": 3}


@pytest.mark.postgres
def test_a_run_whose_lock_somebody_holds_holds_up_no_other_and_goes_on_afterwards(engine: Bench) -> None:
    """Origin: Conductor, integration specification of lock contention. The other half of it, several that want one
    lock at once, is a race of its own: tests/integration/engine/test_many_races.py."""
    held, other = engine.start("order"), engine.start("order")
    has_it, lets_go = threading.Event(), threading.Event()

    def holds() -> None:
        try:
            with transaction.atomic():
                hold(held)
                has_it.set()
                lets_go.wait(PATIENCE)
        finally:
            connection.close()

    holder = threading.Thread(target=holds)
    holder.start()
    try:
        assert has_it.wait(PATIENCE)
        execute.execute(other, "reserve", "tools")
        assert api.run_state(other).steps["approval"].status == "waiting"
        assert api.run_state(held).steps["reserve"].status == "ready"
    finally:
        lets_go.set()
        holder.join()
    engine.work()
    assert api.run_state(held).steps["approval"].status == "waiting"
    assert calls(engine, "stock.reserve") == 2
