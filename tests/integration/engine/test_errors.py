"""Errors: classed, retried where that is safe, and before a person where it is not."""

from __future__ import annotations

from datetime import timedelta

from orchestration import api
from orchestration.exceptions import AmbiguousError, PermanentError, TransientError
from orchestration.models import Attempt, StepRun
from orchestration.runtime import calls, execute, sweeper
from tests.integration.engine.texts import ONE_CALL
from tests.support.bench import Bench


def one_call(engine: Bench, *script: Exception) -> str:
    engine.tools["erp.order"].script = list(script)
    engine.publish(ONE_CALL)
    run_id = engine.start("one-call", n=1)
    engine.work()
    return run_id


def test_a_transient_error_is_tried_again_under_the_same_key_after_its_wait(engine: Bench) -> None:
    run_id = one_call(engine, TransientError("busy"), TransientError("busy"))
    order = engine.tools["erp.order"]
    engine.clock.forward(seconds=0.9)
    engine.sweep()
    assert len(order.calls) == 1
    for _ in range(2):
        engine.clock.forward(seconds=2)
        engine.sweep()
    assert len(order.calls) == 3
    assert set(order.keys) == {f"{run_id}:call"}
    assert api.run_state(run_id).status == "succeeded"


def test_what_the_other_side_asked_for_is_the_least_that_is_waited(engine: Bench) -> None:
    run_id = one_call(engine, TransientError("busy", retry_after=30))
    (timer,) = api.run_state(run_id).armed()
    assert timer.due_at - engine.clock.system == timedelta(seconds=30)


def test_exhausted_retries_end_in_front_of_a_person_who_retries(engine: Bench) -> None:
    run_id = one_call(engine, *[TransientError("down")] * 3)
    for _ in range(3):
        engine.clock.forward(seconds=5)
        engine.sweep()
    (request,) = engine.desk.opened
    assert (request.kind, request.key) == ("incident", "call!1")
    assert request.incident is not None
    assert request.incident["error"]["message"] == "down"
    assert [outcome["id"] for outcome in request.outcomes] == ["retry", "retry_corrected", "skip", "fail"]
    engine.decide(run_id, "call!1", "retry", undo=0)
    engine.work()
    assert api.run_state(run_id).status == "succeeded"
    assert len(engine.tools["erp.order"].calls) == 4


def test_a_permanent_error_is_not_retried_but_may_be_with_corrected_input(engine: Bench) -> None:
    run_id = one_call(engine, PermanentError("no such supplier"))
    assert len(engine.tools["erp.order"].calls) == 1
    engine.decide(run_id, "call!1", "retry_corrected", undo=0, n=7)
    engine.work()
    given, call = engine.tools["erp.order"].calls[-1]
    assert given == {"n": 7}
    assert call.idempotency_key == f"{run_id}:call:1"


def test_a_second_incident_of_a_step_has_a_key_of_its_own(engine: Bench) -> None:
    run_id = one_call(engine, PermanentError("one"), PermanentError("two"))
    engine.decide(run_id, "call!1", "retry", undo=0)
    engine.work()
    assert [request.key for request in engine.desk.opened] == ["call!1", "call!2"]


def test_an_incident_that_a_person_lets_fail_fails_the_run(engine: Bench) -> None:
    run_id = one_call(engine, PermanentError("no"))
    engine.decide(run_id, "call!1", "fail", undo=0)
    state = api.run_state(run_id)
    assert (state.status, state.error and state.error["message"]) == ("failed", "no")


def test_an_ambiguous_outcome_is_asked_about_where_the_tool_cannot_say(engine: Bench) -> None:
    engine.tools["mail.tell"].script = [AmbiguousError("silence")]
    engine.publish(ONE_CALL.replace("erp.order@1", "mail.tell@1"))
    engine.start("one-call", n=1)
    engine.work()
    assert len(engine.tools["mail.tell"].calls) == 1
    assert [request.kind for request in engine.desk.opened] == ["incident"]


def test_an_expression_that_steers_and_fails_is_an_incident_with_what_it_saw(engine: Bench) -> None:
    engine.publish(ONE_CALL.replace('n: "${ input.n }"', 'n: "${ 1 / (input.n - 1) }"'))
    engine.start("one-call", n=1)
    (request,) = engine.desk.opened
    assert request.incident is not None
    assert request.incident["error"]["code"] == "expression"
    assert "input.n" in request.incident["error"]["expression"]


def test_only_the_holder_of_the_current_lease_completes_an_attempt(engine: Bench) -> None:
    engine.publish(ONE_CALL)
    run_id = engine.start("one-call", n=1)
    (first,) = execute.take(run_id, "call")
    engine.clock.forward(minutes=5)
    sweeper.lose_expired_leases()
    engine.clock.forward(seconds=5)
    sweeper.fire_timers()
    (second,) = execute.take(run_id, "call")
    assert execute.complete([(first, calls.Succeeded({"id": "late"}))], go_on=True) == []
    assert StepRun.objects.get(run_id=run_id, path="call").status == "running"
    execute.complete([(second, calls.Succeeded({"id": "PO-2"}))], go_on=True)
    assert StepRun.objects.get(run_id=run_id, path="call").result == {"id": "PO-2"}
    assert list(Attempt.objects.filter(run_id=run_id).values_list("status", flat=True)) == ["lost", "succeeded"]


def test_a_step_is_leased_once_however_many_hints_there_are(engine: Bench) -> None:
    engine.publish(ONE_CALL)
    run_id = engine.start("one-call", n=1)
    assert len(execute.take(run_id, "call")) == 1
    assert execute.take(run_id, "call") == []
