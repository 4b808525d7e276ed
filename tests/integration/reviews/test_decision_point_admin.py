"""Decision points in the admin: the wording makes versions, and a model server is chosen here."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from orchestration import api
from orchestration.models import Connection, DecisionPoint
from reviewhub.accounts.services import grant_role
from tests.support.bench import OSCAR
from tests.support.cast import Cast, person
from tests.support.decision_points import OUTCOMES, model_server

ADD = "admin:orchestration_decisionpoint_add"
CHANGE = "admin:orchestration_decisionpoint_change"
FIELDS: dict[str, Any] = {
    "name": "purchase-assessment",
    "title": "Should this be bought?",
    "kind": "recommend",
    "purpose": "",
    "connection": "",
    "prompt": "Judge the purchase.",
    "outcomes": json.dumps(OUTCOMES),
}


@pytest.fixture
def ada(people: Cast) -> Client:
    """An administrator."""
    ada = person("ada", display_name="Ada Berg")
    grant_role(person=ada, role="administrator", actor=OSCAR)
    client = Client()
    client.force_login(ada, backend="django.contrib.auth.backends.ModelBackend")
    return client


def made(ada: Client) -> DecisionPoint:
    response = ada.post(reverse(ADD), FIELDS)
    assert response.status_code == 302, response.context["adminform"].form.errors
    return DecisionPoint.objects.get()


def test_a_new_wording_makes_the_next_version(ada: Client) -> None:
    point = made(ada)
    ada.post(reverse(CHANGE, args=[point.pk]), FIELDS | {"prompt": "Judge it strictly."})
    point.refresh_from_db()
    assert point.current is not None
    assert (point.current.number, point.current.prompt) == (2, "Judge it strictly.")
    assert point.versions.count() == 2


def test_a_model_server_is_chosen_without_a_new_version_and_on_record(ada: Client) -> None:
    point, server = made(ada), model_server("http://127.0.0.1:8161/v1")
    ada.post(reverse(CHANGE, args=[point.pk]), FIELDS | {"connection": server.pk})
    point.refresh_from_db()
    assert point.connection == server
    assert point.versions.count() == 1
    entries = [(entry.kind, entry.actor.label) for entry in api.chain_entries("decision_point:purchase-assessment")]
    assert entries == [("decision_point.published", "Ada Berg"), ("decision_point.changed", "Ada Berg")]


def test_only_a_model_server_can_be_chosen(ada: Client) -> None:
    point = made(ada)
    hook = Connection.objects.create(name="hook", kind=Connection.Kind.WEBHOOK)
    response = ada.post(reverse(CHANGE, args=[point.pk]), FIELDS | {"connection": hook.pk})
    assert "connection" in response.context["adminform"].form.errors


@pytest.mark.parametrize(
    "outcomes",
    [
        '["approve"]',
        '{"approve": 1}',
        '[{"id": "Approve!", "label": "x"}]',
        '[{"id": "a", "label": ""}]',
        "[",
        '[{"id": "a", "label": "A"}, {"id": "a", "label": "B"}]',
    ],
)
def test_outcomes_that_are_none_are_refused(ada: Client, outcomes: str) -> None:
    response = ada.post(reverse(ADD), FIELDS | {"outcomes": outcomes})
    assert "outcomes" in response.context["adminform"].form.errors
    assert not DecisionPoint.objects.exists()


def test_it_shows_what_was_learned(ada: Client) -> None:
    point = made(ada)
    page = ada.get(reverse(CHANGE, args=[point.pk])).content.decode()
    assert "nothing yet" in page
    assert "Judge the purchase." in page


RISK = {"properties": {"risk": {"type": "string", "enum": ["low", "high"]}}}


def test_what_a_model_answers_beside_the_outcome_is_part_of_the_version(ada: Client) -> None:
    point = made(ada)
    ada.post(reverse(CHANGE, args=[point.pk]), FIELDS | {"answer_schema": json.dumps(RISK)})
    point.refresh_from_db()
    assert point.current is not None
    assert (point.current.number, point.current.answer_schema) == (2, RISK)
    ada.post(reverse(CHANGE, args=[point.pk]), FIELDS | {"answer_schema": json.dumps(RISK)})
    assert point.versions.count() == 2


@pytest.mark.parametrize(
    "schema",
    ['["risk"]', '{"properties": []}', '{"required": ["x"]}', '{"properties": {"x": {"type": "nothing"}}}'],
)
def test_an_answer_schema_that_is_none_is_refused(ada: Client, schema: str) -> None:
    response = ada.post(reverse(ADD), FIELDS | {"answer_schema": schema})
    assert "answer_schema" in response.context["adminform"].form.errors


def test_an_answer_schema_cannot_name_what_every_answer_has(ada: Client) -> None:
    schema = json.dumps({"properties": {"outcome": {"type": "string"}}})
    response = ada.post(reverse(ADD), FIELDS | {"answer_schema": schema})
    assert "outcome" in str(response.context["adminform"].form.errors["answer_schema"])
