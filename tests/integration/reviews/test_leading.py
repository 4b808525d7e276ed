"""What a lead sees of a queue, and does to it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orchestration import api
from reviewhub.accounts.models import Absence
from reviewhub.accounts.permissions import PermissionDenied
from reviewhub.accounts.services import grant_role
from reviewhub.notifications.models import Notice
from reviewhub.reviews.exceptions import InvalidRequest, NotPicked
from reviewhub.reviews.models import HandlingTime, Queue, ReviewTask
from reviewhub.reviews.selectors import history_of, task_detail
from reviewhub.reviews.selectors.leading import Waiting, led_queues, next_breaches, team_of, waiting_of, waiting_up_to
from reviewhub.reviews.services import (
    claim_next_task,
    claim_task,
    decide_task,
    delegate_task,
    enter_absence,
    hand_over_tasks,
    hold_queue,
    let_queue_go_on,
    remove_absence,
    set_pull_only,
    snooze_task,
)
from reviewhub.reviews.services.giving import give_out
from tests.support.bench import NOON, StandingClock
from tests.support.cast import Cast, person
from tests.support.desk import Desk
from tests.support.tasks import many, opened

DAY = timedelta(days=1)


def kinds(chain: str) -> list[str]:
    return [entry.kind for entry in api.chain_entries(chain)]


def test_a_held_queue_gives_nothing_and_lets_nobody_take(people: Cast, clock: StandingClock) -> None:
    held = claim_task(task_id=opened().pk, actor=people.alice)
    free = opened()
    hold_queue(queue=people.finance, actor=people.carol, reason=" The ERP is down ")
    Queue.objects.update(giving="round_robin")
    assert give_out(queue_id=people.finance.pk) == 0
    for actor in (people.alice, people.carol):
        with pytest.raises(NotPicked, match="Finance is held by Carol Nyström: The ERP is down"):
            claim_task(task_id=free.pk, actor=actor)
    assert claim_next_task(actor=people.carol) is None
    assert task_detail(held.pk, people.alice).may["task.decide"]
    assert task_detail(free.pk, people.alice).not_picked.startswith("Finance is held")
    let_queue_go_on(queue=people.finance, actor=people.carol)
    assert claim_next_task(actor=people.alice) == free
    assert kinds("queue:finance")[-2:] == ["queue.held", "queue.went_on"]


def test_only_those_who_lead_may_and_a_reason_is_needed(people: Cast, clock: StandingClock) -> None:
    for actor in (people.alice, people.mallory, people.oscar):
        with pytest.raises(PermissionDenied):
            hold_queue(queue=people.finance, actor=actor, reason="Why not")
        with pytest.raises(PermissionDenied):
            hand_over_tasks(queue=people.finance, versions={}, to=None, actor=actor)
    with pytest.raises(InvalidRequest, match="Say why"):
        hold_queue(queue=people.finance, actor=people.carol, reason="  ")
    opened()
    hold_queue(queue=people.finance, actor=people.oscar, reason="His workflow's tasks come here")
    with pytest.raises(PermissionDenied):
        enter_absence(queue=people.finance, actor=people.oscar, person=people.alice, starts_at=NOON, ends_at=NOON + DAY)


def test_who_leads_what(people: Cast, clock: StandingClock) -> None:
    other = Queue.objects.create(slug="other", title="Other", manager=people.bob)
    ada = person("ada")
    grant_role(person=ada, role="administrator", actor=api.SYSTEM)
    seen = {who.username: [queue.slug for queue in led_queues(who)] for who in (people.alice, people.carol, ada)}
    assert seen == {"alice": [], "carol": ["finance"], "ada": ["finance", "other"]}
    assert list(led_queues(people.bob)) == [other]
    assert not led_queues(people.oscar).exists()
    opened()
    assert list(led_queues(people.oscar)) == [people.finance]


def test_load_and_pace_of_each(desk: Desk) -> None:
    people, finance = desk.people, desk.people.finance
    HandlingTime.objects.create(workflow="purchase", step_id="approval", seconds=240, sample=9, learned_at=NOON)
    for seconds in (60, 180, 90):
        decide_task(task_id=desk.task().pk, actor=people.alice, outcome="approve", seconds_spent=seconds)
    claim_task(task_id=desk.task().pk, actor=people.alice)
    delegate_task(task_id=desk.task().pk, actor=people.carol, to=people.alice)
    Absence.objects.create(person=people.alice, starts_at=NOON + DAY, ends_at=NOON + 2 * DAY, delegate=people.bob)
    alice, carol = team_of([finance.pk], people.carol)
    assert (alice.person, alice.claimed, alice.asked, alice.open, alice.minutes) == (people.alice, 1, 1, 2, 8.0)
    assert (alice.today, alice.week, alice.median, alice.sample) == (3, 3, 90, 3)
    assert alice.away is not None
    assert (carol.role, carol.open, carol.median, carol.minutes) == ("lead", 0, None, 0)
    assert waiting_of([finance.pk]).all == 2
    assert len(next_breaches([finance.pk])) == 2


def test_the_page_costs_the_same_however_many_there_are(people: Cast, clock: StandingClock) -> None:
    def looked() -> int:
        with CaptureQueriesContext(connection) as queries:
            team_of([people.finance.pk], people.carol)
            waiting_up_to([people.finance.pk], 10)
            next_breaches([people.finance.pk])
        return len(queries)

    few = looked()
    for number in range(5):
        people.finance.memberships.create(person=person(f"p{number}"))
    many(people.finance, 30)
    assert looked() == few <= 11


def test_long_queues_are_counted_up_to_a_bound(people: Cast, clock: StandingClock) -> None:
    finance = people.finance
    assert waiting_up_to([], 10) == waiting_up_to([finance.pk], 10) == Waiting(0, 0, 0, 0)
    many(finance, 12)
    exact = waiting_of([finance.pk])
    assert (exact.all, exact.unassigned) == (12, 12)
    assert waiting_up_to([finance.pk], 100) == exact
    assert waiting_up_to([finance.pk], 10) == Waiting(10, 10, min(exact.aside, 10), min(exact.late, 10))


def test_many_are_handed_over_each_with_its_record_and_those_that_cannot_are_named(desk: Desk) -> None:
    people, finance = desk.people, desk.people.finance
    finance.memberships.create(person=people.bob)
    goes = claim_task(task_id=desk.task().pk, actor=people.alice)
    own = claim_task(task_id=desk.task(requester="bob@example.com").pk, actor=people.alice)
    asleep = snooze_task(task_id=desk.task().pk, actor=people.alice, until=NOON + timedelta(hours=1))
    decided = desk.task()
    decide_task(task_id=decided.pk, actor=people.alice, outcome="approve")
    other = Queue.objects.create(slug="other", title="Other")
    elsewhere = desk.task()
    ReviewTask.objects.filter(pk=elsewhere.pk).update(queue=other)
    wanted = [goes.pk, own.pk, asleep.pk, decided.pk, elsewhere.pk]
    handed = hand_over_tasks(queue=finance, versions=dict.fromkeys(wanted), to=people.bob, actor=people.carol)
    assert [task.pk for task in handed.tasks] == [goes.pk]
    whys = [each.why for each in handed.held_back]
    assert whys[0] == "Bob Tan may not decide it."
    assert whys[1].startswith("It is set aside")
    assert "decided" in whys[2]
    assert whys[3] == "It is no task of Finance."
    goes.refresh_from_db()
    assert (goes.claimed_by, goes.status) == (people.bob, "claimed")
    assert history_of(goes)[0].says == "Carol Nyström gave it to Bob Tan, from Alice Moreau"
    told = set(Notice.objects.filter(task=goes).values_list("person__username", "kind"))
    assert {("bob", "asked"), ("alice", "released")} <= told
    stale = hand_over_tasks(queue=finance, versions={goes.pk: goes.version - 1}, to=None, actor=people.carol)
    assert "has changed since it was shown: Bob Tan has claimed it" in stale.held_back[0].why
    again = hand_over_tasks(queue=finance, versions={goes.pk: goes.version}, to=None, actor=people.carol)
    assert [task.status for task in again.tasks] == ["open"]
    assert not goes.assignments.filter(ended_at=None).exists()


def test_nothing_is_handed_to_whoever_is_away_or_does_not_work_here(people: Cast, clock: StandingClock) -> None:
    task = opened()
    with pytest.raises(InvalidRequest, match="does not work in Finance"):
        hand_over_tasks(queue=people.finance, versions={task.pk: None}, to=people.mallory, actor=people.carol)
    Absence.objects.create(person=people.alice, starts_at=NOON - DAY, ends_at=NOON + DAY)
    with pytest.raises(InvalidRequest, match="Alice Moreau is away"):
        hand_over_tasks(queue=people.finance, versions={task.pk: None}, to=people.alice, actor=people.carol)


def test_absences_are_entered_and_removed_on_the_persons_record(people: Cast, clock: StandingClock) -> None:
    values: Any = {"queue": people.finance, "actor": people.carol}
    absence = enter_absence(**values, person=people.alice, starts_at=NOON, ends_at=NOON + DAY, delegate=people.bob)
    for wrong, ends in ((people.mallory, NOON + DAY), (people.alice, NOON), (people.alice, NOON - DAY)):
        with pytest.raises(InvalidRequest):
            enter_absence(**values, person=wrong, starts_at=NOON - 2 * DAY if ends < NOON else NOON, ends_at=ends)
    remove_absence(**values, absence=absence)
    assert kinds("person:alice")[-2:] == ["absence.set", "absence.removed"]
    assert not Absence.objects.exists()


def test_switching_picking_is_recorded_once(people: Cast, clock: StandingClock) -> None:
    for _ in range(2):
        set_pull_only(queue=people.finance, actor=people.carol, pull_only=True)
    assert kinds("queue:finance").count("queue.changed") == 1
