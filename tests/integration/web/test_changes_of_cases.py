"""Which tasks are of one case, and what belongs to it."""

from __future__ import annotations

from orchestration import api
from orchestration.runtime import outbox
from reviewhub.reviews.models import ReviewTask
from reviewhub.reviews.selectors import task_detail
from reviewhub.reviews.services import decide_task, mark_seen
from tests.integration.web.conftest import SignedIn
from tests.support.desk_room import OSCAR, DeskRoom
from tests.support.offers import see

LINES = """
workflow: lines
title: Lines
owner: oscar
input: {type: object, required: [lines], properties: {lines: {type: array, items: {type: number}}}}
steps:
  - id: lines
    each:
      in: ${ input.lines }
      steps:
        - {id: price, review: {title: Price, outcomes: {ok: {label: OK}}, fields: {price: {value: "${ item }"}}, assign: {queue: finance}, undo: 0s}}
        - {id: again, review: {title: Again, outcomes: {ok: {label: OK}}, fields: {price: {value: "${ item }"}}, assign: {queue: finance}}}
"""  # noqa: E501


HEARD = """
workflow: order
owner: oscar
input: {type: object}
steps:
  - id: rounds
    repeat:
      until: ${ steps.check.outcome == 'ship' }
      max: 9
      steps:
        - {id: told, wait: {event: order.said, key: "7", unanswered: {after: 1d, outcome: silent}}}
        - {id: cooled, wait: {for: 1s}}
        - {id: check, review: {outcomes: [ship, wait], assign: {queue: finance}, undo: 0s}}
"""


def test_neighbours_in_a_list_are_cases_of_their_own(room: DeskRoom) -> None:
    api.publish_workflow(text=LINES, note="", actor=OSCAR)
    started = api.start_run(workflow="lines", input={"lines": [1, 2]}, actor=OSCAR, source="test")
    room.work()
    first, second = ReviewTask.objects.filter(run_id=started.run_id).order_by("key")
    room.clock.forward(minutes=1)
    decide_task(task_id=first.pk, actor=room.people.carol, outcome="ok", expected_version=1)
    room.work()
    again = ReviewTask.objects.get(run_id=started.run_id, step_id="again")

    assert (first.item, second.item, again.item) == ("lines#1", "lines#2", "lines#1")
    mark_seen(task_id=second.pk, actor=room.people.alice, mark="0-0-0")
    found = task_detail(again.pk, room.people.alice)
    assert found.changes is None
    assert found.before is not None
    assert found.before.earlier == first


def test_what_an_event_brought_is_part_of_the_case_and_of_what_has_changed(room: DeskRoom, signed_in: SignedIn) -> None:
    api.publish_workflow(text=HEARD, note="", actor=OSCAR)
    run_id = api.start_run(workflow="order", input={}, actor=OSCAR, source="test").run_id
    alice, found = signed_in(room.people.alice), []
    for said in ({"price": 1200, "by": "Ann"}, {"price": 1400, "by": "Ann"}, None):
        if said is not None:
            api.send_event(name="order.said", key="7", payload=said, actor=OSCAR)
            outbox.send_due()
        room.forward(days=2 if said is None else 0, seconds=2)
        room.forward(seconds=2)
        task = ReviewTask.objects.filter(run_id=run_id).latest("created_at")
        found.append(see(alice, task))
        decide_task(task_id=task.pk, actor=room.people.alice, outcome="wait")
        room.work()
    first, second, third = ReviewTask.objects.filter(run_id=run_id).order_by("created_at")
    told = [each.context["steps"].get("told") for each in (first, second, third)]
    assert told == [
        {"payload": {"price": 1200, "by": "Ann"}},
        {"payload": {"price": 1400, "by": "Ann"}},
        {"outcome": "silent"},
    ]
    assert "cooled" not in first.context["steps"]
    assert "1,200" in found[0]
    assert "Changed since you last looked: 1 value" in found[1]
    before = task_detail(second.pk, room.people.alice).before
    assert before is not None
    assert [(each.name, each.was, each.now) for each in before.found] == [("steps.told.payload.price", 1200, 1400)]
