"""Several people decide one task: on the real desk and the real engine."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from orchestration import api
from reviewhub.accounts.models import Absence, Person
from reviewhub.accounts.permissions import PermissionDenied
from reviewhub.notifications.models import Notice
from reviewhub.reviews.exceptions import AlreadyDecided, SelfApproval, UndoClosed
from reviewhub.reviews.models import Decision, ReviewTask
from reviewhub.reviews.selectors import task_detail
from reviewhub.reviews.services import claim_next_task, claim_task, decide_task, decline_task, take_back_decision
from tests.support.bench import NOON
from tests.support.desk import Desk

pytestmark = pytest.mark.django_db

TEXT = """
workflow: payment
owner: oscar
input: {type: object, properties: {requester: {type: string}, amount: {type: number}}}
steps:
  - id: approval
    review:
      outcomes: [approve, reject]
      fields: {amount: {edit: true}}
      assign: {queue: finance, exclude: ["${ input.requester }"], approvals: %s}
      escalate: [{after: 24h, to: {backup_of: queue}}]
  - {id: said, set: {by: "${ steps.approval.decisions.map(d, d.by) }"}}
"""


def asked(desk: Desk, approvals: str, requester: str = "ann@example.com") -> ReviewTask:
    desk.bench.publish(TEXT % approvals)
    run_id = desk.bench.start("payment", requester=requester, amount=10.0)
    return ReviewTask.objects.get(run_id=run_id)


def decide(task: ReviewTask, who: Person, outcome: str = "approve", **more: Any) -> Decision:
    return decide_task(task_id=task.pk, actor=who, outcome=outcome, **more)


def fresh(task: ReviewTask) -> ReviewTask:
    return ReviewTask.objects.get(pk=task.pk)


def seats(task: ReviewTask, who: Person) -> list[tuple[str, tuple[str, ...], str]]:
    found = task_detail(task.pk, who).approvals
    assert found is not None
    return [(seat.status, seat.people, seat.outcome) for seat in found.seats]


def test_four_eyes_and_never_the_same_two(desk: Desk) -> None:
    alice, carol = desk.people.alice, desk.people.carol
    task = asked(desk, "2")
    claim_task(task_id=task.pk, actor=alice)
    decide(task, alice)
    assert (fresh(task).status, fresh(task).claimed_by) == ("open", None)
    assert seats(task, carol) == [("voted", ("Alice Moreau",), "approve"), ("asked", (), "")]
    with pytest.raises(AlreadyDecided):
        decide(task, alice)
    with pytest.raises(AlreadyDecided):
        claim_task(task_id=task.pk, actor=alice)
    assert claim_next_task(actor=alice) is None
    decide(task, carol)
    assert desk.close(task).outcome == "approve"
    assert api.run_state(task.run_id).steps["said"].result == {"by": ["Alice Moreau", "Carol Nyström"]}
    assert api.replay(task.run_id).ok


def test_the_requester_is_never_one_of_them(desk: Desk) -> None:
    task = asked(desk, "{of: [{user: alice}, {user: carol}]}", requester="alice@example.com")
    assert [people for _, people, _ in seats(task, desk.people.carol)] == [("Carol Nyström",), ("Oscar Lind",)]
    with pytest.raises((SelfApproval, PermissionDenied)):
        decide(task, desk.people.alice)


def test_the_database_keeps_two_decisions_of_one_person_apart(desk: Desk) -> None:
    task = asked(desk, "2")
    first = decide(task, desk.people.alice)
    kept = {field.attname: getattr(first, field.attname) for field in Decision._meta.concrete_fields}
    for change in ({"seat": 1}, {"by_id": desk.people.carol.pk}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Decision.objects.bulk_create([Decision(**{**kept, "id": None, **change})])


def test_a_decisions_seat_is_never_changed(desk: Desk) -> None:
    decision = decide(asked(desk, "2"), desk.people.alice)
    for change in ({"seat": 1}, {"outcome": "reject"}):
        with pytest.raises(Exception, match=r"never|refused"), transaction.atomic():
            Decision.objects.filter(pk=decision.pk).update(**change)


def test_in_order_only_whoever_is_asked_decides(desk: Desk) -> None:
    people = desk.people
    task = asked(desk, "{of: [{user: alice}, {manager_of: assignee}], in_order: true}")
    with pytest.raises(PermissionDenied):
        decide(task, people.carol)
    assert list(Notice.objects.values_list("person__username", flat=True)) == ["alice"]
    decide(task, people.alice)
    assert seats(task, people.carol)[1] == ("asked", ("Carol Nyström",), "")
    decide(task, people.carol)
    assert desk.close(task).status == "closed"


def test_whoever_is_away_is_stood_in_for_and_nobody_gets_two_seats(desk: Desk) -> None:
    people = desk.people
    away = {"starts_at": NOON, "ends_at": NOON.replace(year=NOON.year + 1)}
    Absence.objects.create(person=people.bob, delegate=people.alice, **away)
    task = asked(desk, "{of: [{user: alice}, {user: bob}]}")
    assert [who for _, who, _ in seats(task, people.alice)] == [("Alice Moreau",), ("Carol Nyström",)]


def test_a_level_adds_somebody_who_fills_the_seat_that_is_free(desk: Desk) -> None:
    people = desk.people
    task = asked(desk, "{of: [{user: alice}, {user: oscar}]}")
    decide(task, people.alice)
    desk.bench.clock.forward(hours=25)
    desk.bench.sweep()
    decide(task, people.bob)
    assert seats(task, people.alice)[1] == ("voted", ("Bob Tan",), "approve")
    assert desk.close(task).outcome == "approve"


def test_a_level_that_moves_it_leaves_it_to_the_new_people_whoever_votes_then(desk: Desk) -> None:
    text = TEXT.replace("{backup_of: queue}}", "{user: oscar}, mode: move}")
    desk.bench.publish(text % "{need: 2, of: [{user: alice}, {user: carol}, {user: oscar}]}")
    task = ReviewTask.objects.get(run_id=desk.bench.start("payment", requester="ann@example.com", amount=1.0))
    desk.bench.clock.forward(hours=24)
    desk.bench.sweep()
    assert set(task.assignments.filter(ended_at=None).values_list("person__username", flat=True)) == {"oscar"}
    decide(task, desk.people.oscar)
    assert not task.assignments.filter(ended_at=None, person__username__in=("alice", "carol")).exists()


def test_what_others_decided_blindly_is_seen_nowhere_before_all_have(desk: Desk) -> None:
    people = desk.people
    task = asked(desk, "{need: 2, blind: true}")
    decide(task, people.alice, "reject", note="Looks wrong")
    detail = task_detail(task.pk, people.carol)
    assert detail.decisions == []
    assert "reject" not in str([detail.history, detail.approvals]).lower()
    told = [(entry.kind, entry.data, entry.values) for entry in api.told_timeline(task.run_id)]
    assert "'outcome': 'reject'" not in str(told)
    assert "Looks wrong" not in str(told)
    assert [decision.outcome for decision in task_detail(task.pk, people.alice).decisions] == ["reject"]
    decide(task, people.carol, "reject")
    assert [decision.outcome for decision in task_detail(task.pk, people.carol).decisions] == ["reject", "reject"]
    assert "Looks wrong" in str([entry.values for entry in api.told_timeline(task.run_id)])
    assert fresh(task).status == "closed"


def test_where_they_do_not_agree_the_manager_decides_alone(desk: Desk) -> None:
    people = desk.people
    people.finance.memberships.create(person=people.bob)
    task = asked(desk, "{need: 2, blind: true}")
    decide(task, people.alice, "approve")
    decide(task, people.bob, "reject")
    assert seats(task, people.carol) == [
        ("voted", ("Alice Moreau",), "approve"),
        ("voted", ("Bob Tan",), "reject"),
        ("asked", ("Carol Nyström",), ""),
    ]
    with pytest.raises(UndoClosed):
        take_back_decision(task_id=task.pk, actor=people.bob)
    decide(task, people.carol, "approve")
    assert desk.close(task).outcome == "approve"
    assert api.replay(task.run_id).ok


def test_a_dispute_may_end_as_the_workflow_says(desk: Desk) -> None:
    task = asked(desk, "{need: 2, disagree: {outcome: reject}}")
    decide(task, desk.people.alice, "reject")
    decide(task, desk.people.carol, "approve")
    assert desk.close(task).outcome == "reject"


def test_a_decision_is_taken_back_while_nobody_has_decided_after_it(desk: Desk) -> None:
    people = desk.people
    task = asked(desk, "{of: [{user: alice}, {user: carol}], in_order: true}")
    decide(task, people.alice)
    take_back_decision(task_id=task.pk, actor=people.alice)
    assert fresh(task).claimed_by == people.alice
    assert seats(task, people.alice) == [("asked", ("Alice Moreau",), ""), ("later", (), "")]
    decide(task, people.alice)
    decide(task, people.carol)
    with pytest.raises(PermissionDenied):
        take_back_decision(task_id=task.pk, actor=people.alice)
    take_back_decision(task_id=task.pk, actor=people.carol)
    assert fresh(task).status == "claimed"
    decide(task, people.carol)
    assert desk.close(task).status == "closed"


def test_a_seat_whose_people_decline_is_the_queues(desk: Desk) -> None:
    people = desk.people
    task = asked(desk, "{of: [{user: oscar}, {user: carol}]}")
    with pytest.raises(PermissionDenied):
        decide(task, people.alice)
    decline_task(task_id=task.pk, actor=people.oscar, reason="On a train")
    decide(task, people.alice)
    decide(task, people.carol)
    assert desk.close(task).status == "closed"


def test_one_more_of_many_costs_no_more_statements(desk: Desk, django_assert_max_num_queries: Any) -> None:
    task = asked(desk, "3")
    decide(task, desk.people.alice)
    with django_assert_max_num_queries(60):
        decide(task, desk.people.carol)
    assert connection.vendor in ("sqlite", "postgresql")
