"""All that a task's page shows, who may see it, and what it costs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orchestration.ports import FutureStep
from reviewhub.accounts.models import Absence
from reviewhub.accounts.permissions import PermissionDenied
from reviewhub.reviews.evidence import evidence_of
from reviewhub.reviews.exceptions import TaskNotFound
from reviewhub.reviews.models import Queue, ReviewTask
from reviewhub.reviews.selectors import future_of, reason_groups, task_detail
from reviewhub.reviews.services import claim_task, comment_on_task
from tests.support.bench import NOON
from tests.support.cast import Cast, person
from tests.support.tasks import opened

HOUR = timedelta(hours=1)
FUTURE = (
    FutureStep("half", NOON + 4 * HOUR),
    FutureStep("level", NOON + 24 * HOUR, level=0, to={"kind": "backup_of", "of": "queue"}),
    FutureStep(
        "level",
        NOON + 48 * HOUR,
        level=1,
        to={"kind": "owner", "of": "workflow"},
        applies=False,
        when="${ sla.critical }",
        priority="urgent",
    ),
    FutureStep("unanswered", NOON + 240 * HOUR, outcome="reject"),
)


def test_the_future_names_who_gets_the_task_and_when(people: Cast) -> None:
    half, backup, owner, unanswered = future_of(opened(future=FUTURE))
    assert (half.kind, half.at, half.reached) == ("half", NOON + 4 * HOUR, False)
    assert (backup.level, backup.people, backup.applies) == (1, ("Bob Tan",), True)
    assert (owner.people, owner.applies, owner.condition) == (("Oscar Lind",), False, "${ sla.critical }")
    assert (unanswered.outcome, unanswered.people) == ("Reject", ())


def test_the_future_knows_who_is_away(people: Cast) -> None:
    Absence.objects.create(person=people.bob, starts_at=NOON - HOUR, ends_at=NOON + HOUR, delegate=people.carol)
    assert future_of(opened(future=FUTURE))[1].people == ("Carol Nyström",)


def test_a_stranger_is_refused_in_words(people: Cast) -> None:
    with pytest.raises(PermissionDenied, match="Mallory may not read this task"):
        task_detail(opened().pk, people.mallory)


def test_a_task_that_is_not_there_is_said_to_be_so(people: Cast) -> None:
    with pytest.raises(TaskNotFound):
        task_detail(opened().run_id, people.alice)


def test_the_page_knows_what_its_reader_may_do(people: Cast) -> None:
    task = opened()
    assert task_detail(task.pk, people.alice).may == {
        "task.read": True,
        "task.claim": True,
        "task.decide": True,
        "task.ask": True,
        "task.snooze": True,
        "task.delegate": True,
        "task.escalate": True,
        "task.decline": True,
        "task.comment": True,
        "task.release": False,
        "task.nudge": False,
    }
    assert task_detail(task.pk, people.carol).may["task.release"]
    assert not task_detail(task.pk, people.oscar).may["task.decide"]


def test_the_requester_may_look_and_not_decide(people: Cast) -> None:
    detail = task_detail(opened(exclude=("Alice@Example.com",)).pk, people.alice)
    assert detail.excluded
    assert not detail.may["task.decide"]
    assert not detail.may["task.claim"]
    assert detail.may["task.read"]


def test_a_page_costs_the_same_however_much_has_been_said(people: Cast) -> None:
    task = opened(future=FUTURE)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            task_detail(task.pk, type(people.alice).objects.get(pk=people.alice.pk))
        return len(queries)

    claim_task(task_id=task.pk, actor=people.alice)
    comment_on_task(task_id=task.pk, actor=people.alice, text="First.")
    before = cost()
    for number in range(10):
        comment_on_task(task_id=task.pk, actor=people.alice, text=f"And {number}.")
    assert cost() == before


def test_a_page_costs_the_same_however_many_work_in_the_queue(people: Cast) -> None:
    """Where a level names nobody, they are all asked."""
    people.finance.memberships.exclude(person=people.alice).delete()
    Queue.objects.filter(pk=people.finance.pk).update(manager=None, backup=None)
    task = opened(future=FUTURE)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            task_detail(task.pk, type(people.alice).objects.get(pk=people.alice.pk))
        return len(queries)

    before = cost()
    for name in ("ann", "ben", "cid"):
        people.finance.memberships.create(person=person(name))
    assert cost() == before
    assert future_of(ReviewTask.objects.get(pk=task.pk))[1].people == ("Alice Moreau", "Ann", "Ben", "Cid")


def test_what_is_shown_is_sealed(people: Cast) -> None:
    task = opened(highlights=({"label": "Amount", "value": "€18,400"},))
    assert evidence_of(ReviewTask.objects.get(pk=task.pk)) == task.evidence_hash
    ReviewTask.objects.filter(pk=task.pk).update(highlights=[{"label": "Amount", "value": "€1"}])
    assert evidence_of(ReviewTask.objects.get(pk=task.pk)) != task.evidence_hash


def test_reasons_come_in_groups_in_one_query(db: None, django_assert_num_queries: Callable[[int], Any]) -> None:
    with django_assert_num_queries(1):
        groups = reason_groups()
    first = groups[0]
    assert (first.reason.code, first.reason.label) == ("missing_context", "Missing context")
    assert [detail.code for detail in first.details] == [
        "missing_context/elsewhere",
        "missing_context/arrived_later",
        "missing_context/tacit",
    ]
    assert len(groups) == 11
