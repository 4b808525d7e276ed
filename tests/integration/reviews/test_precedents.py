"""Decided cases that are like one that waits, and decisions as data."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from reviewhub.reviews.models import PastDecision
from reviewhub.reviews.selectors import precedents_of
from reviewhub.reviews.selectors.overrides import exported
from reviewhub.reviews.services import decide_task
from reviewhub.reviews.similarity import alike, signature_of
from tests.support.bench import NOON
from tests.support.desk import Desk, desk


@pytest.fixture
def office(db: None) -> Any:
    with desk() as made:
        yield made


def decided(office: Desk, outcome: str, **given: Any) -> Any:
    task = office.task(**given)
    more = {"reasons": ["policy/rule_outdated"], "note": "The rule is old."} if outcome == "reject" else {}
    decide_task(task_id=task.pk, actor=office.people.alice, outcome=outcome, **more)  # type: ignore[arg-type]
    return office.close(task)


@pytest.mark.parametrize(
    ("one", "two", "least", "most"),
    [
        ({"amount": 100}, {"amount": 100}, 1.0, 1.0),
        ({"amount": 100}, {"amount": 50}, 0.5, 0.5),
        ({"amount": 100}, {"amount": -100}, 0.0, 0.0),
        ({"name": "Nordic Paper"}, {"name": "nordic paper!"}, 1.0, 1.0),
        ({"name": "Nordic Paper"}, {"name": "Nordic Steel"}, 0.3, 0.4),
        ({"a": 1}, {"b": 1}, 0.0, 0.0),  # nothing in common
        ({}, {}, 0.0, 0.0),
        ({"deep": {"er": "word"}}, {"deep": {"er": "word"}}, 1.0, 1.0),
    ],
)
def test_alike_is_a_share(one: Any, two: Any, least: float, most: float) -> None:
    found = alike(signature_of(one), signature_of(two))
    assert least <= found <= most
    assert found == alike(signature_of(two), signature_of(one))


def test_the_most_alike_come_first_with_outcome_and_reasons(office: Desk) -> None:
    near, far = decided(office, "reject", amount=510), decided(office, "approve", amount=9, supplier="Elsewhere")
    found = precedents_of(office.task(amount=500), office.people.alice)
    assert found[0].task == near.pk
    assert (found[0].outcome, found[0].by_viewer, found[0].reasons) == ("Reject", True, ("Rule outdated",))
    assert far.pk not in [each.task for each in found]


def test_nobody_sees_a_precedent_that_they_may_not_read(office: Desk) -> None:
    decided(office, "approve", amount=500)
    assert precedents_of(office.task(amount=500), office.people.mallory) == []


def test_what_was_brought_along_counts_too(office: Desk) -> None:
    PastDecision.objects.create(
        decision_point="assessment",
        reference="old-1",
        facts={"supplier": "Northwind", "amount": 480},
        outcome="approve",
        decided_at=NOON,
        imported_by="Oscar",
    )
    (found,) = precedents_of(office.task(amount=500), office.people.alice)
    assert (found.title, found.outcome, found.task) == ("Northwind", "Approve", None)


def test_the_page_asks_for_them_later(office: Desk) -> None:
    near, task = decided(office, "approve", amount=510), office.task(amount=500)
    client = Client()
    client.force_login(office.people.alice, backend="django.contrib.auth.backends.ModelBackend")
    assert f'hx-get="/tasks/{task.pk}/precedents/"' in client.get(f"/tasks/{task.pk}/").content.decode()
    assert f'href="/tasks/{near.pk}/"' in client.get(f"/tasks/{task.pk}/precedents/").content.decode()
    client.force_login(office.people.mallory, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"/tasks/{task.pk}/precedents/").status_code == 403


def test_a_decision_is_exported_beside_what_the_ai_had_said(office: Desk) -> None:
    task = office.task(amount=500)
    decide_task(
        task_id=task.pk,
        actor=office.people.alice,
        outcome="reject",
        fields={"amount": 450},
        reasons=("human_error/misclick",),
        note="Typed wrongly.",
        seconds_spent=12.5,
    )
    office.close(task)
    (row,) = exported(workflow="purchase", limit=10)
    assert (row["outcome"], row["against_ai"], row["direction"], row["trains"]) == ("reject", True, "stricter", False)
    assert row["recommendation"]["outcome"] == "approve"
    (difference,) = row["differences"]
    assert (difference["field"], difference["ai_value"], difference["human_value"]) == ("amount", 500, 450)
    assert (difference["ai_read"], difference["ai_confidence"], difference["evidence"]) == (None, None, None)
    assert (row["seconds_spent"], row["channel"], row["evidence_hash"]) == (12.5, "web", task.evidence_hash)
    assert list(exported(workflow="elsewhere", limit=10)) == []
