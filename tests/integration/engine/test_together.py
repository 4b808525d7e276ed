"""Short steps that one worker leases, calls and completes together."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from orchestration import api
from orchestration.models import Attempt, StepRun
from orchestration.runtime import calls, execute, hints, pace
from orchestration.runtime.store import hold
from orchestration.runtime.together import MOST_LATE, Batch
from tests.integration.engine.texts import ONE_CALL
from tests.support.bench import Bench, bench

FIVE = """
workflow: five
title: Five calls
owner: oscar
input: {type: object, properties: {n: {type: integer}}}
steps:
  - {id: one, tool: quick.one@1, with: {n: "${ input.n }"}}
  - {id: two, tool: quick.two@1, with: {n: "${ steps.one.n }"}}
  - {id: three, tool: quick.one@1}
  - {id: four, tool: slow.one@1}
  - {id: five, tool: quick.two@1}
"""
WIDE = """
workflow: wide
title: Many branches
owner: oscar
input: {type: object, properties: {}}
steps:
  - id: all
    parallel:
      join: all
      branches:
""" + "".join(f"        b{number}: [{{id: call{number}, tool: quick.one@1}}]\n" for number in range(40))
GREEDY = """
workflow: greedy
title: A tool that eats its input
owner: oscar
input: {type: object, properties: {lines: {type: array, items: {type: integer}}}}
steps:
  - {id: one, tool: greedy.one@1, with: {lines: "${ input.lines }"}}
  - {id: two, set: {left: "${ size(input.lines) }"}}
"""
TOOLS = ("quick.one@1!", "quick.two@1!", "slow.one@1!", "erp.order@1!", "asks.first@1")


@pytest.fixture
def engine(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    known = {"quick.one@1": 0.0001, "quick.two@1": 0.0001, "erp.order@1": 0.0001, "asks.first@1": 0.0001}
    monkeypatch.setattr(pace, "_seconds", known)
    monkeypatch.setattr(pace, "learn", lambda *_: None)
    monkeypatch.setattr(hints, "send", lambda *_: None)
    with bench(*TOOLS) as made:
        made.tools["quick.one"].result = {"n": 1}
        yield made


def ready() -> list[tuple[str, str]]:
    rows = StepRun.objects.filter(status="ready").order_by("ready_at", "pk")
    return [(str(run_id), path) for run_id, path in rows.values_list("run_id", "path")]


def test_one_hint_does_the_ready_steps_of_many_runs_and_what_follows(engine: Bench) -> None:
    engine.publish(FIVE)
    runs = [engine.start("five", n=number) for number in range(10)]
    assert execute.execute(*ready()[0], "tools") == 32  # three of each, and the first run to its end
    assert [path for _, path in ready()] == ["four"] * 9
    while left := ready():
        execute.execute(*left[0], "tools")
    for run_id in runs:
        assert api.run_state(run_id).status == "succeeded"
        assert api.folded(run_id) == api.run_state(run_id)
    assert not Attempt.objects.exclude(status="succeeded").exists()
    assert Attempt.objects.count() == 50
    assert api.verify_audit().ok


def test_more_runs_cost_no_more_statements(engine: Bench) -> None:
    engine.publish(ONE_CALL)

    def statements(number: int) -> int:
        for each in range(number):
            engine.start("one-call", n=each)
        with CaptureQueriesContext(connection) as asked:
            assert execute.execute(*ready()[0], "tools") == number
        return len(asked)

    statements(1)
    alone, two = statements(1), statements(2)
    assert statements(20) == two <= alone + 1  # the runs of the others are read together


def test_the_ready_branches_of_one_run_join_in_one_transaction(engine: Bench) -> None:
    engine.publish(WIDE)
    run_id = engine.start("wide")
    leases = execute.take(*ready()[0], "tools")
    assert len(leases) == 40
    assert execute.complete([(lease, calls.Succeeded({"n": 1})) for lease in leases], go_on=True) == []
    assert api.run_state(run_id).status == "succeeded"
    assert api.folded(run_id) == api.run_state(run_id)


def test_a_run_that_was_cancelled_meanwhile_spoils_nothing_for_its_neighbours(engine: Bench) -> None:
    engine.publish(ONE_CALL)
    first, second = engine.start("one-call", n=1), engine.start("one-call", n=2)
    leases = execute.take(*ready()[0], "tools")
    assert len(leases) == 2
    api.cancel_run(run_id=first, reason="no", actor=api.SYSTEM)
    execute.complete([(lease, calls.Succeeded({})) for lease in leases], go_on=True)
    assert [api.run_state(run_id).status for run_id in (first, second)] == ["cancelled", "succeeded"]


def test_an_outcome_that_cannot_be_stored_spoils_nothing_for_its_neighbours(engine: Bench) -> None:
    engine.publish(ONE_CALL)
    first, second = engine.start("one-call", n=1), engine.start("one-call", n=2)
    leases = execute.take(*ready()[0], "tools")
    outcomes: dict[str, Any] = {first: {"id": object()}, second: {"id": 2}}
    done = [(lease, calls.Succeeded(outcomes[lease.run_id])) for lease in leases]
    execute.complete(done, go_on=True)
    assert [api.run_state(run_id).status for run_id in (first, second)] == ["running", "succeeded"]


def test_what_a_worker_has_left_itself_it_does_not_read_again(engine: Bench) -> None:
    engine.publish(FIVE)
    engine.start("five", n=1)
    (lease,) = execute.take(*ready()[0], "tools")
    with CaptureQueriesContext(connection) as asked:
        (following,) = execute.complete([(lease, calls.Succeeded({"n": 1}))], go_on=True)
    assert following.path == "two"
    reads = [query["sql"] for query in asked.captured_queries if query["sql"].startswith("SELECT")]
    assert len(reads) == 1  # under the run's lock: how far it has come
    assert "orchestration_steprun" not in reads[0]


def test_what_somebody_else_has_done_meanwhile_is_read(engine: Bench) -> None:
    engine.publish(FIVE)
    run_id = engine.start("five", n=1)
    (lease,) = execute.take(*ready()[0], "tools")
    api.pause_run(run_id=run_id, actor=api.SYSTEM, reason="Wait.")
    assert execute.complete([(lease, calls.Succeeded({"n": 1}))], go_on=True) == []
    assert api.run_state(run_id).held == ("two",)
    assert api.folded(run_id) == api.run_state(run_id)


def test_what_could_not_be_written_is_not_taken_for_written(engine: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    engine.publish(FIVE)
    run_id = engine.start("five", n=1)
    (lease,) = execute.take(*ready()[0], "tools")

    def refuse(*_: Any, **__: Any) -> None:
        raise DatabaseError("The disk is full.")

    with monkeypatch.context() as full:
        full.setattr(execute, "commit_many", refuse)
        with pytest.raises(DatabaseError):
            execute.complete([(lease, calls.Succeeded({"n": 1}))], go_on=True)
    execute.perform(execute.complete([(lease, calls.Succeeded({"n": 1}))], go_on=True))
    engine.work()
    assert api.run_state(run_id).status == "succeeded"
    assert api.folded(run_id) == api.run_state(run_id)
    assert api.verify_audit().ok


def test_a_tool_that_changes_what_it_was_given_changes_nothing_else(engine: Bench) -> None:
    @api.tool(name="greedy.one", version=1, idempotent=True)
    def greedy(given: Any, call: api.ToolCall) -> dict[str, Any]:
        given["lines"].clear()
        return {}

    engine.publish(GREEDY)
    run_id = engine.start("greedy", lines=[1, 2])
    engine.work()
    state = api.run_state(run_id)
    assert state.steps["one"].input == {"lines": [1, 2]}
    assert state.steps["two"].result == {"left": 2}
    assert api.folded(run_id) == state


def test_a_tool_whose_calls_may_not_be_repeated_goes_alone(engine: Bench) -> None:
    engine.publish(ONE_CALL.replace("erp.order@1", "asks.first@1"))
    for number in range(3):
        engine.start("one-call", n=number)
    assert len(execute.take(*ready()[0], "tools")) == 1


def test_a_tool_that_nobody_has_called_yet_goes_alone(engine: Bench) -> None:
    engine.publish(ONE_CALL.replace("erp.order@1", "slow.one@1"))
    for number in range(3):
        engine.start("one-call", n=number)
    assert len(execute.take(*ready()[0], "tools")) == 1


def test_whoever_leaves_a_ready_step_wakes_the_next_worker(
    engine: Bench, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    engine.publish(ONE_CALL.replace("erp.order@1", "slow.one@1"))
    runs = [engine.start("one-call", n=number) for number in range(3)]
    sent: list[tuple[str, str, str]] = []
    monkeypatch.setattr(hints, "send", lambda *hint: sent.append(hint))
    with django_capture_on_commit_callbacks(execute=True):
        execute.take(*ready()[0], "tools")
    assert sent == [(runs[1], "call", "tools")]


def test_hints_that_come_thick_and_fast_are_two(monkeypatch: pytest.MonkeyPatch) -> None:
    published: list[str] = []
    last = threading.Event()

    def publish(run_id: str, path: str, queue: str) -> None:
        published.append(run_id)
        if len(published) == 2:
            last.set()

    monkeypatch.setattr(hints, "_publish", publish)
    monkeypatch.setattr(hints, "APART", 0.2)
    monkeypatch.setattr(hints, "_sent_at", {})
    for number in range(100):
        hints.send(str(number), "call", "tools")
    assert published == ["0"]
    assert last.wait(5)
    assert published == ["0", "1"]


@pytest.mark.django_db(transaction=True)
def test_a_call_that_turns_out_long_holds_up_no_other(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "_seconds", {"erp.order@1": 0.0001})
    monkeypatch.setattr(hints, "send", lambda *_: None)
    with bench("erp.order@1!") as made:
        made.publish(ONE_CALL)
        runs = [made.start("one-call", n=number) for number in range(6)]
        order, others_done, may_end = made.tools["erp.order"], threading.Event(), threading.Event()

        def third_is_long() -> None:
            if len(order.calls) == 3:
                assert may_end.wait(20)

        order.before = third_is_long
        worker = threading.Thread(target=_work_and_close, args=(ready()[0],))
        worker.start()
        until = time.monotonic() + 20
        while not others_done.is_set() and time.monotonic() < until:
            if Attempt.objects.filter(status="succeeded").count() == 5:
                others_done.set()
            time.sleep(0.01)
        may_end.set()
        worker.join(20)
        assert others_done.is_set()
        assert [api.run_state(run_id).status for run_id in runs] == ["succeeded"] * 6
        assert len(order.calls) == 6


def test_calls_of_a_kind_that_all_hang_take_a_few_threads_and_hold_up_no_other_kind() -> None:
    made: list[str] = []
    given_back: list[str] = []
    other, may_end = threading.Event(), threading.Event()

    def call(lease: str) -> str:
        made.append(lease)
        if lease == "hangs":
            may_end.wait(20)
        else:
            other.set()
        return lease

    def perform(hanging: str, done: Any, left: list[str], back: list[str]) -> None:
        given_back.extend(back)
        while left:
            _, left = Batch(left, call, perform, str).perform()

    worker = threading.Thread(target=perform, args=("", [], [*["hangs"] * 30, "another"], []))
    worker.start()
    assert other.wait(20)
    assert made.count("hangs") == MOST_LATE
    may_end.set()
    worker.join(20)
    assert given_back == ["hangs"] * (30 - MOST_LATE)


def test_what_is_given_back_is_done_by_whoever_takes_it_next_and_costs_no_attempt(engine: Bench) -> None:
    engine.publish(ONE_CALL)
    run_id = engine.start("one-call", n=1)
    (lease,) = execute.take(run_id, "call", "tools")
    execute.give_back([lease])
    assert api.run_state(run_id).steps["call"].status == "ready"
    assert execute.complete([(lease, calls.Succeeded({}))], go_on=False) == []  # the lease is gone
    engine.work()
    assert api.run_state(run_id).status == "succeeded"
    assert list(Attempt.objects.order_by("number").values_list("status", flat=True)) == ["returned", "succeeded"]
    assert len(engine.tools["erp.order"].calls) == 1


def test_what_is_given_back_of_a_run_that_was_cancelled_meanwhile_stays_cancelled(engine: Bench) -> None:
    engine.publish(ONE_CALL)
    run_id = engine.start("one-call", n=1)
    (lease,) = execute.take(run_id, "call", "tools")
    api.cancel_run(run_id=run_id, reason="not needed", actor=api.SYSTEM)
    execute.give_back([lease])
    assert api.run_state(run_id).status == "cancelled"


def test_what_waited_until_its_lease_ran_out_is_not_called(engine: Bench) -> None:
    engine.publish(ONE_CALL)
    run_id = engine.start("one-call", n=1)
    (lease,) = execute.take(run_id, "call", "tools")
    assert execute.perform([replace(lease, until=time.monotonic())]) == 0
    assert not engine.tools["erp.order"].calls


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_ready_step_whose_run_somebody_holds_is_hinted_again(engine: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    engine.publish(ONE_CALL)
    gone, run_id = engine.start("one-call", n=1), engine.start("one-call", n=2)
    execute.execute(gone, "call")
    sent: list[Any] = []
    monkeypatch.setattr(hints, "send", lambda *hint: sent.append(hint))
    with transaction.atomic():
        hold(run_id)
        worker = threading.Thread(target=_work_and_close, args=((gone, "call"),))
        worker.start()
        worker.join(20)
    assert sent == [(run_id, "call", "tools")]


def _work_and_close(hint: tuple[str, str]) -> None:
    try:
        execute.execute(*hint, "tools")
    finally:
        connection.close()
