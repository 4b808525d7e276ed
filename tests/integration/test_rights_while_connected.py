"""Whoever is connected while a role is taken from them or given to them hears of what they may hear of now."""

from __future__ import annotations

import pytest

from orchestration.ports import SYSTEM
from reviewhub.accounts.models import Person
from reviewhub.accounts.services import grant_role
from reviewhub.realtime.welcome import Visitor, changed, rights_of
from tests.support.cast import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


def came(person: Person) -> Visitor:
    return Visitor(person.pk, f"session-{person.pk}", rights_of([person.pk])[person.pk])


def test_those_whose_queues_or_roles_have_changed_since_they_came_are_found(people: Cast) -> None:
    visitors = {person.username: came(person) for person in (people.alice, people.bob, people.carol, people.oscar)}
    assert changed(visitors.values()) == set()

    people.finance.memberships.filter(person=people.alice).delete()
    people.finance.memberships.filter(person=people.carol).update(role="reviewer")
    grant_role(person=people.bob, role="operator", actor=SYSTEM)

    assert changed(visitors.values()) == {visitors["alice"], visitors["bob"], visitors["carol"]}
    assert changed([came(people.alice), came(people.bob)]) == set()


def test_however_many_are_connected_it_takes_two_statements(
    people: Cast, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    visitors = [came(person) for person in (people.alice, people.bob, people.carol, people.oscar)]
    with django_assert_num_queries(2):  # type: ignore[operator]
        changed(visitors)
