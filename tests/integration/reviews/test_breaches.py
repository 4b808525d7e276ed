"""Missed due times are kept with what was waited for, who had it, and how late it got."""

from __future__ import annotations

from datetime import timedelta

import pytest

from reviewhub.accounts.models import Person
from reviewhub.reviews.gateway import DeskGateway
from reviewhub.reviews.models import Breach, ReviewTask
from reviewhub.reviews.selectors import breaches_for
from reviewhub.reviews.services import claim_task, decide_task, delegate_task, snooze_task
from tests.support.bench import NOON
from tests.support.cast import Cast
from tests.support.desk import Desk
from tests.support.tasks import opened

DUE = NOON + timedelta(hours=8)


def breached(task: ReviewTask) -> Breach:
    DeskGateway().warn(str(task.run_id), task.key, "breach", DUE)
    return Breach.objects.get(task=task)


def test_a_task_that_nobody_had_taken(people: Cast) -> None:
    found = breached(opened(due_at=DUE))
    assert (found.kind, found.cause, found.holder, found.hands) == ("task", "unclaimed", None, 0)
    assert (found.queue, found.due_at, found.workflow) == (people.finance, DUE, "purchase")


def test_a_task_that_somebody_had(people: Cast) -> None:
    task = claim_task(task_id=opened(due_at=DUE).pk, actor=people.alice)
    found = breached(task)
    assert (found.cause, found.holder, found.hands) == ("claimed", people.alice, 1)


def test_a_task_that_had_been_handed_on(people: Cast) -> None:
    task = claim_task(task_id=opened(due_at=DUE).pk, actor=people.alice)
    delegate_task(task_id=task.pk, actor=people.alice, to=people.carol)
    found = breached(task)
    assert (found.cause, found.holder, found.hands) == ("handed_on", people.carol, 2)


def test_a_task_that_was_set_aside_with_its_clock_running(desk: Desk) -> None:
    task = claim_task(task_id=desk.task().pk, actor=desk.people.alice)
    snooze_task(task_id=task.pk, actor=desk.people.alice, until=NOON + timedelta(hours=7))
    found = breached(task)
    assert (found.cause, found.holder) == ("snoozed", desk.people.alice)


def test_a_lapsed_claim_is_nobodys(desk: Desk) -> None:
    task = claim_task(task_id=desk.task().pk, actor=desk.people.alice)
    desk.bench.clock.forward(hours=9)
    found = breached(task)
    assert (found.cause, found.holder, found.hands) == ("unclaimed", None, 1)


def test_the_same_due_time_is_missed_once(people: Cast) -> None:
    task = opened(due_at=DUE)
    breached(task)
    breached(task)
    assert Breach.objects.count() == 1


def test_how_late_it_was_is_known_when_it_is_decided(desk: Desk) -> None:
    task = desk.task()
    desk.bench.clock.forward(hours=9)
    desk.bench.sweep()
    assert breaches_for(desk.people.carol).get().over_at is None
    decide_task(
        task_id=task.pk,
        actor=desk.people.alice,
        outcome="approve",
        expected_version=ReviewTask.objects.get(pk=task.pk).version,
        channel="web",
        evidence_hash=task.evidence_hash,
    )
    found = breaches_for(desk.people.carol).get()
    assert found.over_at - found.due_at == timedelta(hours=1)


@pytest.mark.parametrize(("who", "sees"), [("carol", 1), ("oscar", 1), ("alice", 0), ("mallory", 0)])
def test_leads_and_owners_see_what_was_late(people: Cast, who: str, sees: int) -> None:
    breached(opened(due_at=DUE))
    assert breaches_for(Person.objects.get(username=who)).count() == sees


def test_somebody_sees_what_they_had_themselves(people: Cast) -> None:
    breached(claim_task(task_id=opened(due_at=DUE).pk, actor=people.alice))
    assert breaches_for(people.alice).count() == 1
