"""Queries that are put together once answer for the values of the moment, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from reviewhub.accounts.models import Absence, Person
from reviewhub.compiled import INSTANTS, NUMBER, Statement, planned_once, statement_of
from tests.support.bench import NOON
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


def test_the_same_statement_answers_for_everybody_and_for_every_moment(people: Cast) -> None:
    later = NOON + timedelta(hours=1)
    Absence.objects.create(person=people.alice, starts_at=NOON, ends_at=later)
    away = statement_of(Absence.objects.filter(person=NUMBER, ends_at__gt=INSTANTS[0]), NUMBER, INSTANTS[0])
    assert [each.ends_at for each in away.objects(Absence, people.alice.pk, NOON)] == [later]
    assert list(away.objects(Absence, people.alice.pk, later)) == []
    assert list(away.objects(Absence, people.bob.pk, NOON)) == []


def test_what_is_no_place_stays_as_it_was_said(people: Cast) -> None:
    named = statement_of(Person.objects.filter(pk=NUMBER, username="alice").values_list("username"), NUMBER)
    assert named.rows(people.alice.pk) == [("alice",)]
    assert named.rows(people.bob.pk) == []


def test_what_is_planned_once_is_the_same_statement_for_everybody_who_asks_alike(people: Cast) -> None:
    def named(person: Person) -> Statement:
        known = Person.objects.filter(
            pk=person.pk, username=person.username, display_name__contains="%", theme="system"
        )
        return planned_once(known.values_list("username"), bound={person.pk, person.username})

    Person.objects.update(display_name="100 %")
    alice, bob = named(people.alice), named(people.bob)
    assert (alice.rows(), bob.rows()) == ([("alice",)], [("bob",)])
    assert alice.text == bob.text
    assert alice.given != bob.given
