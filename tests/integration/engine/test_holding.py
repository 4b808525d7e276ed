"""Pausing a whole workflow, and runs that pause with the run that started them."""

from __future__ import annotations

from typing import Any

import pytest

from orchestration import api
from orchestration.exceptions import InvalidTransition, NotFound
from orchestration.models import OutboxMessage
from orchestration.runtime import holding, outbox, starting, sweeper
from tests.support.bench import NOON, OSCAR, Bench

ORDER = """
workflow: order
input: {type: object, properties: {n: {type: integer}}}
key: {is: "${ input.n }"}
steps:
  - {id: call, tool: erp.order@1}
  - {id: paid, wait: {for: 1h}}
"""
AROUND = """
workflow: around
input: {type: object}
steps: [{id: inner, workflow: order, with: {n: 7}POLICY}]
"""


@pytest.fixture
def office(engine: Bench) -> Bench:
    engine.publish(ORDER)
    return engine


def pause(**more: Any) -> None:
    api.pause_workflow(workflow="order", reason="The ERP moves", actor=OSCAR, **more)
    send_all()


def go_on() -> None:
    api.resume_workflow(workflow="order", actor=OSCAR)
    send_all()


def send_all() -> None:
    """What is to be sent later, too."""
    for _ in range(20):
        OutboxMessage.objects.update(available_at=NOON)
        outbox.send_due()
    assert not OutboxMessage.objects.exists()


def held(run_id: str) -> tuple[str, ...]:
    state = api.run_state(run_id)
    assert api.folded(run_id) == state
    return state.paused_by


def test_what_arrives_is_taken_and_stays_at_its_start(office: Bench) -> None:
    pause()
    first = api.start_run(workflow="order", input={"n": 1}, actor=OSCAR, source="api", event_id="e1")
    again = api.start_run(workflow="order", input={"n": 1}, actor=OSCAR, source="api", event_id="e1")
    assert (first.created, again.created, again.run_id) == (True, False, first.run_id)
    office.work()
    assert (held(first.run_id), api.run_state(first.run_id).held) == (("workflow",), ("call",))
    assert api.run_state(first.run_id).steps == {}
    assert sweeper.report_stuck() == []
    go_on()
    office.work()
    assert api.run_state(first.run_id).steps["paid"].status == "waiting"


def test_several_that_arrive_together_stay_at_their_start(office: Bench) -> None:
    pause()
    runs = [office.start("order", n=number) for number in range(3)]
    office.work()
    assert [held(run) for run in runs] == [("workflow",)] * 3
    go_on()
    assert [held(run) for run in runs] == [()] * 3


def test_open_runs_stand_still_and_their_clocks_come_later(office: Bench) -> None:
    run = office.start("order", n=1)
    office.work()
    pause()
    office.clock.forward(hours=5)
    office.sweep()
    assert (held(run), api.run_state(run).status) == (("workflow",), "running")
    go_on()
    office.clock.forward(minutes=50)
    office.sweep()
    assert api.run_state(run).status == "running"
    office.clock.forward(minutes=11)
    office.sweep()
    assert api.run_state(run).status == "succeeded"


def test_only_new_runs_are_held_where_it_is_said_so(office: Bench) -> None:
    before = office.start("order", n=1)
    office.clock.forward(seconds=1)
    pause(holds_open=False)
    after = office.start("order", n=2)
    assert (held(before), held(after)) == ((), ("workflow",))


def test_a_run_that_somebody_paused_stays_paused_when_the_workflow_goes_on(office: Bench) -> None:
    run = office.start("order", n=1)
    api.pause_run(run_id=run, reason="mine", actor=OSCAR)
    pause()
    assert held(run) == ("person", "workflow")
    go_on()
    assert held(run) == ("person",)
    api.resume_run(run_id=run, actor=OSCAR)
    assert held(run) == ()


def test_a_person_may_let_one_run_go_on_before_the_others(office: Bench) -> None:
    runs = [office.start("order", n=number) for number in (1, 2)]
    office.work()
    pause()
    api.resume_run(run_id=runs[0], actor=OSCAR)
    office.clock.forward(hours=2)
    office.sweep()
    assert (held(runs[0]), held(runs[1])) == ((), ("workflow",))
    assert [api.run_state(run).status for run in runs] == ["succeeded", "running"]
    go_on()
    assert held(runs[1]) == ()


def test_a_run_that_was_being_started_while_the_workflow_was_paused_follows(
    office: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It had read the workflow before the pause, and is committed after the first look for open runs."""
    api.pause_workflow(workflow="order", reason="x", actor=OSCAR)
    outbox.send_due()
    monkeypatch.setattr(starting, "pause_reason", lambda workflow: None)
    run = office.start("order", n=1)
    assert held(run) == ()
    send_all()
    assert held(run) == ("workflow",)


def test_a_pause_and_its_end_that_cross_each_other_leave_no_run_behind(office: Bench) -> None:
    run = office.start("order", n=1)
    reasons = iter(["The ERP moves", None, None])
    holding.follow(run, "workflow", lambda: next(reasons))
    assert held(run) == ()
    assert "run.resumed" in [entry.kind for entry in api.timeline(run)]


def test_it_is_audited_and_refused_twice(office: Bench) -> None:
    pause()
    with pytest.raises(InvalidTransition):
        pause()
    go_on()
    with pytest.raises(InvalidTransition):
        go_on()
    with pytest.raises(NotFound):
        api.pause_workflow(workflow="nothing", reason="x", actor=OSCAR)
    kinds = [entry.kind for entry in api.chain_entries("workflow:order")]
    assert sorted(kinds)[:2] == ["workflow.paused", "workflow.published"]
    assert kinds.count("workflow.resumed") == kinds.count("workflow.paused") == 1


# ---- children ----------------------------------------------------------------------------------


def around(office: Bench, policy: str = "") -> tuple[str, str]:
    office.publish(AROUND.replace("POLICY", policy))
    run = office.start("around")
    send_all()
    return run, str(api.children_of(run).get().pk)


def test_a_child_pauses_with_its_parent_and_goes_on_with_it(office: Bench) -> None:
    run, child = around(office)
    api.pause_run(run_id=run, reason="wait", actor=OSCAR)
    send_all()
    assert held(child) == ("parent",)
    api.resume_run(run_id=run, actor=OSCAR)
    send_all()
    assert held(child) == ()


def test_a_child_that_outlives_its_parent_does_not_pause_with_it(office: Bench) -> None:
    run, child = around(office, ", parent_ends: leave")
    api.pause_run(run_id=run, reason="wait", actor=OSCAR)
    send_all()
    assert held(child) == ()


def test_a_child_that_is_held_twice_goes_on_when_nobody_holds_it(office: Bench) -> None:
    run, child = around(office)
    pause()
    api.pause_run(run_id=run, reason="wait", actor=OSCAR)
    send_all()
    assert held(child) == ("workflow", "parent")
    go_on()
    assert held(child) == ("parent",)
    api.resume_run(run_id=run, actor=OSCAR)
    send_all()
    assert held(child) == ()


def test_a_child_that_starts_while_its_parent_is_paused_stands_still(office: Bench) -> None:
    office.publish(AROUND.replace("POLICY", ""))
    run = office.start("around")
    api.pause_run(run_id=run, reason="wait", actor=OSCAR)
    send_all()
    assert held(str(api.children_of(run).get().pk)) == ("parent",)
