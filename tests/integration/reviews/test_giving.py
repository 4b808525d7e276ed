"""Queues that give their tasks to people."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orchestration import api, ports
from orchestration.models import OutboxMessage
from reviewhub import wiring
from reviewhub.accounts.models import Absence, Person
from reviewhub.notifications.channels.delivering import DELIVERIES
from reviewhub.notifications.models import Notice
from reviewhub.reviews.exceptions import NotPicked
from reviewhub.reviews.handling import expectations, learn_handling_times
from reviewhub.reviews.models import HandlingTime, Queue, ReviewTask
from reviewhub.reviews.selectors import history_of, task_detail, view
from reviewhub.reviews.services import claim_next_task, claim_task, decide_task, decline_task, giving, release_task
from reviewhub.reviews.services.giving import give_out, give_out_everywhere
from tests.integration.reviews.test_races import at_once
from tests.support.bench import NOON, StandingClock
from tests.support.cast import Cast, cast, person
from tests.support.desk import Desk
from tests.support.tasks import many, opened

DAY = timedelta(days=1)


def gives(queue: Queue, giving: str = "round_robin", **more: Any) -> Queue:
    Queue.objects.filter(pk=queue.pk).update(giving=giving, **more)
    queue.refresh_from_db()
    return queue


@pytest.fixture
def finance(people: Cast) -> Queue:
    """Alice and Bob are given tasks, their lead Carol is not."""
    people.finance.memberships.filter(person=people.carol).update(is_given_tasks=False)
    people.finance.memberships.create(person=people.bob)
    return gives(people.finance)


def has(who: Person) -> set[str]:
    return set(ReviewTask.objects.filter(claimed_by=who).values_list("title", flat=True))


def give(queue: Queue) -> int:
    return give_out(queue_id=queue.pk)


def test_a_given_task_is_kept_and_told_and_stands_in_mine(people: Cast, finance: Queue, clock: StandingClock) -> None:
    task = opened()
    assert give(finance) == 1
    task.refresh_from_db()
    assert (task.claimed_by, task.status) == (people.alice, "claimed")
    assert task.claim_expires_at == NOON + timedelta(hours=4)
    assert list(view("mine", people.alice)) == [task]
    assert Notice.objects.get(task=task, person=people.alice).text == "Finance gives it to you."
    assert history_of(task)[0].says == "It was given to Alice Moreau"
    assert claim_task(task_id=task.pk, actor=people.alice).claim_expires_at == NOON + timedelta(hours=4)
    assert give(finance) == 0


def test_in_turn_the_most_urgent_first(people: Cast, finance: Queue) -> None:
    for who in (people.alice, people.bob):
        Queue.objects.create(slug=who.username, title="Another").memberships.create(person=who, given_at=NOON)
    many(finance, 4)
    assert give(finance) == 4
    assert has(people.alice) == {"Request 0", "Request 2"}
    assert has(people.bob) == {"Request 1", "Request 3"}
    opened(title="Next")
    give(finance)
    assert "Next" in has(people.alice)


def test_a_cap_holds_and_room_is_filled(people: Cast, finance: Queue) -> None:
    gives(finance, cap=2)
    many(finance, 6)
    assert give(finance) == 4
    assert give(finance) == 0
    release_task(task_id=ReviewTask.objects.get(title="Request 1").pk, actor=people.bob)
    Queue.objects.create(slug="other", title="Other").memberships.create(person=people.bob)
    give_out_everywhere()
    assert len(has(people.bob)) == 2


def test_the_least_loaded_is_told_by_predicted_minutes_over_all_queues(people: Cast, finance: Queue) -> None:
    gives(finance, "least_loaded")
    HandlingTime.objects.create(workflow="purchase", step_id="audit", seconds=1800, sample=5, learned_at=NOON)
    HandlingTime.objects.create(workflow="purchase", step_id="approval", seconds=60, sample=5, learned_at=NOON)
    other = Queue.objects.create(slug="other", title="Other")
    other.memberships.create(person=people.alice)
    claim_task(task_id=opened(step_id="audit", queue="other").pk, actor=people.alice)
    many(finance, 3)
    give(finance)
    assert len(has(people.bob)) == 3


def test_nobody_away_excluded_unskilled_or_unwilling_is_given_it(people: Cast, finance: Queue) -> None:
    Absence.objects.create(person=people.alice, starts_at=NOON - DAY, ends_at=NOON + DAY)
    own = opened(exclude=("bob@example.com",), skills=("German",))
    assert give(finance) == 0
    Absence.objects.all().delete()
    assert give(finance) == 0
    people.alice.skills.create(name=" German ")
    declined = opened()
    decline_task(task_id=declined.pk, actor=people.alice, reason="Not mine")
    give(finance)
    own.refresh_from_db()
    declined.refresh_from_db()
    assert (own.claimed_by, declined.claimed_by) == (people.alice, people.bob)


def test_the_queue_asks_for_skills_too(people: Cast, finance: Queue) -> None:
    gives(finance, skills=["imports"])
    people.bob.skills.create(name="imports")
    task = opened(skills=("German",))
    assert task.skills == ["german", "imports"]
    opened(title="Plain")
    give(finance)
    assert (has(people.bob), has(people.alice)) == ({"Plain"}, set())
    assert claim_next_task(actor=people.alice) is None
    people.alice.skills.create(name="imports")
    people.alice.skills.create(name="german")
    assert claim_next_task(actor=people.alice) == task


def test_what_lies_too_long_goes_to_somebody_else(people: Cast, finance: Queue, clock: StandingClock) -> None:
    task = opened()
    give(finance)
    clock.forward(hours=4)
    give(finance)
    task.refresh_from_db()
    assert task.claimed_by == people.bob
    assert list(task.assignments.filter(ended="released").values_list("person", flat=True)) == [people.alice.pk]


def test_start_reviewing_gives_what_one_has_where_nothing_else_waits(people: Cast, finance: Queue) -> None:
    many(finance, 1)
    give(finance)
    mine = claim_next_task(actor=people.alice)
    assert mine is not None
    assert mine.title == "Request 0"


def test_where_nobody_picks_the_list_is_the_leads(people: Cast, finance: Queue) -> None:
    gives(finance, "pull", pull_only=True)
    many(finance, 3)
    last = ReviewTask.objects.get(title="Request 2")
    for act in (claim_task, partial(decide_task, outcome="approve")):
        with pytest.raises(NotPicked, match="“Start reviewing” gives you the most urgent"):
            act(task_id=last.pk, actor=people.alice)
    assert not task_detail(last.pk, people.alice).may["task.decide"]
    assert task_detail(last.pk, people.carol).may["task.decide"]
    first = claim_next_task(actor=people.alice)
    assert first is not None
    assert first.title == "Request 0"
    assert task_detail(first.pk, people.alice).may["task.decide"]
    assert claim_task(task_id=last.pk, actor=people.carol).claimed_by == people.carol


def test_a_decision_makes_room_and_asks_for_the_next(
    desk: Desk, django_capture_on_commit_callbacks: Any, clock: StandingClock
) -> None:
    finance = gives(desk.people.finance, cap=1)
    finance.memberships.filter(person=desk.people.carol).update(is_given_tasks=False)
    first, second = desk.task(), desk.task()
    assert give(finance) == 1
    giving._asked.clear()
    with django_capture_on_commit_callbacks(execute=True):
        decide_task(task_id=first.pk, actor=desk.people.alice, outcome="approve")
    assert OutboxMessage.objects.filter(topic=giving.TOPIC).exists()
    give(finance)
    second.refresh_from_db()
    assert second.claimed_by == desk.people.alice


def test_times_are_learned_from_decisions(desk: Desk) -> None:
    for seconds in (30, 90, 900):
        decide_task(task_id=desk.task().pk, actor=desk.people.alice, outcome="approve", seconds_spent=seconds)
    learn_handling_times()
    known = expectations([desk.people.alice.pk])
    assert known.seconds("purchase", "approval") == 90
    assert known.seconds("purchase", "other") == 300
    assert HandlingTime.objects.get(person=desk.people.alice).sample == 3
    desk.bench.clock.forward(minutes=5)
    decide_task(task_id=desk.task().pk, actor=desk.people.alice, outcome="approve", seconds_spent=100)
    learn_handling_times()
    assert expectations([]).seconds("purchase", "approval") == 95


def test_looking_costs_the_same_however_much_waits(people: Cast, finance: Queue) -> None:
    gives(finance, cap=1)
    many(finance, 4)
    give(finance)
    with CaptureQueriesContext(connection) as few:
        give(finance)
    for _ in range(5):
        opened()
    with CaptureQueriesContext(connection) as more:
        give(finance)
    assert len(more) == len(few) <= 11


def test_giving_costs_the_same_for_one_and_for_many(people: Cast, finance: Queue) -> None:
    def statements(number: int) -> int:
        for _ in range(number):
            opened()
        with CaptureQueriesContext(connection) as asked:
            assert give(finance) == number
        return len(asked)

    assert statements(2) == statements(9) <= 27
    given = [entry.data["to_label"] for task in ReviewTask.objects.all() for entry in api.timeline(str(task.run_id))]
    assert sorted(given) == ["Alice Moreau"] * 6 + ["Bob Tan"] * 5
    assert Notice.objects.count() == 11
    assert OutboxMessage.objects.filter(topic=DELIVERIES).count() == 11
    assert api.verify_audit().ok


@pytest.mark.parametrize("place", ["record_run_events", "announce_all"])
def test_whoever_dies_while_giving_has_given_nothing_and_the_next_gives_all(
    people: Cast, finance: Queue, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    def dies(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    for _ in range(3):
        opened()
    with monkeypatch.context() as patch:
        patch.setattr(api if place == "record_run_events" else giving, place, dies)
        with pytest.raises(KeyboardInterrupt):
            give(finance)
    assert not ReviewTask.objects.exclude(status="open").exists()
    assert not Notice.objects.exists()
    assert give(finance) == 3
    assert Notice.objects.count() == 3


@pytest.mark.postgres
def test_two_that_give_at_once_never_exceed_a_cap(transactional_db: None) -> None:
    wiring.bind()
    ports.bind(clock=StandingClock())
    finance = gives(cast().finance, cap=3)
    for name in ("dora", "emil", "finn"):
        finance.memberships.create(person=person(name))
    many(finance, 40)
    answers = at_once(*(partial(give_out, queue_id=finance.pk) for _ in range(4)))
    assert sum(answers) == 15
    held = ReviewTask.objects.filter(claimed_by__isnull=False).values_list("claimed_by", flat=True)
    assert sorted(list(held).count(each) for each in set(held)) == [3] * 5
