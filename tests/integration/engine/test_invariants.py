"""The invariants that need a database, in the words of docs/engine.md."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from orchestration import api
from orchestration.core.effects import ReviewRequest
from orchestration.models import Attempt, AuditEvent, OutboxMessage, Run, StepRun, Timer
from orchestration.runtime import calls, execute, outbox, sweeper
from tests.integration.engine.texts import ONE_CALL, ONE_REVIEW, PURCHASE, PURCHASE_TOOLS
from tests.support.bench import Bench, bench

pytestmark = pytest.mark.django_db(transaction=True)

TABLES = (Run, StepRun, Attempt, Timer, AuditEvent, OutboxMessage)


class KilledError(BaseException):
    """Stands for a process that dies: nothing catches it on its way."""


@pytest.fixture
def engine(transactional_db: None) -> Iterator[Bench]:
    with bench(*PURCHASE_TOOLS) as made:
        yield made


def everything() -> dict[str, list[Any]]:
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in TABLES}


def die(*_: Any, **__: Any) -> None:
    raise KilledError


def test_a_state_change_commits_together_with_its_events_messages_and_timers_or_not_at_all(
    engine: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.publish(PURCHASE)
    run_id = engine.start("purchase", request="R-1", requester="ann@example.com", amount=1)
    execute.execute(run_id, "gather/budget/budget")
    (lease,) = execute.take(run_id, "gather/supplier/history")
    assert lease is not None
    before = everything()

    def message_then_die(request: ReviewRequest) -> None:
        api.send_later(topic="test", key=request.key, payload={})
        die()

    monkeypatch.setattr(engine.desk, "open", message_then_die)
    with pytest.raises(KilledError):
        execute.complete([(lease, calls.Succeeded({"orders": 1}))], go_on=True)
    assert everything() == before
    monkeypatch.undo()
    execute.complete([(lease, calls.Succeeded({"orders": 1}))], go_on=True)
    assert everything() != before


def test_no_call_to_the_outside_happens_inside_a_transaction(engine: Bench) -> None:
    seen: list[bool] = []
    for tool in engine.tools.values():
        tool.before = lambda: seen.append(connection.in_atomic_block)
    engine.publish(PURCHASE)
    run_id = engine.start("purchase", request="R-1", requester="ann@example.com", amount=1)
    engine.work()
    engine.decide(run_id, "approval", "approve", undo=0)
    engine.work()
    assert seen == [False, False, False]


@pytest.mark.parametrize("instant", ["before the lease", "after the lease", "in the call", "before the commit"])
def test_a_step_whose_worker_died_is_done_again_under_the_same_key(
    engine: Bench, monkeypatch: pytest.MonkeyPatch, instant: str
) -> None:
    engine.publish(ONE_CALL)
    run_id = engine.start("one-call", n=1)
    order = engine.tools["erp.order"]
    match instant:
        case "before the lease":
            monkeypatch.setattr(execute, "commit_many", die)
        case "after the lease":
            monkeypatch.setattr(calls, "call", die)
        case "in the call":
            order.before = die
        case "before the commit":
            monkeypatch.setattr(execute, "complete", die)
    with pytest.raises(KilledError):
        execute.execute(run_id, "call")
    monkeypatch.undo()
    order.before = None
    engine.clock.forward(minutes=1)
    engine.sweep()
    engine.clock.forward(seconds=5)
    engine.sweep()
    assert api.run_state(run_id).status == "succeeded"
    assert set(order.keys) == {f"{run_id}:call"}
    assert StepRun.objects.get(run_id=run_id, path="call").status == "succeeded"


def test_an_open_run_that_nothing_can_move_on_is_reported(engine: Bench) -> None:
    engine.publish(ONE_REVIEW)
    engine.publish(ONE_CALL)
    waiting, ready = engine.start("one-review"), engine.start("one-call", n=1)
    assert sweeper.report_stuck() == []
    StepRun.objects.filter(run_id=ready).update(status="waiting")
    assert sweeper.report_stuck() == [ready]
    assert waiting != ready


def test_a_hint_that_was_lost_is_repeated_until_somebody_takes_the_step(
    engine: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[tuple[str, str]] = []
    monkeypatch.setattr("orchestration.runtime.hints.send", lambda run_id, path, queue: sent.append((path, queue)))
    engine.publish(ONE_CALL)
    run_id = engine.start("one-call", n=1)
    sent.clear()
    assert sweeper.repeat_hints() == 0
    engine.clock.forward(seconds=4)
    assert sweeper.repeat_hints() == 1
    assert sent == [("call", "tools")]
    execute.execute(run_id, "call")
    engine.clock.forward(seconds=4)
    assert sweeper.repeat_hints() == 0


def test_a_message_that_could_not_be_sent_stays_and_is_tried_again(engine: Bench) -> None:
    tries: list[str] = []

    @api.on_topic("flaky")
    def send(payload: Any, key: str) -> None:
        tries.append(key)
        if len(tries) == 1:
            raise ConnectionError("away")

    api.send_later(topic="flaky", key="k-1", payload={})
    api.send_later(topic="flaky", key="k-1", payload={})
    assert OutboxMessage.objects.count() == 1
    OutboxMessage.objects.update(available_at=engine.clock.system)
    assert outbox.send_due() == 0
    message = OutboxMessage.objects.get()
    assert (message.attempts, message.last_error) == (1, "ConnectionError: away")
    engine.clock.forward(minutes=1)
    assert outbox.send_due() == 1
    assert (tries, OutboxMessage.objects.count()) == (["k-1", "k-1"], 0)
