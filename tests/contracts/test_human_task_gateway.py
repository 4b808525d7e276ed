"""One suite for the gateway between engine and desk, on the real desk and on the fake."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction

from orchestration.ports import GoingOn, HumanTaskGateway, LateRun, PersonRef, ReachedLevel, ReviewRequest, Standstill
from reviewhub.accounts.actors import ref_of
from reviewhub.accounts.models import Absence
from reviewhub.reviews.gateway import DeskGateway
from reviewhub.reviews.models import ReviewTask
from tests.support.bench import NOON, StandingClock
from tests.support.cast import Cast, cast
from tests.support.fake_desk import FakeDesk
from tests.support.tasks import bare_run, request

KEY = "approval"
BACKUP = {"kind": "backup_of", "of": "queue"}
MANAGER = {"kind": "manager_of", "of": "assignee"}


class Seen(NamedTuple):
    """What the desk shows of a task."""

    status: str
    queue: str
    stage: str
    outcome: str
    unanswered: bool
    priority: str
    level: int
    asked: set[str]


class Desk(Protocol):
    """A gateway under test, with what its implementation shows."""

    gateway: HumanTaskGateway
    asked: ReviewRequest
    bob: PersonRef
    carol: PersonRef

    def see(self) -> Seen: ...

    def clock(self) -> tuple[datetime | None, datetime | None]:
        """Since when it stands still, and when it is due."""
        ...

    def send_away(self, person: PersonRef, delegate: PersonRef) -> None: ...


class RealDesk:
    def __init__(self, people: Cast) -> None:
        self.gateway = DeskGateway()
        self.asked = request(bare_run())
        self.bob, self.carol = ref_of(people.bob), ref_of(people.carol)

    def see(self) -> Seen:
        task = ReviewTask.objects.select_related("queue").get(run_id=self.asked.run_id)
        asked = task.assignments.filter(ended_at__isnull=True).values_list("person_id", flat=True)
        return Seen(
            task.status,
            task.queue.slug,
            task.stage,
            task.outcome,
            task.unanswered,
            task.priority,
            task.level,
            {str(pk) for pk in asked},
        )

    def clock(self) -> tuple[datetime | None, datetime | None]:
        task = ReviewTask.objects.get(run_id=self.asked.run_id)
        return task.stands_still_since, task.due_at

    def send_away(self, person: PersonRef, delegate: PersonRef) -> None:
        week = timedelta(days=7)
        Absence.objects.create(person_id=person.id, delegate_id=delegate.id, starts_at=NOON - week, ends_at=NOON + week)


class DeskInMemory:
    def __init__(self) -> None:
        self.bob, self.carol = PersonRef("2", "Bob Tan"), PersonRef("3", "Carol Nyström")
        self.fake = FakeDesk(
            people={"backup_of": (self.bob,), "manager_of": (self.carol,)},
            addresses={"bob@example.com": self.bob, "carol@example.com": self.carol},
        )
        self.gateway: HumanTaskGateway = self.fake
        self.asked = ReviewRequest(
            run_id="run",
            key=KEY,
            kind="review",
            workflow="purchase",
            workflow_title="Purchase",
            workflow_version=1,
            workflow_owner="oscar",
            step_id="approval",
            title="Request",
            queue="finance",
            outcomes=({"id": "approve", "label": "Approve", "risk": "low", "reason": "against_ai"},),
            created_at=NOON,
        )

    def see(self) -> Seen:
        task = self.fake.tasks["run", KEY]
        return Seen(
            task.status,
            task.queue,
            task.stage,
            task.outcome,
            task.unanswered,
            task.priority,
            task.level,
            set(task.asked),
        )

    def clock(self) -> tuple[datetime | None, datetime | None]:
        task = self.fake.tasks["run", KEY]
        due = task.request.due_at
        return task.stands_still_since, task.instants.get("breach", due)

    def send_away(self, person: PersonRef, delegate: PersonRef) -> None:
        self.fake.instead[person.id] = delegate


@pytest.fixture(params=["real", "fake"])
def desk(request: pytest.FixtureRequest, db: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    if request.param == "fake":
        yield DeskInMemory()
        return
    monkeypatch.setattr("orchestration.ports.bound.clock", StandingClock())
    with transaction.atomic():
        yield RealDesk(cast())


def reach(desk: Desk, *people: PersonRef, **fields: Any) -> None:
    level = ReachedLevel(0, NOON, people, "add", None, BACKUP)
    desk.gateway.escalate(desk.asked.run_id, KEY, replace(level, **fields))


def test_an_opened_review_waits_in_its_queue_and_nobody_has_it(desk: Desk) -> None:
    desk.gateway.open(desk.asked)
    assert desk.see() == Seen("open", "finance", "", "", unanswered=False, priority="normal", level=0, asked=set())


def test_an_incident_without_a_queue_comes_to_the_queue_of_incidents(desk: Desk) -> None:
    desk.gateway.open(replace(desk.asked, kind="incident", queue=""))
    assert desk.see().queue == "incidents"


def test_a_level_is_settled_on_the_people_it_names(desk: Desk) -> None:
    desk.gateway.open(desk.asked)
    assert desk.gateway.people_for(desk.asked.run_id, KEY, BACKUP) == (desk.bob,)
    assert desk.gateway.people_for(desk.asked.run_id, KEY, MANAGER) == (desk.carol,)


def test_a_task_of_a_paused_run_stands_still_and_everything_to_come_comes_later(desk: Desk) -> None:
    due = NOON + timedelta(hours=8)
    desk.gateway.open(replace(desk.asked, due_at=due, half_at=NOON + timedelta(hours=4)))
    desk.gateway.stand_still([Standstill(desk.asked.run_id, KEY, NOON + timedelta(hours=5))])
    assert desk.clock() == (NOON + timedelta(hours=5), due)
    later = {"breach": due + timedelta(hours=30)}
    going_on = GoingOn(desk.asked.run_id, KEY, NOON + timedelta(hours=5), timedelta(hours=30), later)
    desk.gateway.go_on([going_on])
    assert desk.clock() == (None, due + timedelta(hours=30))
    assert desk.see().status == "open"


def test_a_task_that_has_another_name_in_another_version_is_the_same_task(desk: Desk) -> None:
    desk.gateway.open(desk.asked)
    reach(desk, desk.bob)
    desk.gateway.rename(desk.asked.run_id, KEY, "release", "release")
    with pytest.raises((KeyError, ObjectDoesNotExist)):
        desk.gateway.warn(desk.asked.run_id, KEY, "half", NOON)
    desk.gateway.rename(desk.asked.run_id, "release", KEY, KEY)
    assert (desk.see().status, desk.see().asked) == ("open", {desk.bob.id})


def test_a_level_never_lands_on_the_requester(desk: Desk) -> None:
    desk.gateway.open(replace(desk.asked, exclude=("bob@example.com",)))
    found = desk.gateway.people_for(desk.asked.run_id, KEY, BACKUP)
    assert found == (desk.carol,)


def test_absence_hands_on_to_the_delegate(desk: Desk) -> None:
    desk.gateway.open(desk.asked)
    desk.send_away(desk.bob, desk.carol)
    assert desk.gateway.people_for(desk.asked.run_id, KEY, BACKUP) == (desk.carol,)


def test_people_who_stand_in_for_each_other_do_not_make_a_circle(desk: Desk) -> None:
    desk.gateway.open(desk.asked)
    desk.send_away(desk.bob, desk.carol)
    desk.send_away(desk.carol, desk.bob)
    assert len(desk.gateway.people_for(desk.asked.run_id, KEY, BACKUP)) == 1


def test_a_level_adds_people_and_leaves_the_task_open(desk: Desk) -> None:
    desk.gateway.open(desk.asked)
    reach(desk, desk.bob)
    reach(desk, desk.carol, index=1, priority="urgent")
    seen = desk.see()
    assert (seen.status, seen.level, seen.priority) == ("open", 2, "urgent")
    assert seen.asked == {desk.bob.id, desk.carol.id}


def test_a_level_that_moves_leaves_only_the_new_people(desk: Desk) -> None:
    desk.gateway.open(desk.asked)
    reach(desk, desk.bob)
    reach(desk, desk.carol, index=1, mode="move")
    assert desk.see().asked == {desk.carol.id}


def test_a_level_that_finds_nobody_keeps_those_who_were_asked(desk: Desk) -> None:
    desk.gateway.open(desk.asked)
    reach(desk, desk.bob)
    reach(desk, index=1)
    assert desk.see().asked == {desk.bob.id}


def test_a_warning_is_the_tasks_stage(desk: Desk) -> None:
    desk.gateway.open(desk.asked)
    for stage in ("half", "three_quarters", "breach"):
        desk.gateway.warn(desk.asked.run_id, KEY, stage, NOON)
        assert desk.see().stage == stage


def test_a_run_that_is_late_needs_no_task(desk: Desk) -> None:
    desk.gateway.open(desk.asked)
    before = desk.see()
    desk.gateway.run_late(desk.asked.run_id, LateRun("order", "breach", NOON, NOON, ()))
    assert desk.see() == before


@pytest.mark.parametrize("unanswered", [False, True])
def test_a_closed_task_has_its_outcome_and_asks_nobody(desk: Desk, unanswered: bool) -> None:
    desk.gateway.open(desk.asked)
    reach(desk, desk.bob)
    desk.gateway.close(desk.asked.run_id, KEY, "approve", NOON, unanswered)
    seen = desk.see()
    assert (seen.status, seen.outcome, seen.unanswered, seen.asked) == ("closed", "approve", unanswered, set())


def test_a_withdrawn_task_asks_nobody_and_has_no_outcome(desk: Desk) -> None:
    desk.gateway.open(desk.asked)
    reach(desk, desk.bob)
    desk.gateway.withdraw(desk.asked.run_id, KEY, "The run was cancelled.", NOON)
    seen = desk.see()
    assert (seen.status, seen.outcome, seen.asked) == ("withdrawn", "", set())
