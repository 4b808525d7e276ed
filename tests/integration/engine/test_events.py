"""Events: who is told, once, and what came too early or in the middle."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F

from orchestration import api
from orchestration.exceptions import InvalidInput, NotFound
from orchestration.models import InboxMessage, OutboxMessage, ReceivedEvent
from orchestration.runtime import events, outbox
from tests.support.bench import OSCAR, Bench

PAID = """
workflow: paid
input: {type: object, properties: {invoice: {type: string}}}
steps:
  - {id: ask, tool: erp.order@1}
  - id: paid
    wait: {event: invoice.paid, key: "${ input.invoice }", unanswered: {after: 30d, outcome: unpaid}}
  - {id: again, wait: {event: invoice.paid, key: "${ input.invoice }"}}
  - {end: done}
"""
TRIGGERED = """
workflow: triggered
input: {type: object, required: [sum], properties: {sum: {type: number}}}
triggers: [{event: invoice.paid}]
steps:
  - {id: paid, wait: {event: invoice.paid, key: I-1}}
"""
MAPPED = """
workflow: mapped
input: {type: object, properties: {invoice: {type: string}, sum: {type: number}}}
triggers: [{event: {name: invoice.paid, map: {invoice: "${ message.key }", sum: "${ message.payload.sum }"}}}]
steps: [{end: done}]
"""
TELLS = """
workflow: tells
input: {type: object, properties: {invoice: {type: string}}}
steps:
  - {id: tell, emit: {event: invoice.paid, key: "${ input.invoice }", with: {sum: 12.5}}}
"""


@pytest.fixture
def office(engine: Bench) -> Bench:
    engine.publish(PAID)
    engine.publish(TELLS)
    return engine


def send(event_id: str | None, key: str = "I-1", **payload: Any) -> api.Sent:
    sent = api.send_event(name="invoice.paid", key=key, payload=payload, actor=OSCAR, event_id=event_id)
    deliver()
    return sent


def deliver() -> None:
    while OutboxMessage.objects.filter(available_at__lte=F("available_at")).exists() and outbox.send_due():
        pass


def statuses(run_id: str) -> dict[str, str]:
    return {path: step.status for path, step in api.run_state(run_id).steps.items()}


def test_an_event_moves_on_the_runs_that_wait_for_its_key_and_no_others(office: Bench) -> None:
    runs = [office.start("paid", invoice=invoice) for invoice in ("I-1", "I-1", "I-2")]
    office.work()
    send("e1", sum=3)
    assert [statuses(run)["paid"] for run in runs] == ["succeeded", "succeeded", "waiting"]
    assert api.run_state(runs[0]).steps["paid"].result["payload"] == {"sum": 3}
    assert api.folded(runs[0]) == api.run_state(runs[0])


def test_the_same_event_twice_counts_once(office: Bench) -> None:
    run = office.start("paid", invoice="I-1")
    office.work()
    assert [send("e1").created, send("e1").created] == [True, False]
    assert statuses(run)["again"] == "waiting"
    send("e2")
    assert api.run_state(run).status == "succeeded"
    assert InboxMessage.objects.filter(run_id=run).count() == 2


def test_an_event_delivered_twice_counts_once(office: Bench) -> None:
    run = office.start("paid", invoice="I-1")
    office.work()
    send("e1")
    events._deliver({"event": ReceivedEvent.objects.get().pk}, "")
    assert statuses(run)["again"] == "waiting"


def test_an_event_that_came_before_the_wait_was_armed_is_not_lost(office: Bench) -> None:
    run = office.start("paid", invoice="I-1")
    office.clock.forward(seconds=1)
    send("e1")
    assert statuses(run) == {"ask": "ready"}
    office.work()
    assert statuses(run) == {"ask": "succeeded", "paid": "succeeded", "again": "waiting"}


def test_an_event_from_before_the_run_is_not_its_own(office: Bench) -> None:
    send("e1")
    office.clock.forward(seconds=1)
    run = office.start("paid", invoice="I-1")
    office.work()
    assert statuses(run)["paid"] == "waiting"


def test_an_event_received_in_time_wins_though_it_is_delivered_after_the_timer_is_due(office: Bench) -> None:
    run = office.start("paid", invoice="I-1")
    office.work()
    office.clock.forward(days=29)
    api.send_event(name="invoice.paid", key="I-1", payload={}, actor=OSCAR, event_id="e1")
    office.clock.forward(days=2)
    office.sweep()
    assert api.run_state(run).steps["paid"].result["outcome"] == "received"


def test_an_event_received_too_late_finds_the_wait_over(office: Bench) -> None:
    run = office.start("paid", invoice="I-1")
    office.work()
    office.clock.forward(days=31)
    send("e1")
    results = {path: step.result for path, step in api.run_state(run).steps.items()}
    assert (results["paid"]["outcome"], results["again"]["outcome"]) == ("unpaid", "received")


def test_what_one_run_emits_moves_another_one_on(office: Bench) -> None:
    waits = office.start("paid", invoice="I-1")
    office.work()
    office.clock.forward(seconds=1)
    office.start("tells", invoice="I-1")
    deliver()
    assert api.run_state(waits).steps["paid"].result["payload"] == {"sum": 12.5}


def test_an_event_starts_the_workflows_that_it_triggers_once(office: Bench) -> None:
    office.publish(TRIGGERED)
    office.publish(MAPPED)
    send("e1", sum=3)
    send("e1", sum=3)
    events._deliver({"event": ReceivedEvent.objects.get().pk}, "")
    runs = {run.workflow.name: run for run in api.runs()}
    assert api.runs().count() == 2
    assert runs["triggered"].input == {"sum": 3.0}
    assert runs["mapped"].input == {"invoice": "I-1", "sum": 3.0}
    assert runs["mapped"].source == "event:invoice.paid"


def test_what_began_a_run_is_not_what_a_wait_in_it_waits_for(office: Bench) -> None:
    office.publish(TRIGGERED)
    send("e1", sum=3)
    run = str(api.runs().get().pk)
    assert statuses(run)["paid"] == "waiting"
    send("e2", sum=4)
    assert statuses(run)["paid"] == "succeeded"


def test_an_event_that_does_not_fit_the_input_is_kept_with_the_reason(office: Bench) -> None:
    office.publish(TRIGGERED)
    send("e1", colour="red")
    assert not api.runs().exists()
    (refusal,) = ReceivedEvent.objects.get().refusals
    assert refusal["workflow"] == "triggered"
    assert refusal["faults"][0]["path"] == "/"
    (row,) = api.stuck("event")
    assert (row.what, row.since) == ("invoice.paid I-1", office.clock.process)
    assert row.why.startswith("It did not start triggered: /: 'sum' is a required property")


def refused(office: Bench) -> int:
    office.publish(TRIGGERED)
    send("e1", colour="red")
    return ReceivedEvent.objects.get().pk


def test_a_refused_event_starts_its_run_once_the_workflow_fits(office: Bench) -> None:
    event = refused(office)
    assert not api.start_refused_again(event_id=event, actor=OSCAR)
    assert api.stuck_counts()["event"] == 1
    office.publish(TRIGGERED.replace("required: [sum], ", ""))
    assert api.start_refused_again(event_id=event, actor=OSCAR)
    assert api.runs().get().input == {"colour": "red"}
    assert api.stuck("event") == []
    with pytest.raises(NotFound):
        api.start_refused_again(event_id=event, actor=OSCAR)
    assert [entry.data["started"] for entry in api.chain_entries("event:invoice.paid")] == [False, True]


def test_a_refused_event_is_dropped_with_a_reason_and_what_it_said_is_kept(office: Bench) -> None:
    api.drop_refused(event_id=refused(office), reason="a test of theirs", actor=OSCAR)
    assert api.stuck("event") == []
    (entry,) = api.chain_entries("event:invoice.paid")
    assert (entry.kind, entry.data["reason"]) == ("event.dropped", "a test of theirs")
    assert entry.values == {"payload": {"colour": "red"}}


def test_a_refused_event_is_not_forgotten_before_somebody_has_seen_to_it(office: Bench) -> None:
    event = refused(office)
    office.clock.forward(days=91)
    assert events.forget_old_events() == 0
    api.drop_refused(event_id=event, reason="too old", actor=OSCAR)
    assert events.forget_old_events() == 1


def test_an_event_with_no_name_or_key_is_refused_with_its_faults() -> None:
    with pytest.raises(InvalidInput) as refused:
        api.send_event(name="Invoice paid", key="", payload={}, actor=OSCAR)
    assert [fault["path"] for fault in refused.value.faults] == ["/name", "/key"]


def test_events_are_forgotten_when_they_are_old(office: Bench) -> None:
    send("e1")
    office.clock.forward(days=91)
    send("e2")
    assert events.forget_old_events() == 1
    assert ReceivedEvent.objects.get().event_id == "e2"


def test_who_waits_is_found_through_the_index(office: Bench) -> None:
    event = ReceivedEvent(name="invoice.paid", key="I-1")
    waiting = events._waiting_for(event)
    options = {"format": "text"} if connection.vendor == "postgresql" else {}
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
    assert "step_run_awaits" in waiting.order_by().explain(**options)


@pytest.mark.django_db(transaction=True)
def test_whoever_sends_and_whoever_arms_the_wait_never_miss_each_other(engine: Bench) -> None:
    """Twenty times, at a barrier: whichever comes first, the run is moved on."""
    engine.publish(PAID)
    engine.clock.forward(seconds=1)
    for number in range(20):
        key = f"I-{number}"
        run = engine.start("paid", invoice=key)
        engine.clock.forward(seconds=1)
        _at_once(engine.work, lambda key=key: api.send_event(name="invoice.paid", key=key, payload={}, actor=OSCAR))
        deliver()
        assert statuses(run)["paid"] == "succeeded"


def _at_once(*acts: Any) -> None:
    barrier = threading.Barrier(len(acts))

    def one(act: Any) -> None:
        try:
            barrier.wait(10)
            act()
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)


def test_a_months_wait_holds_nothing_but_its_row(office: Bench) -> None:
    run = office.start("paid", invoice="I-1")
    office.work()
    (timer,) = api.run_timers(run)
    assert timer.due_at - office.clock.process == timedelta(days=30)
    assert api.run_state(run).status == "running"
