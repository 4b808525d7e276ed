"""Several at once: real threads with connections of their own, on either database."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from django.db import connection

from orchestration import api
from orchestration.exceptions import OrchestrationError
from orchestration.models import StepRun
from orchestration.runtime import execute
from orchestration.runtime.advance import fire
from tests.integration.engine.texts import ONE_CALL, ONE_REVIEW, PURCHASE, PURCHASE_TOOLS
from tests.support.bench import ALICE, OSCAR, Bench, bench

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 20


@pytest.fixture
def engine(transactional_db: None) -> Iterator[Bench]:
    with bench(*PURCHASE_TOOLS) as made:
        yield made


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Runs all at a barrier. Gives what each returned, or the product's error that it raised."""
    barrier = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(index: int, act: Callable[[], Any]) -> None:
        try:
            barrier.wait(10)
            results[index] = act()
        except OrchestrationError as error:
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(index, act)) for index, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    return results


def test_two_branches_that_finish_together_join_once(engine: Bench) -> None:
    engine.publish(PURCHASE)
    for round_ in range(ROUNDS):
        run_id = engine.start("purchase", request=f"R-{round_}", requester="ann@example.com", amount=1)
        together(
            partial(execute.execute, run_id, "gather/budget/budget"),
            partial(execute.execute, run_id, "gather/supplier/history"),
        )
        joined = [entry for entry in api.timeline(run_id) if entry.kind == "step.joined"]
        assert [entry.data["scope"]["open"] for entry in joined] == [1, 0]
        assert api.run_state(run_id).steps["approval"].status == "waiting"
    assert len(engine.desk.opened) == ROUNDS


def test_a_hint_that_several_workers_got_leads_to_one_call(engine: Bench) -> None:
    engine.publish(ONE_CALL)
    for _ in range(ROUNDS):
        run_id = engine.start("one-call", n=1)
        together(*[partial(execute.execute, run_id, "call")] * 4)
    assert len(engine.tools["erp.order"].calls) == ROUNDS
    assert not StepRun.objects.exclude(status="succeeded").exists()


def test_an_event_that_comes_several_times_at_once_starts_one_run(engine: Bench) -> None:
    engine.publish(ONE_REVIEW)

    def arrive() -> Any:
        return api.start_run(workflow="one-review", input={}, actor=OSCAR, source="test", event_id="evt-1")

    started = together(*[arrive] * 6)
    assert len({result.run_id for result in started}) == 1
    assert [result.created for result in started].count(True) == 1
    assert len(engine.desk.opened) == 1


def test_a_decision_a_timer_and_a_cancellation_have_one_winner_and_the_others_are_told(engine: Bench) -> None:
    engine.publish(ONE_REVIEW)
    for _ in range(ROUNDS):
        run_id = engine.start("one-review")
        engine.clock.forward(days=2, seconds=1)

        def decide(run_id: str = run_id) -> Any:
            return api.decide_review(
                run_id=run_id, key="approval", outcome="approve", fields={}, actor=ALICE, undo_seconds=0
            )

        together(
            decide,
            partial(fire, run_id, "approval:unanswered", 1),
            partial(api.cancel_run, run_id=run_id, reason="race", actor=OSCAR),
        )
        state = api.run_state(run_id)
        assert state.status in ("succeeded", "cancelled")
        assert [entry.kind for entry in api.timeline(run_id)].count("run.ended") == 1
        assert state.outcome in ("reject", "cancelled")  # the timer was due first, so no decision beats it
    assert api.verify_audit().ok


def test_two_who_decide_at_once_are_one_decision_and_one_refusal(engine: Bench) -> None:
    engine.publish(ONE_REVIEW)
    for _ in range(ROUNDS):
        run_id = engine.start("one-review")

        def decide(outcome: str, run_id: str = run_id) -> Any:
            return api.decide_review(
                run_id=run_id, key="approval", outcome=outcome, fields={}, actor=ALICE, undo_seconds=10
            )

        results = together(partial(decide, "approve"), partial(decide, "reject"))
        assert sum(isinstance(result, OrchestrationError) for result in results) == 1
        assert [entry.kind for entry in api.timeline(run_id)].count("review.decided") == 1
