"""What waits with somebody whose absence begins."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from reviewhub.accounts.models import Absence, Person
from reviewhub.notifications.models import Notice
from reviewhub.reviews.models import Assignment, ReviewTask
from reviewhub.reviews.selectors import history_of
from reviewhub.reviews.services import claim_task, delegate_task
from reviewhub.reviews.services.moving import move_what_waits
from tests.support.bench import NOON
from tests.support.desk import Desk

DAY = timedelta(days=1)


def goes_away(person: Person, delegate: Person | None = None) -> None:
    Absence.objects.create(person=person, delegate=delegate, starts_at=NOON, ends_at=NOON + 9 * DAY)


def asked(task: ReviewTask) -> list[tuple[str, str, int]]:
    rows = Assignment.objects.filter(task=task, ended_at__isnull=True)
    return list(rows.order_by("id").values_list("person__username", "role", "level"))


def test_a_claim_goes_to_the_delegate_who_hears_of_it(desk: Desk) -> None:
    task = desk.task()
    claim_task(task_id=task.pk, actor=desk.people.alice)
    goes_away(desk.people.alice, desk.people.bob)
    move_what_waits()
    task.refresh_from_db()
    assert (task.status, task.claimed_by, asked(task)) == ("open", None, [("bob", "delegate", 0)])
    assert Notice.objects.get(task=task).text == "Alice Moreau is away, and you stand in."
    assert history_of(task)[0].says == "Alice Moreau is away: it went to Bob Tan"
    move_what_waits()
    assert Notice.objects.filter(task=task).count() == 1


def test_what_a_level_asked_goes_on_in_the_same_role(desk: Desk) -> None:
    task = desk.task()
    desk.bench.clock.forward(hours=25)
    desk.bench.sweep()
    assert asked(task) == [("bob", "backup", 1)]
    Absence.objects.create(
        person=desk.people.bob, delegate=desk.people.mallory, starts_at=NOON + DAY, ends_at=NOON + 5 * DAY
    )
    move_what_waits()
    assert asked(task) == [("mallory", "backup", 1)]


def test_it_never_goes_to_the_requester_and_never_in_a_circle(desk: Desk) -> None:
    people = desk.people
    task = desk.task(requester="bob@example.com")
    claim_task(task_id=task.pk, actor=people.alice)
    goes_away(people.alice, people.bob)
    move_what_waits()
    assert asked(task) == [("carol", "delegate", 0)]  # Bob is the requester: his manager
    goes_away(people.carol, people.alice)
    for _ in range(3):
        move_what_waits()
    assert asked(task) == []
    task.refresh_from_db()
    assert (task.status, task.moved) == ("open", False)


def leaves(person: Person) -> None:
    Person.objects.filter(pk=person.pk).update(is_active=False)


def test_a_claim_of_somebody_who_may_no_longer_sign_in_does_not_wait_for_its_lease(desk: Desk) -> None:
    task = desk.task()
    claim_task(task_id=task.pk, actor=desk.people.alice)
    leaves(desk.people.alice)
    move_what_waits()
    task.refresh_from_db()
    assert (task.status, task.claimed_by, asked(task)) == ("open", None, [("carol", "delegate", 0)])  # her manager


def test_what_was_asked_of_somebody_who_has_left_goes_on(desk: Desk) -> None:
    task = desk.task()
    delegate_task(task_id=task.pk, actor=desk.people.alice, to=desk.people.bob)
    leaves(desk.people.bob)
    move_what_waits()
    assert asked(task) == [("carol", "delegate", 0)]
    leaves(desk.people.carol)
    for _ in range(2):
        move_what_waits()
    task.refresh_from_db()
    assert (asked(task), task.status, task.moved) == ([], "open", False)  # nobody is left: it is the queue's


def test_who_has_left_with_nothing_costs_nothing_more(
    desk: Desk, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    task = desk.task()
    for person in (desk.people.alice, desk.people.bob):
        leaves(person)
    with django_assert_num_queries(1):
        move_what_waits()
    assert (asked(task), task.moved) == ([], False)


def test_who_is_here_keeps_what_they_have(desk: Desk) -> None:
    task = desk.task()
    claim_task(task_id=task.pk, actor=desk.people.alice)
    delegate_task(task_id=task.pk, actor=desk.people.alice, to=desk.people.bob)
    goes_away(desk.people.carol, desk.people.alice)
    move_what_waits()
    assert asked(task) == [("bob", "delegate", 0)]


@pytest.mark.parametrize("how", ["delegate", "manager", "has left"])
def test_a_seat_of_several_goes_on_too(desk: Desk, how: str) -> None:
    people = desk.people
    desk.bench.publish(
        "workflow: payment\nsteps:\n  - id: approval\n    review:\n      outcomes: [approve, reject]\n"
        "      assign: {queue: finance, approvals: {of: [{user: bob}, {user: oscar}]}}\n"
    )
    task = ReviewTask.objects.get(run_id=desk.bench.start("payment"))
    if how == "has left":
        leaves(people.bob)
    else:
        goes_away(people.bob, people.mallory if how == "delegate" else None)
    move_what_waits()
    expected = "mallory" if how == "delegate" else "carol"  # the manager, where nobody is named
    assert sorted(asked(task)) == sorted([("oscar", "approver", 0), (expected, "approver", 0)])
    task.refresh_from_db()
    seats = (task.approvals or {})["seats"]
    assert [seat["people"][0]["label"] for seat in seats] == [
        "Mallory" if how == "delegate" else "Carol Nyström",
        "Oscar Lind",
    ]
