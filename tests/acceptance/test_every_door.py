"""One task, two people, and every door: whoever comes too late, twice, or without being allowed to, is told so there.

A table: each situation is tried at every door. `tests.support.doors` has what somebody meets at each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from pytest_django import Settings

from orchestration import api
from reviewhub.accounts.models import Person
from reviewhub.reviews.models import Decision, QueueMembership, ReviewTask
from reviewhub.reviews.services import claim_task, decide_task, delegate_task
from tests.support.desk_room import OSCAR, DeskRoom, desk_room
from tests.support.doors import DOORS, Door, Entrance

pytestmark = pytest.mark.sqlite  # what is told at a door asks no database; who wins a race is tried on both elsewhere

Meets = Callable[[ReviewTask], Door]


@pytest.fixture
def room(db: None) -> Iterator[DeskRoom]:
    with desk_room() as made:
        yield made


@pytest.fixture(params=list(DOORS))
def door(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def meets(door: str, room: DeskRoom, settings: Settings) -> Iterator[Meets]:
    """Alice comes to a task by the door."""
    with ExitStack() as stack:
        yield lambda task: DOORS[door](Entrance(room, room.people.alice, settings, stack), task)


def standing(task: ReviewTask) -> list[str]:
    found = Decision.objects.filter(task=task, taken_back_at__isnull=True)
    return [f"{each.by.username} {each.outcome}" for each in found.select_related("by")]


def refusals(task: ReviewTask) -> list[str]:
    """Why decisions that came too late were not taken, as it is on record."""
    return [str(entry.data["because"]) for entry in told_of(task, "desk.refused")]


def told_of(task: ReviewTask, kind: str) -> list[api.Entry]:
    return [entry for entry in api.timeline(task.run_id) if entry.kind == kind]


CHANNELS = {
    "desk": "web",
    "push": "web",
    "card": "app",
    "offline": "app",
    "mail link": "eml",
    "slack": "cht",
    "api": "api",
}


def test_a_decision_is_taken_and_its_channel_is_on_record(room: DeskRoom, meets: Meets, door: str) -> None:
    task = room.case()
    assert meets(task).decide("approve").taken
    assert standing(task) == ["alice approve"]
    assert Decision.objects.get().channel == CHANNELS.get(door, "api")
    (entry,) = told_of(task, "desk.decided")
    proof = {"mail link": "mailed_code", "slack": "linked_account"}
    assert entry.data.get("proved_by") == proof.get(door)


def test_sent_twice_it_counts_once(room: DeskRoom, meets: Meets) -> None:
    task = room.case()
    here = meets(task)
    assert [here.decide("approve").taken, here.decide("approve").taken] == [True, True]
    assert standing(task) == ["alice approve"]


def test_whoever_is_second_is_told_who_decided_what(room: DeskRoom, meets: Meets, door: str) -> None:
    task = room.case()
    here = meets(task)
    decide_task(task_id=task.pk, actor=room.people.carol, outcome="refer")
    told = here.decide("approve")
    assert not told.taken
    assert "Carol Nyström" in told.text
    assert "Refer to the board" in told.text
    assert standing(task) == ["carol refer"]
    assert refusals(task) == ([] if door == "push" else ["TaskMoved"])  # the push has led to the page as it is


def test_what_somebody_else_has_is_not_decided_over_them(room: DeskRoom, meets: Meets) -> None:
    task = room.case()
    here = meets(task)
    claim_task(task_id=task.pk, actor=room.people.carol)
    told = here.decide("approve")
    assert (told.taken, "Carol Nyström" in told.text) == (False, True)
    assert standing(task) == []


def test_a_page_that_is_older_than_the_task_decides_nothing(room: DeskRoom, meets: Meets, door: str) -> None:
    task = room.case()
    here = meets(task)
    claim_task(task_id=task.pk, actor=room.people.alice)
    told = here.decide("approve")
    if door == "push":
        assert told.taken  # it shows what is
        return
    assert (told.taken, "has changed since it was shown" in told.text) == (False, True)
    assert standing(task) == []
    assert refusals(task) == ["StaleTask"]


def test_a_case_that_has_changed_is_shown_before_it_counts(room: DeskRoom, meets: Meets, door: str) -> None:
    if door in ("push", "api"):  # the one shows what is; the other names what it rests on by the version alone
        return
    task = room.case()
    here = meets(task)
    ReviewTask.objects.filter(pk=task.pk).update(evidence_hash="0" * 64, context={"supplier": "Somebody else"})
    told = here.decide("approve")
    assert not told.taken
    assert told.text
    assert standing(task) == []


def test_what_was_withdrawn_meanwhile_says_why(room: DeskRoom, meets: Meets) -> None:
    task = room.case()
    here = meets(task)
    api.cancel_run(run_id=task.run_id, reason="Bought elsewhere.", actor=OSCAR)
    told = here.decide("approve")
    assert (told.taken, "withdrawn" in told.text) == (False, True)
    assert standing(task) == []


def test_what_nobody_answered_in_time_says_how_it_ended(room: DeskRoom, meets: Meets) -> None:
    task = room.case()
    here = meets(task)
    room.forward(days=3)
    told = here.decide("approve")
    assert not told.taken
    assert "nobody answered in time" in told.text.lower()
    assert standing(task) == []


def test_a_task_that_went_to_somebody_else_is_theirs(room: DeskRoom, meets: Meets) -> None:
    task = room.case()
    here = meets(task)
    claim_task(task_id=task.pk, actor=room.people.alice)
    delegate_task(task_id=task.pk, actor=room.people.alice, to=room.people.carol)
    claim_task(task_id=task.pk, actor=room.people.carol)
    told = here.decide("approve")
    assert (told.taken, "Carol Nyström" in told.text) == (False, True)
    assert standing(task) == []


def test_who_has_left_the_queue_is_refused(room: DeskRoom, meets: Meets, door: str) -> None:
    task = room.case()
    here = meets(task)
    QueueMembership.objects.filter(person=room.people.alice).delete()
    told = here.decide("approve")
    if door in ("push", "slack"):
        assert told.taken  # they were asked by name, and may
        return
    assert not told.taken
    assert told.text
    assert standing(task) == []


def test_who_may_not_sign_in_any_more_is_refused(room: DeskRoom, meets: Meets) -> None:
    task = room.case()
    here = meets(task)
    Person.objects.filter(pk=room.people.alice.pk).update(is_active=False)
    assert not here.decide("approve").taken
    assert standing(task) == []


def test_nobody_decides_their_own_request(room: DeskRoom, meets: Meets) -> None:
    task = room.case()
    here = meets(task)
    ReviewTask.objects.filter(pk=task.pk).update(excluded=["alice@example.com"])
    told = here.decide("approve")
    assert not told.taken
    assert told.text
    assert standing(task) == []


def test_a_reason_that_is_asked_for_is_asked_for_here_too(room: DeskRoom, meets: Meets, door: str) -> None:
    task = room.case()
    here = meets(task)
    told = here.decide("reject")
    assert not told.taken
    assert "AI said" in told.text
    assert standing(task) == []
    if door != "slack":  # it has led to the page
        assert here.decide("reject", reason="policy", asked="yes").taken
        assert standing(task) == ["alice reject"]


def test_a_high_risk_is_never_one_tap(room: DeskRoom, meets: Meets, door: str) -> None:
    task = room.case(amount=50_000)
    here = meets(task)
    told = here.decide("approve")
    assert not told.taken
    assert "high risk" in told.text
    assert standing(task) == []
    again = here.decide("approve", confirmed="yes")
    assert again.taken is (door not in ("slack", "mail link"))  # there, whoever decides it signs in
    assert standing(task) == (["alice approve"] if again.taken else [])
