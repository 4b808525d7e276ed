"""Undo windows that are closed where the next step is called, and by the sweeper where nobody does that."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction

from orchestration import api
from orchestration.models import Attempt
from orchestration.runtime import closers, execute, hints, sweeper
from orchestration.runtime.store import hold
from tests.support.bench import ALICE, Bench, Hurried, bench

DECIDED = """
workflow: decided
title: Decided
owner: oscar
input: {type: object, properties: {}}
steps:
  - id: approval
    review: {outcomes: [approve, reject], assign: {queue: finance}}
  - id: way
    switch:
      - when: "${ steps.approval.outcome == 'approve' }"
        steps: [{id: call, tool: t@1}, {id: next, tool: t@1}]
      - otherwise: true
        steps: [{id: think, ai: thinks, with: {}}]
  - {end: done}
"""


@pytest.fixture
def engine(db: None) -> Iterator[Bench]:
    with bench("t@1!") as made:
        outcomes = [{"id": "approve", "label": "Approve"}]
        api.save_decision_point(name="thinks", title="T", kind="recommend", prompt="?", outcomes=outcomes, actor=ALICE)
        made.publish(DECIDED)
        yield made


@pytest.fixture
def hinted(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    sent: list[Any] = []
    monkeypatch.setattr(hints, "send", lambda *hint: sent.append(hint))
    return sent


def decided(engine: Bench, outcome: str = "approve") -> str:
    run_id = engine.start("decided")
    engine.decide(run_id, "approval", outcome, undo=1)
    return run_id


def test_what_follows_a_decision_is_leased_as_its_undo_window_closes(
    engine: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = decided(engine)
    leased: list[execute.Lease] = []
    monkeypatch.setattr(closers, "perform", leased.extend)
    engine.clock.forward(seconds=1)
    engine.close("tools")
    assert [lease.path for lease in leased] == ["way/0/call"]
    assert api.run_state(run_id).steps["way/0/call"].status == "running"
    assert Attempt.objects.get(run_id=run_id).lease_token == leased[0].token
    assert ("closed", "approval", "approve", False) in engine.desk.told


def test_the_run_goes_on_in_the_worker_that_has_closed(engine: Bench, hinted: list[Any]) -> None:
    run_id = decided(engine)
    engine.clock.forward(seconds=1)
    assert engine.close("tools") == 2
    assert api.run_state(run_id).outcome == "done"
    assert engine.tools["t"].keys == [f"{run_id}:way/0/call", f"{run_id}:way/0/next"]
    assert not hinted


def test_a_window_that_is_open_stays_open(engine: Bench) -> None:
    run_id = decided(engine)
    engine.clock.forward(seconds=0.9)
    assert engine.close("tools") == 0
    assert api.run_state(run_id).steps["approval"].status == "waiting"


def test_a_decision_that_was_taken_back_closes_nothing(engine: Bench) -> None:
    run_id = decided(engine)
    closer = closers.Closers(("tools",))
    closer.take_turn(Hurried())
    api.take_back_decision(run_id=run_id, key="approval", actor=ALICE)
    engine.clock.forward(seconds=1)
    assert closer.take_turn(Hurried()) == 0
    assert "review.closed" not in engine.kinds(run_id)


def test_what_leads_to_another_pool_is_left_to_it(engine: Bench) -> None:
    run_id = decided(engine, "reject")
    engine.clock.forward(seconds=1)
    assert engine.close("tools") == 0
    assert "review.closed" not in engine.kinds(run_id)
    assert engine.close("ai") == 1
    assert api.run_state(run_id).outcome == "done"


def test_what_has_happened_since_it_was_foreseen_counts(engine: Bench) -> None:
    run_id = decided(engine)
    closer = closers.Closers(("tools",))
    closer.take_turn(Hurried())
    api.record_run_event(run_id=run_id, kind="desk.commented", data={"key": "approval"}, actor=ALICE)
    engine.clock.forward(seconds=1)
    assert closer.take_turn(Hurried()) == 2
    assert api.run_state(run_id).outcome == "done"
    assert api.verify_audit().ok


def test_many_that_close_at_once_are_all_called(engine: Bench, hinted: list[Any]) -> None:
    """What one worker does not take on is hinted, and found ready."""
    runs = [decided(engine) for _ in range(closers.TOGETHER + 2)]
    engine.clock.forward(seconds=1)
    closer = closers.Closers(("tools",))
    closer.take_turn(Hurried())
    closer.take_turn(Hurried())
    engine.work()
    assert {api.run_state(run_id).outcome for run_id in runs} == {"done"}
    assert len(set(engine.tools["t"].keys)) == len(engine.tools["t"].keys) == 2 * len(runs)


def test_the_sweeper_closes_what_no_worker_has_closed(engine: Bench) -> None:
    open_still, closed_already = decided(engine), decided(engine)
    engine.clock.forward(seconds=2)
    coming = sweeper._coming()
    found = closers.foreseen(closers._coming(engine.clock.system), ("tools",))
    ours = {closing: held for closing, held in found.items() if str(closing.run_id) == closed_already}
    closers.close(ours, ("tools",))
    assert [str(timer.run_id) for timer in sweeper._still_armed(coming)] == [open_still]
    sweeper.fire_until(Hurried())
    assert "review.closed" in engine.kinds(open_still)


def test_a_closing_that_cannot_be_foreseen_is_left_to_the_sweeper(
    engine: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("broken")

    run_id = decided(engine)
    monkeypatch.setattr(closers, "consider", broken)
    engine.clock.forward(seconds=1)
    assert engine.close("tools") == 0
    engine.sweep()
    assert api.run_state(run_id).outcome == "done"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_a_run_that_somebody_else_holds(engine: Bench) -> None:
    run_id = decided(engine)
    engine.clock.forward(seconds=1)
    made: list[int] = []

    def close() -> None:
        made.append(engine.close("tools"))
        connection.close()

    with transaction.atomic():
        hold(run_id)
        thread = threading.Thread(target=close)
        thread.start()
        thread.join(20)
    assert made == [0]
    engine.sweep()
    assert api.run_state(run_id).outcome == "done"
