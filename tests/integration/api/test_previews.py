"""What a policy or a calendar would do, asked over the API before it is saved."""

from __future__ import annotations

from typing import Any

import pytest

from orchestration.ports import SYSTEM
from reviewhub.accounts.services import grant_role
from reviewhub.reviews.models import EscalationPolicy, SlaPolicy
from tests.integration.api.office import Caller, Office, person

PATH = "/api/v1/previews/"
CHAIN = "- {after: 4h, to: {user: bob}}\n- {after: 2d, to: {manager_of: queue}, mode: move}\n"
FRIDAY = "2026-03-06T14:00:00Z"
CALENDAR = {"zone": "UTC", "week": {day: ["09:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}}


@pytest.fixture
def ada(office: Office) -> Caller:
    ada = person("ada")
    grant_role(person=ada, role="administrator", actor=SYSTEM)
    return office.calls(ada)


def test_a_text_says_whom_it_would_reach_and_stores_nothing(ada: Caller) -> None:
    given = {"queue": "finance", "at": FRIDAY, "escalation": CHAIN, "sla": "due: 8h", "calendar": CALENDAR}
    future = ada.post(PATH, given).json()["future"]
    assert [each["kind"] for each in future] == ["level", "level", "half", "three_quarters", "breach"]
    assert next(each for each in future if each["kind"] == "level")["people"] == ["Bob"]
    assert next(each for each in future if each["kind"] == "breach")["at"].startswith("2026-03-09T14:00")
    assert not EscalationPolicy.objects.exists()
    assert not SlaPolicy.objects.exists()


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"queue": "finance", "escalation": "- {after: 4h}\n- {after: x, to: {user: bob}}"}, "/escalation", "Line 2"),
    ({"escalation": CHAIN}, "/queue", "name it"),
    ({"sla": "due: soon"}, "/sla", "Line 1"),
    ({"sla": "{due: 8h, calendar: gone}"}, "/sla", "gone"),
    ({"sla": "due: 8h", "calendar": {"zone": "Mars/Base", "week": {}}}, "/calendar", ""),
    ({"sla": "due: 8h", "calendar": {**CALENDAR, "country": "XX"}}, "/calendar", ""),
    ({"sla": "due: 9y"}, "/sla", ""),
    ({"queue": "elsewhere"}, "/queue", "elsewhere"),
    ({"queue": ["finance"]}, "/queue", "does not exist"),
]


def test_what_is_wrong_is_told_where_it_stands(ada: Caller) -> None:
    for given, path, said in WRONG:
        answer = ada.post(PATH, given)
        assert answer.status_code == 422, given
        errors = answer.json()["errors"]
        assert [each for each in errors if each["path"] == path and said in each["message"]], errors


def test_a_queue_that_no_database_takes_is_none(ada: Caller) -> None:
    answer = ada.get("/api/v1/escalation-policies/chain/preview/?queue=fin%00ance")
    assert answer.status_code == 422
    assert "/queue" in {each["path"] for each in answer.json()["errors"]}


def test_only_whoever_changes_the_settings_asks_so(office: Office) -> None:
    for who in (office.alice, office.engineer, office.mallory):
        assert office.calls(who).post(PATH, {"sla": "due: 8h"}).status_code == 403
