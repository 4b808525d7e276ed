"""Limits, breakers and credentials: shared by all workers, and holding under races."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

import pytest
from django.db import connection, transaction

from orchestration import api, ports
from orchestration.core.limits import Limits
from orchestration.exceptions import PermanentError, TransientError
from orchestration.models import (
    Connection,
    ConnectionCredential,
    LimitSetting,
    LimitSlot,
    LimitState,
    LimitUse,
    LimitWaiter,
    StepRun,
)
from orchestration.runtime import execute, limits, tools
from orchestration.runtime.credentials import credential
from tests.integration.engine.texts import ONE_CALL
from tests.support.bench import Bench

LEASE = timedelta(minutes=1)
ORDER = "tool:erp.order"


@pytest.fixture
def bears(engine: Bench) -> Iterator[Callable[..., None]]:
    """Sets limits on the tool `erp.order`, as a person would."""

    def set_to(**numbers: float | bool) -> None:
        LimitSetting.objects.update_or_create(subject=ORDER, defaults=numbers)
        limits.refresh()

    yield set_to
    LimitSetting.objects.all().delete()
    limits.refresh()


def started(engine: Bench, count: int) -> list[str]:
    engine.publish(ONE_CALL.replace("attempts: 3", "attempts: 1"))
    return [engine.start("one-call", n=number) for number in range(count)]


def statuses() -> list[str]:
    return list(StepRun.objects.filter(path="call").order_by("pk").values_list("status", flat=True))


def test_a_step_over_the_rate_waits_for_its_own_turn_and_no_worker_waits(
    engine: Bench, bears: Callable[..., None]
) -> None:
    bears(calls=2, seconds=60)
    runs = started(engine, 5)
    assert engine.work() == 2
    assert statuses() == ["succeeded", "succeeded", "limited", "limited", "limited"]
    due = [timer.due_at - engine.clock.system for run in runs[2:] for timer in api.run_state(run).armed()]
    assert [wait.total_seconds() for wait in due] == [60, 60, 120]
    engine.clock.forward(seconds=60)
    engine.sweep()
    assert statuses().count("succeeded") == 4
    engine.clock.forward(seconds=60)
    engine.sweep()
    assert statuses() == ["succeeded"] * 5
    assert not LimitWaiter.objects.exists()
    assert api.verify_audit().ok
    assert all(api.folded(run) == api.run_state(run) for run in runs)


def test_whoever_ends_a_call_wakes_the_one_who_has_waited_longest(engine: Bench, bears: Callable[..., None]) -> None:
    bears(concurrency=1)
    runs = started(engine, 3)
    (first,) = execute.take(runs[0], "call")
    assert first is not None
    assert execute.take(runs[2], "call") == []  # the third comes before the second
    assert execute.take(runs[1], "call") == []
    limited = limits.of(first.step)
    assert limited is not None
    limits.settle(runs[0], "call", limited, limits.Call(0.1))
    assert statuses() == ["running", "limited", "ready"]
    assert execute.take(runs[1], "call") == []  # the place is kept for whoever was woken
    assert len(execute.take(runs[2], "call")) == 1


def test_nobody_overtakes_those_who_wait(engine: Bench, bears: Callable[..., None]) -> None:
    bears(calls=1, seconds=10)
    runs = started(engine, 3)
    assert len(execute.take(runs[0], "call")) == 1
    assert execute.take(runs[1], "call") == []
    engine.clock.forward(seconds=10)
    assert execute.take(runs[2], "call") == []  # it is the second's turn, though nobody has told it yet


def test_a_breaker_stops_the_calls_tries_one_and_lets_all_go(engine: Bench, bears: Callable[..., None]) -> None:
    bears(failures=2, cool_down=30)
    engine.tools["erp.order"].script = [TransientError("down")] * 2
    started(engine, 6)
    assert engine.work() == 2
    assert statuses() == ["incident", "incident", *["limited"] * 4]
    engine.clock.forward(seconds=30)
    engine.sweep()
    assert statuses() == ["incident", "incident", *["succeeded"] * 4]
    state = LimitState.objects.get(pk=ORDER)
    assert (state.open_until, state.opened, state.failures) == (None, 1, 0)


def test_a_trial_call_is_one_alone(engine: Bench, bears: Callable[..., None]) -> None:
    bears(failures=1, cool_down=30)
    engine.tools["erp.order"].script = [TransientError("down")]
    runs = started(engine, 3)
    engine.work()
    engine.clock.forward(seconds=31)
    from orchestration.runtime import sweeper

    sweeper.fire_timers()
    assert len(execute.take(runs[1], "call")) == 1
    assert execute.take(runs[2], "call") == []


def test_what_would_fail_anyway_does_not_open_the_breaker(engine: Bench, bears: Callable[..., None]) -> None:
    bears(failures=1)
    engine.tools["erp.order"].script = [PermanentError("no such supplier")]
    started(engine, 2)
    engine.work()
    assert statuses() == ["incident", "succeeded"]


def test_everybody_waits_where_the_other_side_asks_for_patience(engine: Bench, bears: Callable[..., None]) -> None:
    bears(failures=5)
    engine.tools["erp.order"].script = [TransientError("slowly", code="http_429", retry_after=40)]
    runs = started(engine, 3)
    engine.work()
    assert statuses() == ["incident", "limited", "limited"]
    (timer,) = api.run_state(runs[1]).armed()
    assert timer.due_at - engine.clock.system == timedelta(seconds=40)
    engine.clock.forward(seconds=40)
    engine.sweep()
    assert statuses() == ["incident", "succeeded", "succeeded"]


def test_the_place_of_a_worker_that_died_is_free_again(engine: Bench, bears: Callable[..., None]) -> None:
    bears(concurrency=1)
    runs = started(engine, 2)
    assert len(execute.take(runs[0], "call")) == 1
    assert execute.take(runs[1], "call") == []
    engine.clock.forward(minutes=5)
    from orchestration.runtime import sweeper

    sweeper.fire_timers()
    assert len(execute.take(runs[1], "call")) == 1


def test_errors_lower_what_is_called_at_a_time(engine: Bench, bears: Callable[..., None]) -> None:
    bears(concurrency=10, adaptive=True)
    engine.tools["erp.order"].script = [TransientError("too much")]
    started(engine, 1)
    engine.work()
    assert LimitState.objects.get(pk=ORDER).concurrency == pytest.approx(7)


def test_a_tool_declares_its_limits_and_the_settings_take_their_place(
    engine: Bench, bears: Callable[..., None]
) -> None:
    made = tools._registered["erp.order@1"]
    tools._registered["erp.order@1"] = tools.Tool(
        name=made.name, version=1, title="", function=made.function, limits=Limits(concurrency=1)
    )
    (run_id,) = started(engine, 1)
    step = api.definition_of(api.runs().get(pk=run_id).version).at("call")
    assert limits.of(step) == {ORDER: Limits(concurrency=1)}
    bears(concurrency=3)
    assert limits.of(step) == {ORDER: Limits(concurrency=3)}


def test_a_tool_without_limits_costs_no_statement(
    engine: Bench, django_assert_num_queries: Callable[..., object]
) -> None:
    (run_id,) = started(engine, 1)
    step = api.definition_of(api.runs().get(pk=run_id).version).at("call")
    with django_assert_num_queries(0):  # type: ignore[attr-defined]
        assert limits.of(step) is None


# ---- several workers -----------------------------------------------------------------------------


def at_once(threads: int, act: Callable[[int], None]) -> None:
    failed: list[BaseException] = []

    def run(number: int) -> None:
        try:
            act(number)
        except BaseException as error:  # noqa: BLE001 - raised again below
            failed.append(error)
        finally:
            connection.close()

    workers = [threading.Thread(target=partial(run, number)) for number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert not any(worker.is_alive() for worker in workers), "somebody waits for ever"
    if failed:
        raise failed[0]


def admitted(limit: Limits, run_id: uuid.UUID) -> bool:
    with transaction.atomic():
        return limits.admit(run_id, "call", {ORDER: limit}, LEASE) is None


@pytest.mark.django_db(transaction=True)
def test_never_more_than_the_limit_are_under_way_however_many_workers_race() -> None:
    limit, guard, counts = Limits(concurrency=3), threading.Lock(), [0, 0]

    def work(_: int) -> None:
        for _ in range(15):
            run_id = uuid.uuid4()
            if not admitted(limit, run_id):
                LimitWaiter.objects.filter(run_id=run_id).delete()
                continue
            with guard:
                counts[0] += 1
                counts[1] = max(counts)
            with guard:
                counts[0] -= 1
            limits.settle(run_id, "call", {ORDER: limit}, limits.Call(0.01))

    at_once(6, work)
    assert 1 <= counts[1] <= 3
    assert not LimitSlot.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_no_span_holds_more_than_the_rate_however_many_workers_race() -> None:
    limit, guard, used = Limits(calls=4, seconds=0.15), threading.Lock(), []

    def work(_: int) -> None:
        for _ in range(12):
            with transaction.atomic():
                run_id = uuid.uuid4()
                wait = limits.admit(run_id, "call", {ORDER: limit}, LEASE)
                at: datetime | None = LimitUse.objects.latest("pk").at if wait is None else None
                LimitWaiter.objects.filter(run_id=run_id).delete()
            if at is not None:
                with guard:
                    used.append(at)

    ports.bind(clock=ports.MachineClock())
    at_once(6, work)
    used.sort()
    assert len(used) >= 4
    assert all(last - first >= timedelta(seconds=0.15) for first, last in zip(used, used[4:], strict=False))


# ---- credentials ---------------------------------------------------------------------------------


@pytest.fixture
def keys(engine: Bench) -> Connection:
    made = Connection.objects.create(name="erp", kind="http", secret="own")
    for label in ("a", "b"):
        ConnectionCredential.objects.create(connection=made, label=label, secret=f"secret-{label}")
    return made


def test_the_credential_least_in_use_is_taken_and_then_the_one_longest_unused(engine: Bench, keys: Connection) -> None:
    with credential("erp") as first, credential("erp") as second:
        engine.clock.forward(seconds=1)
        with credential("erp") as third:
            assert [first.label, second.label, third.label] == ["a", "b", "a"]
    with credential("erp") as next_one:
        assert next_one.label == "b"
    assert "secret" not in repr(next_one)


def test_a_credential_that_is_refused_rests_and_the_others_go_on(engine: Bench, keys: Connection) -> None:
    with pytest.raises(PermanentError), credential("erp"):
        raise PermanentError("no", code="http_401")
    for _ in range(3):
        with credential("erp") as chosen:
            assert chosen.label == "b"
    engine.clock.forward(minutes=11)
    with credential("erp") as chosen:
        assert chosen.label == "a"


def test_where_all_were_told_to_wait_the_step_waits_for_the_first(engine: Bench, keys: Connection) -> None:
    for wait in (50, 20):
        with pytest.raises(TransientError), credential("erp"):
            raise TransientError("slowly", code="http_429", retry_after=wait)
    with pytest.raises(TransientError) as told, credential("erp"):
        pass
    assert (told.value.code, told.value.retry_after) == ("credentials_rest", 20)


def test_a_connection_without_credentials_of_its_own_has_its_secret(engine: Bench) -> None:
    Connection.objects.create(name="erp", kind="http", secret="own")
    with credential("erp") as chosen:
        assert chosen.secret == "own"
