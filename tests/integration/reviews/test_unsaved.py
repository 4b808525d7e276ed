"""What a policy or a calendar would do as it is typed: shown, and stored nowhere."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from orchestration.ports import SYSTEM
from reviewhub.accounts.services import grant_role
from reviewhub.reviews.models import BusinessCalendar, EscalationPolicy, ReviewTask, SlaPolicy
from reviewhub.reviews.services.settings import save_calendar, save_escalation_policy, save_sla_policy
from tests.support.desk import Desk

pytestmark = pytest.mark.django_db

WEEK = {day: ["09:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
TYPED = dict.fromkeys(WEEK, "09:00-17:00") | {"sat": "", "sun": ""}
CHAIN = "- {after: 4h, to: {backup_of: queue}, business: true}\n- {after: 2d, to: {manager_of: queue}, mode: move}\n"


@pytest.fixture
def ada(desk: Desk, client: Client) -> Client:
    save_calendar(name="office", title="Office", zone="Europe/Helsinki", week=WEEK, actor=SYSTEM)
    save_sla_policy(name="standard", title="Standard", text="due: 8h\ncalendar: office\n", actor=SYSTEM)
    grant_role(person=desk.people.alice, role="administrator", actor=SYSTEM)
    client.force_login(desk.people.alice, backend="django.contrib.auth.backends.ModelBackend")
    return client


def asked(client: Client, desk: Desk, what: str, **typed: Any) -> str:
    """For a task that comes on a Friday at 16:00 in Helsinki, where Alice is."""
    supposed = {"queue": desk.people.finance.pk, "at": "2026-03-06T16:00", "sla": "standard", "hours": "8"}
    fields = {f"supposed-{name}": value for name, value in supposed.items()} | typed
    url = reverse(f"admin:reviews_{what}_unsaved")
    answer = client.post(url, fields, headers={"X-Requested-With": "fetch"})
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_chain_that_is_typed_says_who_would_be_asked_and_when(ada: Client, desk: Desk) -> None:
    said = asked(ada, desk, "escalationpolicy", text=CHAIN)
    assert said.index("Sun 8 Mar 2026, 16:00") < said.index("Carol Nyström") < said.index("Bob Tan")
    assert "Mon 9 Mar 2026, 12:00" in said  # four working hours
    assert "5 steps, the last on Mon 9 Mar 2026, 16:00." in said


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("- {after: 4h, to: {backup_of: queue}}\n- {after: soon, to: {backup_of: queue}}\n", "Line 2: "),
        ("- {after: 4h, to: {group: nobody-knows}}\n", "Line 1: "),
        ("- [", "Line 1: "),
        ("", "Line 1: "),
        ("<script>alert(1)</script>", "Line 1: "),
        ("- {after: 4h, to: {user: '<b>bob</b>'}}\n" * 40, ""),
        ("- {after: 3000000d, to: {backup_of: queue}}\n", ""),
        ("x" * 300_000, "Line 1: "),
    ],
)
def test_faults_stand_at_their_lines_and_text_is_text(ada: Client, desk: Desk, text: str, says: str) -> None:
    said = asked(ada, desk, "escalationpolicy", text=text)
    assert says in said
    assert "<script>" not in said
    assert "<b>bob" not in said
    assert len(said) < 100_000


def test_a_time_that_is_typed_says_when_a_task_would_be_due(ada: Client, desk: Desk) -> None:
    said = asked(ada, desk, "slapolicy", text="due: 2h\ncalendar: office\n")
    assert "Mon 9 Mar 2026, 10:00" in said
    assert "Line 2: " in asked(ada, desk, "slapolicy", text="due: 2h\ncalendar: ofice\n")


def test_a_calendar_that_is_typed_says_when_a_task_would_be_due(ada: Client, desk: Desk) -> None:
    typed = {**TYPED, "zone": "Europe/Helsinki", "country": "", "subdivision": "", "extra_holidays": "2026-03-09"}
    assert "Tue 10 Mar 2026, 16:00" in asked(ada, desk, "businesscalendar", **typed)
    said = asked(ada, desk, "businesscalendar", **{**typed, "mon": "9-5", "zone": ""})
    assert "Zone: " in said
    assert "opening hours are written like" in asked(ada, desk, "businesscalendar", **{**typed, "mon": "9-5"})
    assert "A day is written like" in asked(ada, desk, "businesscalendar", **{**typed, "extra_holidays": "Easter"})


def test_nothing_is_stored_by_looking(ada: Client, desk: Desk) -> None:
    save_escalation_policy(name="chain", title="Chain", text=CHAIN, actor=SYSTEM)
    asked(ada, desk, "escalationpolicy", name="chain", title="Mine", text="- {after: 1h, to: {backup_of: queue}}")
    asked(ada, desk, "businesscalendar", name="office", title="Mine", zone="UTC", mon="09:00-12:00")
    assert EscalationPolicy.objects.get().versions.count() == 1
    assert [str(each) for model in (EscalationPolicy, SlaPolicy, BusinessCalendar) for each in model.objects.all()] == [
        "Chain", "Standard", "Office",
    ]  # fmt: skip
    assert not ReviewTask.objects.exists()


def test_without_a_script_it_is_a_page_and_others_see_nothing(ada: Client, desk: Desk) -> None:
    url = reverse("admin:reviews_escalationpolicy_unsaved")
    given = {"supposed-queue": desk.people.finance.pk, "text": CHAIN}
    assert "Nothing was saved." in ada.post(url, given).content.decode()
    assert f'formaction="{url}"' in ada.get(reverse("admin:reviews_escalationpolicy_add")).content.decode()
    assert ada.get(url).status_code == 403
    assert "Queue: " in asked(ada, desk, "escalationpolicy", text=CHAIN, **{"supposed-queue": "x"})
    grant_role(person=desk.people.bob, role="auditor", actor=SYSTEM)
    ada.force_login(desk.people.bob, backend="django.contrib.auth.backends.ModelBackend")
    assert ada.post(url, given).status_code == 403
