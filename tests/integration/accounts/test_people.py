"""People, what they are granted, and who stands in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from orchestration import api
from reviewhub.accounts.absences import standing_in
from reviewhub.accounts.models import Absence, Person, RoleGrant
from reviewhub.accounts.permissions import allows, allows_somewhere
from reviewhub.accounts.services import grant_role, set_absence, withdraw_role
from tests.support.bench import NOON, OSCAR, StandingClock
from tests.support.cast import Cast, person

DAY = timedelta(days=1)


def anybody(_: Person) -> bool:
    return True


def away(who: Person, delegate: Person | None) -> None:
    Absence.objects.create(person=who, starts_at=NOON - DAY, ends_at=NOON + DAY, delegate=delegate)


def test_an_address_belongs_to_one_person_however_it_is_written(db: None) -> None:
    person("alice")
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.create(username="alice2", email="ALICE@example.com", display_name="A")


def test_somebody_signs_in_with_their_address_in_any_case(db: None) -> None:
    alice = person("alice")
    assert Person.objects.get_by_natural_key(" Alice@Example.com") == alice


def test_nobody_is_their_own_manager(db: None) -> None:
    alice = person("alice")
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.filter(pk=alice.pk).update(manager=alice)


def test_an_unknown_time_zone_is_refused(db: None) -> None:
    alice = person("alice", zone="Mars/Olympus")
    with pytest.raises(ValidationError, match="Europe/Helsinki"):
        alice.full_clean()


def test_the_first_administrator_is_made_on_the_command_line(db: None) -> None:
    root = Person.objects.create_superuser("ada@example.com", "a long password")
    assert root.is_staff
    assert allows(root, "config.edit")
    assert root.email_verified_at is not None


@pytest.mark.parametrize(("role", "workflow"), [("engineer", "purchase"), ("process_owner", "")])
def test_only_a_process_owners_grant_names_a_workflow(db: None, role: str, workflow: str) -> None:
    alice = person("alice")
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(person=alice, role=role, workflow=workflow)


def test_a_process_owner_owns_their_own_workflow_only(people: Cast) -> None:
    assert allows(people.oscar, "workflow.publish", "purchase")
    assert not allows(people.oscar, "workflow.publish", "payments")
    assert not allows(people.oscar, "workflow.publish")
    assert allows_somewhere(people.oscar, "workflow.publish")


def test_granting_twice_is_one_grant_and_one_event(people: Cast, clock: StandingClock) -> None:
    for _ in range(2):
        grant_role(person=people.bob, role="engineer", actor=OSCAR)
    assert people.bob.grants.count() == 1
    events = [(entry.kind, entry.data["role"], entry.actor.label) for entry in api.chain_entries("role:bob")]
    assert events == [("role.granted", "engineer", "Oscar Lind")]


def test_a_withdrawn_role_is_gone_and_on_record(people: Cast) -> None:
    grant = grant_role(person=people.bob, role="operator", actor=OSCAR)
    withdraw_role(grant=grant, actor=OSCAR)
    assert not allows(Person.objects.get(pk=people.bob.pk), "run.cancel")
    assert [entry.kind for entry in api.chain_entries("role:bob")] == ["role.granted", "role.withdrawn"]


def test_the_delegate_stands_in_while_somebody_is_away(people: Cast) -> None:
    set_absence(person=people.alice, starts_at=NOON, ends_at=NOON + DAY, delegate=people.bob, actor=OSCAR)
    assert standing_in(people.alice, NOON - DAY, anybody) == people.alice
    assert standing_in(people.alice, NOON, anybody) == people.bob
    assert standing_in(people.alice, NOON + DAY, anybody) == people.alice


def test_a_delegate_who_is_away_hands_on(people: Cast) -> None:
    away(people.alice, people.bob)
    away(people.bob, people.carol)
    assert standing_in(people.alice, NOON, anybody) == people.carol


def test_two_who_stand_in_for_each_other_and_are_both_away_end_with_the_manager(people: Cast) -> None:
    away(people.alice, people.bob)
    away(people.bob, people.alice)
    assert standing_in(people.alice, NOON, anybody) == people.carol


def test_an_absence_without_a_delegate_reaches_the_manager(people: Cast) -> None:
    away(people.alice, None)
    assert standing_in(people.alice, NOON, anybody) == people.carol


def test_somebody_who_may_not_act_hands_up_to_their_manager(people: Cast) -> None:
    assert standing_in(people.alice, NOON, lambda who: who != people.alice) == people.carol


def test_the_line_ends_where_nobody_is_left(people: Cast) -> None:
    assert standing_in(people.alice, NOON, lambda _: False) is None


def test_an_absence_ends_after_it_starts_and_names_somebody_else(people: Cast) -> None:
    with pytest.raises(ValidationError):
        set_absence(person=people.alice, starts_at=NOON, ends_at=NOON, delegate=None, actor=OSCAR)
    with pytest.raises(ValidationError):
        set_absence(person=people.alice, starts_at=NOON, ends_at=NOON + DAY, delegate=people.alice, actor=OSCAR)
