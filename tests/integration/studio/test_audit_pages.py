"""The audit trail as pages: for auditors and administrators, in plain words, verified when asked."""

from __future__ import annotations

import re

from django.db import connection
from django.test.utils import CaptureQueriesContext

from orchestration.models import AuditEvent
from tests.support.audit_flush import _without_guards
from tests.support.studio import Studio


def page(office: Studio, **asked: str) -> str:
    return office.at("ada").get("/audit/", asked).content.decode()


def test_what_people_did_is_told_newest_first(office: Studio) -> None:
    run = office.start()
    office.decide(run, "approve")
    html = page(office)
    assert html.index("The run ended: ordered") < html.index("Alice Moreau decided approval: approve")
    assert "Oscar Lind published version 1: First cut" in html
    assert "Clocks set" not in html
    assert "Clocks set" in page(office, kind="all")


def test_the_trail_is_narrowed_by_subject_act_and_person(office: Studio) -> None:
    run = office.start()
    office.decide(run, "approve")
    assert "published version" not in page(office, about="run:")
    assert "published version" in page(office, about="workflow:")
    assert "decided approval" not in page(office, about="settings")
    decisions = page(office, kind="review.decided")
    assert "decided approval" in decisions
    assert "The run ended" not in decisions
    assert "decided approval" in page(office, who="alice")
    assert "No such event" in page(office, who="nobody at all")


def test_every_event_stands_on_exactly_one_page(office: Studio) -> None:
    for number in range(8):
        office.start(f"R-{number}")
    seen: list[str] = []
    address = "/audit/?kind=all&about=run:"
    while address:
        html = office.at("ada").get(address).content.decode()
        seen += re.findall(r'data-event="([^"]+)"', html)
        following = re.search(r'href="(\?[^"]*after=[^"]*)"', html)
        address = f"/audit/{following[1]}".replace("&amp;", "&") if following else ""
    assert len(seen) == len(set(seen)) == AuditEvent.objects.filter(chain__startswith="run:").count()


def test_a_page_asks_a_bounded_number_of_times(office: Studio) -> None:
    for number in range(8):
        office.start(f"R-{number}")
    page(office)
    with CaptureQueriesContext(connection) as asked:
        page(office)
    assert len(asked) <= 8, [query["sql"][:90] for query in asked]


def test_one_chain_shows_each_event_as_it_was_recorded(office: Studio) -> None:
    run = office.start()
    html = office.at("ada").get(f"/audit/chain/run:{run.pk}/").content.decode()
    assert "review.opened" in html
    assert "As it was recorded" in html
    assert f'href="/runs/{run.pk}/"' in html
    assert office.at("ada").get("/audit/chain/run:none/").status_code == 404


def test_an_untouched_trail_verifies(office: Studio) -> None:
    office.start()
    html = office.at("ada").post("/audit/verification/").content.decode()
    assert "chains verify." in html


def test_an_event_changed_by_hand_is_named(office: Studio) -> None:
    run = office.start()
    with _without_guards(connection), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE orchestration_auditevent SET actor_label = 'Mallory' WHERE chain = %s AND sequence = 3",
            [f"run:{run.pk}"],
        )
    html = office.at("ada").post("/audit/verification/", headers={"HX-Request": "true"}).content.decode()
    assert "does not verify" in html
    assert f"run:{run.pk}" in html
    assert "<html" not in html


def test_strange_chains_are_told_all_the_same(office: Studio) -> None:
    """Settings have kinds of their own; what has no sentence is named as it is."""
    html = page(office, about="settings")
    assert "Role person" not in html
    assert html.count("data-event=") == AuditEvent.objects.exclude(chain__startswith="workflow:").count()
