"""Runs that runs start, and runs that go on as a new one."""

from __future__ import annotations

from typing import Any

import pytest

from orchestration import api
from orchestration.core.children import MAX_DEPTH
from orchestration.exceptions import TransientError
from orchestration.models import InboxMessage, Run
from orchestration.runtime import children, outbox
from tests.integration.engine.texts import ONE_REVIEW
from tests.support.bench import OSCAR, Bench

CHILD = """
workflow: child
input: {type: object, required: [n], properties: {n: {type: number}}}
key: {is: "${ input.n }"}
steps:
  - {id: call, tool: erp.order@1, with: {n: "${ input.n }"}, retry: {attempts: 1}}
  - {end: ordered, with: {number: "${ steps.call.number }"}}
"""
PARENT = """
workflow: parent
input: {type: object, properties: {n: {type: number}}}
steps:
  - {id: order, workflow: child, with: {n: "${ input.n }"}POLICY}
  - {id: said, set: {number: "${ steps.order.result.number }"}}
"""
REVIEWED = """
workflow: parent
input: {type: object}
steps: [{id: order, workflow: one-reviewPOLICY}]
"""


@pytest.fixture
def office(engine: Bench) -> Bench:
    engine.tools["erp.order"].result = {"number": "O-1"}
    engine.publish(CHILD)
    return engine


def begin(office: Bench, policy: str = "", n: Any = 1) -> str:
    office.publish(PARENT.replace("POLICY", policy))
    given = {} if n is None else {"n": n}
    run_id = office.start("parent", **given)
    carry(office)
    return run_id


def carry(office: Bench) -> None:
    """Messages and steps, until nothing moves any more."""
    while outbox.send_due() + office.work():
        pass


def child_of(run_id: str) -> Run:
    return api.children_of(run_id).latest("started_at", "id")


def test_the_result_of_the_child_comes_back_through_the_parents_inbox(office: Bench) -> None:
    run_id = begin(office)
    state, child = api.run_state(run_id), child_of(run_id)
    assert state.status == "succeeded"
    assert state.result == {"number": "O-1"}
    assert state.steps["order"].result == {"outcome": "ordered", "result": {"number": "O-1"}, "run": str(child.pk)}
    assert InboxMessage.objects.get(run_id=run_id).source == "child:order"
    assert (child.input, child.depth, child.parent_path) == ({"n": 1.0}, 1, "order")
    for run in (run_id, str(child.pk)):
        assert api.folded(run) == api.run_state(run)


def test_a_message_that_comes_twice_starts_one_child_and_ends_one_step(office: Bench) -> None:
    run_id = begin(office)
    children._start({"parent": run_id, "path": "order", "number": 1}, "")
    children._ended({"child": str(child_of(run_id).pk)}, "")
    assert api.children_of(run_id).count() == 1
    assert office.kinds(run_id).count("child.ended") == 1


def test_a_child_that_failed_is_an_incident_and_retrying_starts_a_new_one(office: Bench) -> None:
    office.tools["erp.order"].script = [TransientError("Busy")]
    run_id = begin(office)
    office.decide(str(child_of(run_id).pk), "call!1", "fail", undo=0)
    carry(office)
    assert api.run_state(run_id).steps["order"].status == "incident"
    office.decide(run_id, "order!1", "retry", undo=0)
    carry(office)
    assert api.children_of(run_id).count() == 2
    assert api.run_state(run_id).result == {"number": "O-1"}


def test_with_retry_a_child_that_failed_is_followed_by_a_new_one(office: Bench) -> None:
    office.tools["erp.order"].script = [TransientError("Busy")]
    run_id = begin(office, ", retry: {attempts: 2, first: 5s, jitter: 0}")
    office.decide(str(child_of(run_id).pk), "call!1", "fail", undo=0)
    carry(office)
    assert api.run_state(run_id).steps["order"].status == "retrying"
    office.clock.forward(seconds=5)
    office.sweep()
    carry(office)
    assert api.run_state(run_id).status == "succeeded"


def test_a_parent_may_carry_on_with_a_given_result(office: Bench) -> None:
    office.publish(ONE_REVIEW)
    office.publish(REVIEWED.replace("POLICY", ", child_fails: {result: {number: none}}"))
    run_id = office.start("parent")
    carry(office)
    api.cancel_run(run_id=child_of(run_id).pk, reason="Not needed", actor=OSCAR)
    carry(office)
    result = api.run_state(run_id).steps["order"].result
    assert (result["outcome"], result["result"]) == ("cancelled", {"number": "none"})


def test_an_input_that_does_not_fit_the_child_is_an_incident_that_says_so(office: Bench) -> None:
    office.publish(PARENT.replace("POLICY", "").replace('{n: "${ input.n }"}', "{n: \"${ dyn('x') }\"}"))
    run_id = office.start("parent")
    carry(office)
    error = api.run_state(run_id).steps["order"].error or {}
    assert error["code"] == "child_input"
    assert "/n" in error["message"]
    assert not api.children_of(run_id).exists()


@pytest.mark.parametrize(("policy", "child"), [("", "cancelled"), (", parent_ends: leave", "running")])
def test_a_cancelled_parent_does_to_its_child_what_the_policy_says(office: Bench, policy: str, child: str) -> None:
    office.publish(ONE_REVIEW)
    office.publish(REVIEWED.replace("POLICY", policy))
    run_id = office.start("parent")
    carry(office)
    api.cancel_run(run_id=run_id, reason="Enough", actor=OSCAR)
    carry(office)
    assert child_of(run_id).status == child


def test_a_parent_that_is_cancelled_before_its_child_began_leaves_none(office: Bench) -> None:
    office.publish(PARENT.replace("POLICY", ""))
    run_id = office.start("parent", n=1)
    api.cancel_run(run_id=run_id, reason="Enough", actor=OSCAR)
    carry(office)
    assert not api.children_of(run_id).exists()


def test_a_child_whose_key_is_taken_is_an_incident_that_names_the_run(office: Bench) -> None:
    other = office.start("child", n=1)
    office.publish(PARENT.replace("POLICY", ""))
    run_id = office.start("parent", n=1)
    while outbox.send_due():
        pass
    error = api.run_state(run_id).steps["order"].error or {}
    assert other in error["message"]


def test_runs_stand_in_each_other_only_so_deep(engine: Bench) -> None:
    engine.publish("workflow: deep\ninput: {type: object}\nsteps: [{id: again, workflow: deep}]")
    engine.start("deep")
    carry(engine)
    assert api.runs().count() == MAX_DEPTH + 1
    deepest = api.runs().get(depth=MAX_DEPTH)
    assert api.run_state(deepest.pk).steps["again"].status == "incident"


# ---- going on as a new run -----------------------------------------------------------------------

LOOP = """
workflow: loop
input: {type: object, properties: {page: {type: integer}, name: {type: string}}}
key: {is: "${ input.name }", while: WHILE}
steps:
  - {id: told, wait: {event: more, key: "${ input.name }"}}
  - id: enough
    switch: [{when: "${ input.page >= 3 }", steps: [{end: done, with: {pages: "${ input.page }"}}]}]
  - {id: pause, wait: {for: 1h}}
  - {continue: {page: "${ input.page + 1 }", name: "${ input.name }"}}
"""
CALLS_LOOP = """
workflow: parent
input: {type: object}
steps: [{id: pages, workflow: loop, with: {page: 2, name: a}}]
"""


def more(event_id: str) -> None:
    api.send_event(name="more", key="a", payload={}, actor=OSCAR, event_id=event_id)
    while outbox.send_due():
        pass


def an_hour(engine: Bench) -> None:
    engine.clock.forward(hours=1)
    engine.sweep()


@pytest.mark.parametrize("hold", ["open", "ever"])
def test_the_next_run_takes_over_the_business_key_and_is_linked(engine: Bench, hold: str) -> None:
    engine.publish(LOOP.replace("WHILE", hold))
    first = engine.start("loop", page=1, name="a")
    engine.clock.forward(seconds=1)
    more("e1")
    an_hour(engine)
    state = api.run_state(first)
    assert (state.status, state.outcome) == ("succeeded", "continued")
    following = api.runs().get(continues__id=first)
    assert (following.input, following.business_key) == ({"page": 2, "name": "a"}, "a")
    assert engine.start("loop", page=9, name="a") == str(following.pk)
    for run in (first, str(following.pk)):
        assert api.folded(run) == api.run_state(run)


def test_an_event_that_came_between_is_carried_over_and_one_that_was_taken_is_not(engine: Bench) -> None:
    engine.publish(LOOP.replace("WHILE", "open"))
    engine.start("loop", page=1, name="a")
    engine.clock.forward(seconds=1)
    more("e1")
    more("e2")
    an_hour(engine)
    second = api.runs().get(generation=1)
    assert api.run_state(second.pk).steps["told"].result["id"] == "e2"
    an_hour(engine)
    third = api.runs().get(generation=2)
    assert api.run_state(third.pk).steps["told"].status == "waiting"
    assert third.chain == api.runs().get(generation=None).pk


def test_the_parent_waits_for_the_end_of_the_whole_chain(engine: Bench) -> None:
    engine.publish(LOOP.replace("WHILE", "open"))
    engine.publish(CALLS_LOOP)
    run_id = engine.start("parent")
    carry(engine)
    engine.clock.forward(seconds=1)
    more("e1")
    an_hour(engine)
    carry(engine)
    assert api.run_state(run_id).status == "running"
    more("e2")
    carry(engine)
    assert api.run_state(run_id).result["result"] == {"pages": 3}


def test_the_next_run_is_on_the_newest_version_where_that_takes_the_input(engine: Bench) -> None:
    engine.publish(LOOP.replace("WHILE", "open"))
    engine.start("loop", page=1, name="a")
    engine.publish(LOOP.replace("WHILE", "open").replace("1h", "2h"))
    engine.clock.forward(seconds=1)
    more("e1")
    an_hour(engine)
    engine.publish(LOOP.replace("WHILE", "open").replace("{type: integer}", "{type: integer, minimum: 9}"))
    more("e2")
    an_hour(engine)
    an_hour(engine)
    versions = api.runs().order_by("started_at").values_list("version__number", flat=True)
    assert list(versions) == [1, 2, 2]
