"""The queue: what it shows to whom, in what order, and what that costs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orchestration.ports import ReachedLevel
from reviewhub.accounts.actors import ref_of
from reviewhub.accounts.models import Person
from reviewhub.accounts.permissions import allows
from reviewhub.accounts.services import grant_role
from reviewhub.reviews.gateway import DeskGateway
from reviewhub.reviews.models import Decision, ReviewTask
from reviewhub.reviews.selectors import COUNTED_UP_TO, VIEWS, Cursor, counts, page_of, view
from reviewhub.reviews.services import claim_task
from tests.support.bench import ALICE, NOON, StandingClock
from tests.support.cast import Cast, person
from tests.support.tasks import many, opened

HOUR = timedelta(hours=1)


def escalated_to(task: ReviewTask, *people: Person, mode: str = "add") -> ReviewTask:
    refs = tuple(ref_of(each) for each in people)
    level = ReachedLevel(0, NOON, refs, mode, None, {"kind": "backup_of", "of": "queue"})
    DeskGateway().escalate(str(task.run_id), task.key, level)
    task.refresh_from_db()
    return task


def warm(someone: Person) -> Person:
    """Roles and queues are read once a request, whatever is asked then."""
    assert someone.granted == frozenset()
    assert someone.queue_roles
    return someone


def titles(name: str, of: Person) -> list[str]:
    return [task.title for task in view(name, of).urgent_first()]


def test_the_nearest_deadline_comes_first_and_the_newest_has_no_advantage(people: Cast) -> None:
    opened(title="later", due_at=NOON + 9 * HOUR)
    opened(title="soon", due_at=NOON + HOUR)
    opened(title="newest", created_at=NOON + HOUR, due_at=NOON + 30 * HOUR)
    assert titles("team", people.alice) == ["soon", "later", "newest"]


def test_a_page_goes_on_where_the_last_one_ended_although_deadlines_are_the_same(people: Cast) -> None:
    for _ in range(7):
        opened()
    seen: list[Any] = []
    after: Cursor | None = None
    while True:
        page = page_of(view("team", people.alice), after=after, size=3)
        seen += [task.pk for task in page.rows]
        after = page.following
        if after is None:
            break
        after = Cursor.parse(str(after))
    assert len(seen) == len(set(seen)) == 7


def test_a_page_that_is_just_full_is_the_last(people: Cast) -> None:
    for _ in range(3):
        opened()
    assert page_of(view("team", people.alice), size=3).following is None


def test_mine_is_what_i_hold_and_what_an_escalation_asks_of_me(people: Cast) -> None:
    claim_task(task_id=opened(title="held").pk, actor=people.alice)
    escalated_to(opened(title="asked", due_at=NOON + 9 * HOUR), people.alice)
    opened(title="nobody's")
    assert titles("mine", people.alice) == ["held", "asked"]


def test_a_claim_whose_lease_ran_out_is_nobodys(people: Cast, clock: StandingClock) -> None:
    claim_task(task_id=opened(title="dropped").pk, actor=people.alice)
    assert titles("unassigned", people.alice) == []
    clock.system += timedelta(minutes=people.finance.lease_minutes)
    assert titles("mine", people.alice) == []
    assert titles("unassigned", people.alice) == ["dropped"]


def test_at_risk_is_what_has_used_three_quarters_of_its_time(people: Cast, clock: StandingClock) -> None:
    opened(title="tight", three_quarters_at=NOON)
    opened(title="easy", three_quarters_at=NOON + HOUR, due_at=NOON + 9 * HOUR)
    assert titles("at-risk", people.alice) == ["tight"]
    clock.process += HOUR
    assert titles("at-risk", people.alice) == ["tight", "easy"]


def test_escalated_to_me_reaches_somebody_outside_the_queue(people: Cast) -> None:
    escalated_to(opened(title="up"), people.bob)
    assert titles("escalated", people.bob) == ["up"]
    assert titles("escalated", people.alice) == []


def test_a_level_that_moves_a_task_takes_it_from_the_queue(people: Cast) -> None:
    task = escalated_to(opened(title="moved"), people.bob, mode="move")
    assert titles("team", people.alice) == []
    assert not allows(people.alice, "task.decide", task)
    assert not ReviewTask.objects.visible_to(people.alice).exists()
    assert allows(people.bob, "task.decide", task)
    assert allows(people.carol, "task.decide", task), "the lead keeps an eye on it"
    assert ReviewTask.objects.visible_to(people.carol).exists()


def test_done_today_begins_at_my_own_midnight(people: Cast, clock: StandingClock) -> None:
    """It is noon in UTC; Alice's day in Helsinki began at 22:00 UTC."""
    for title, at in (("yesterday", NOON - 15 * HOUR), ("today", NOON - 13 * HOUR)):
        task = opened(title=title)
        Decision.objects.create(
            task=task,
            outcome="approve",
            by=people.alice,
            received_at=at,
            recorded_at=at,
            task_version=1,
            channel="web",
            evidence_hash="0",
        )
    assert titles("done", people.alice) == ["today"]


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("alice", True),  # reviews the queue
        ("carol", True),  # leads it
        ("oscar", True),  # owns the process
        ("mallory", False),
        ("bob", False),  # a backup is nobody before the level fires
    ],
)
def test_the_list_shows_what_the_permission_table_allows(people: Cast, who: str, sees: bool) -> None:
    task = opened()
    somebody = getattr(people, who)
    assert allows(somebody, "task.read", task) is sees
    assert ReviewTask.objects.visible_to(somebody).exists() is sees


@pytest.mark.parametrize(
    ("role", "review", "incident"),
    [("auditor", True, True), ("operator", True, True), ("engineer", False, True), ("administrator", False, False)],
)
def test_list_and_check_agree_for_every_global_role(people: Cast, role: str, review: bool, incident: bool) -> None:
    somebody = person("gina")
    grant_role(person=somebody, role=role, actor=ALICE)
    for task, sees in ((opened(), review), (opened(kind="incident", queue=""), incident)):
        assert allows(somebody, "task.read", task) is sees
        assert ReviewTask.objects.visible_to(somebody).filter(pk=task.pk).exists() is sees


def test_somebody_who_may_not_sign_in_any_more_sees_nothing(people: Cast) -> None:
    opened()
    people.alice.is_active = False
    assert not ReviewTask.objects.visible_to(people.alice).exists()


def test_counts_are_the_views_lengths_in_one_query(people: Cast) -> None:
    claim_task(task_id=opened().pk, actor=people.alice)
    escalated_to(opened(three_quarters_at=NOON), people.alice)
    opened()
    alice = warm(people.alice)
    with CaptureQueriesContext(connection) as queries:
        numbers = counts(alice)
    assert len(queries) == 1
    assert numbers == {name: view(name, people.alice).count() for name in VIEWS}
    assert numbers == {"mine": 2, "team": 3, "unassigned": 2, "at-risk": 1, "escalated": 1, "aside": 0, "done": 0}


@pytest.mark.parametrize("role", ["", "operator"])
def test_incidents_are_counted_once_whether_they_are_the_queues_or_the_workflows(people: Cast, role: str) -> None:
    opened(kind="incident")
    opened(kind="incident", queue="")
    opened()
    if role:
        grant_role(person=people.alice, role=role, actor=ALICE)
    for somebody in Person.objects.all():
        assert counts(somebody) == {name: view(name, somebody).count() for name in VIEWS}


def test_a_long_queue_is_not_counted_to_its_end(people: Cast) -> None:
    many(people.finance, COUNTED_UP_TO + 5)
    assert counts(people.alice)["team"] == COUNTED_UP_TO


@pytest.mark.parametrize("number", [5, 60])
def test_a_page_costs_one_query_however_long_the_queue_is(
    people: Cast, number: int, django_assert_num_queries: Callable[[int], Any]
) -> None:
    many(people.finance, number)
    alice = warm(people.alice)
    with django_assert_num_queries(1):
        for task in page_of(view("team", alice), size=50).rows:
            assert (task.queue_id, task.claimed_by) == (people.finance.pk, None)


@pytest.mark.parametrize("name", ["team", "unassigned", "all"])
def test_a_page_of_a_long_queue_is_read_from_an_index(people: Cast, name: str) -> None:
    many(people.finance, 3000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    after = Cursor(NOON + timedelta(minutes=1000), ReviewTask.objects.only("pk")[0].pk)
    tasks = ReviewTask.objects.visible_to(people.alice) if name == "all" else view(name, people.alice)
    plan = tasks.after(after.urgency_at, after.id).for_rows().urgent_first()[:51].explain()
    assert "review_task_urgency" in plan or "review_task_queue_counted" in plan, plan
    assert "Seq Scan on reviews_reviewtask" not in plan
    assert "SCAN reviews_reviewtask\n" not in plan
