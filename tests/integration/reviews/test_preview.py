"""Who would be asked, and when, by a policy of the settings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from orchestration.ports import SYSTEM
from reviewhub.accounts.models import Absence
from reviewhub.accounts.services import grant_role
from reviewhub.reviews.models import EscalationPolicy, ReviewTask
from reviewhub.reviews.selectors.preview import Supposed, preview_of
from reviewhub.reviews.services.settings import save_calendar, save_escalation_policy, save_sla_policy
from tests.support.desk import Desk

pytestmark = pytest.mark.django_db

FRIDAY = datetime(2026, 3, 6, 14, tzinfo=UTC)  # 16:00 in Helsinki
CHAIN = """
- {after: 4h, to: {backup_of: queue}, business: true}
- {after: 2d, to: {manager_of: queue}, mode: move}
- {after: 3d, to: {owner: workflow}, when: "${ sla.critical }"}
"""


@pytest.fixture
def chain(desk: Desk) -> Desk:
    week = {day: ["09:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
    zone = "Europe/Helsinki"
    save_calendar(
        name="office", title="Office", zone=zone, week=week, country="", subdivision="", extra_holidays=[], actor=SYSTEM
    )
    save_sla_policy(name="standard", title="Standard", text="due: 8h\ncalendar: office\n", actor=SYSTEM)
    save_escalation_policy(name="chain", title="Chain", text=CHAIN, actor=SYSTEM)
    return desk


def seen(desk: Desk, **more: object) -> list[tuple[str, str, tuple[str, ...], bool]]:
    supposed = Supposed(queue=desk.people.finance, at=FRIDAY, workflow="purchase", owner="oscar", **more)  # type: ignore[arg-type]
    entries = preview_of("chain", supposed, "standard")
    return [(entry.kind, f"{entry.at:%a %H:%M}", entry.people, entry.applies) for entry in entries]


def test_a_preview_counts_on_the_calendar_and_names_people(chain: Desk) -> None:
    assert seen(chain) == [
        ("level", "Sun 14:00", ("Carol Nyström",), True),
        ("half", "Mon 10:00", (), True),
        ("level", "Mon 10:00", ("Bob Tan",), True),
        ("three_quarters", "Mon 12:00", (), True),
        ("breach", "Mon 14:00", (), True),
        ("level", "Mon 14:00", ("Oscar Lind",), False),
    ]
    assert not ReviewTask.objects.exists()


def test_who_will_be_away_then_is_passed_over_and_the_requester_is_never_asked(chain: Desk) -> None:
    people = chain.people
    gone = {"starts_at": FRIDAY + timedelta(days=2), "ends_at": FRIDAY + timedelta(days=5)}
    Absence.objects.create(person=people.bob, delegate=people.alice, **gone)
    asked = {at: who for kind, at, who, _ in seen(chain, requester="oscar", critical=True) if kind == "level"}
    assert asked["Mon 10:00"] == ("Alice Moreau",)
    assert "Oscar Lind" not in str(asked)


def test_the_settings_show_it_in_the_zone_of_whoever_looks(chain: Desk, client: Client) -> None:
    policy = EscalationPolicy.objects.get(name="chain")
    client.force_login(chain.people.mallory, backend="django.contrib.auth.backends.ModelBackend")
    url = f"/admin/reviews/escalationpolicy/{policy.pk}/preview/"
    assert client.get(url).status_code in (302, 403)
    grant_role(person=chain.people.alice, role="administrator", actor=SYSTEM)
    client.force_login(chain.people.alice, backend="django.contrib.auth.backends.ModelBackend")
    shown = client.get(url, {"queue": str(chain.people.finance.pk), "at": "2026-03-06T16:00", "sla": "standard"})
    page = shown.content.decode()
    assert "Mon 9 Mar 2026, 12:00" in page  # 10:00 UTC, in Helsinki
    assert "Bob Tan" in page
    assert url in client.get(url.replace("preview", "change")).content.decode()
