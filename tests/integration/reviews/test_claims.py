"""Claiming, releasing, and the lease between them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from orchestration import api
from reviewhub.accounts.permissions import PermissionDenied
from reviewhub.reviews.exceptions import SelfApproval, StaleTask, TaskMoved, TaskTaken
from reviewhub.reviews.gateway import DeskGateway
from reviewhub.reviews.models import ReviewTask
from reviewhub.reviews.services import claim_next_task, claim_task, release_task
from tests.support.bench import NOON, StandingClock
from tests.support.cast import Cast
from tests.support.tasks import opened

HOUR = timedelta(hours=1)


def test_a_claim_is_a_lease_on_system_time(people: Cast, clock: StandingClock) -> None:
    clock.process += 100 * HOUR
    task = claim_task(task_id=opened().pk, actor=people.alice)
    assert (task.status, task.claimed_by) == ("claimed", people.alice)
    assert task.claim_expires_at == NOON + timedelta(minutes=15)


def test_others_are_told_who_has_it(people: Cast) -> None:
    task = claim_task(task_id=opened().pk, actor=people.alice)
    with pytest.raises(TaskTaken, match="Alice Moreau has claimed it") as refused:
        claim_task(task_id=task.pk, actor=people.carol)
    assert refused.value.details["by"] == "Alice Moreau"


def test_a_lease_that_ran_out_lets_the_next_one_in(people: Cast, clock: StandingClock) -> None:
    task = claim_task(task_id=opened().pk, actor=people.alice)
    clock.system += timedelta(minutes=15)
    claim_task(task_id=task.pk, actor=people.carol)
    task.refresh_from_db()
    assert task.claimed_by == people.carol
    assert list(task.assignments.filter(ended="released").values_list("person", flat=True)) == [people.alice.pk]


def test_claiming_ones_own_again_renews_the_lease_and_nothing_else(people: Cast, clock: StandingClock) -> None:
    task = claim_task(task_id=opened().pk, actor=people.alice)
    clock.system += timedelta(minutes=5)
    again = claim_task(task_id=task.pk, actor=people.alice)
    assert again.claim_expires_at == NOON + timedelta(minutes=20)
    assert again.version == task.version
    assert [entry.kind for entry in api.timeline(task.run_id)] == ["desk.claimed"]


def test_a_stale_page_cannot_claim(people: Cast) -> None:
    task = claim_task(task_id=opened().pk, actor=people.alice)
    release_task(task_id=task.pk, actor=people.alice)
    with pytest.raises(StaleTask):
        claim_task(task_id=task.pk, actor=people.alice, expected_version=1)


def test_nobody_claims_their_own_request(people: Cast) -> None:
    with pytest.raises(SelfApproval, match="nobody decides their own request"):
        claim_task(task_id=opened(exclude=("alice@example.com",)).pk, actor=people.alice)


def test_an_exclusion_by_user_name_counts_as_well(people: Cast) -> None:
    with pytest.raises(SelfApproval):
        claim_task(task_id=opened(exclude=("ALICE ",)).pk, actor=people.alice)


def test_a_stranger_gets_nowhere(people: Cast) -> None:
    task = opened()
    with pytest.raises(PermissionDenied):
        claim_task(task_id=task.pk, actor=people.mallory)
    with pytest.raises(PermissionDenied):
        release_task(task_id=task.pk, actor=people.mallory)


def test_a_task_that_was_withdrawn_cannot_be_claimed(people: Cast) -> None:
    task = opened()
    DeskGateway().withdraw(str(task.run_id), task.key, "The run was cancelled.", NOON)
    with pytest.raises(TaskMoved, match=r"withdrawn\. The run was cancelled\."):
        claim_task(task_id=task.pk, actor=people.alice)


def test_a_lead_may_release_somebody_elses_claim_and_a_reviewer_may_not(people: Cast) -> None:
    people.finance.memberships.create(person=people.bob)
    task = claim_task(task_id=opened().pk, actor=people.alice)
    with pytest.raises(PermissionDenied, match="may not release a task that somebody else has claimed"):
        release_task(task_id=task.pk, actor=people.bob)
    released = release_task(task_id=task.pk, actor=people.carol)
    assert (released.status, released.claimed_by) == ("open", None)
    assert not released.assignments.filter(ended_at__isnull=True).exists()


def test_a_lead_releases_whom_they_saw_and_not_whoever_has_taken_it_since(people: Cast) -> None:
    task = claim_task(task_id=opened().pk, actor=people.alice)
    release_task(task_id=task.pk, actor=people.alice)
    people.finance.memberships.create(person=people.bob)
    claim_task(task_id=task.pk, actor=people.bob)
    with pytest.raises(StaleTask):
        release_task(task_id=task.pk, actor=people.carol, expected_version=task.version)
    task.refresh_from_db()
    assert task.claimed_by == people.bob
    assert release_task(task_id=task.pk, actor=people.bob, expected_version=1).claimed_by is None  # their own


def test_releasing_what_nobody_holds_changes_nothing(people: Cast) -> None:
    task = opened()
    assert release_task(task_id=task.pk, actor=people.alice).version == task.version


def test_start_reviewing_pulls_the_most_urgent_that_i_may_decide(people: Cast) -> None:
    opened(title="mine to ask", due_at=NOON + HOUR, exclude=("alice@example.com",))
    claim_task(task_id=opened(title="taken", due_at=NOON + 2 * HOUR).pk, actor=people.carol)
    opened(title="next", due_at=NOON + 3 * HOUR)
    opened(title="later")
    pulled = claim_next_task(actor=people.alice)
    assert pulled is not None
    assert (pulled.title, pulled.claimed_by) == ("next", people.alice)


def test_start_reviewing_finds_nothing_in_an_empty_queue(people: Cast) -> None:
    opened(exclude=("alice",))
    assert claim_next_task(actor=people.alice) is None
    assert not ReviewTask.objects.filter(status="claimed").exists()


def test_every_act_is_in_the_runs_audit_trail_with_who_did_it(people: Cast) -> None:
    task = claim_task(task_id=opened().pk, actor=people.alice)
    release_task(task_id=task.pk, actor=people.carol)
    trail = [(entry.kind, entry.actor.label, entry.data.get("held_by")) for entry in api.timeline(task.run_id)]
    assert trail == [("desk.claimed", "Alice Moreau", None), ("desk.released", "Carol Nyström", "Alice Moreau")]
