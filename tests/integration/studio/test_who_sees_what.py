"""Who may open which page, by the one table of roles and verbs. What one may not see is not there."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.support.studio import Studio

PAGES = {
    "runs": "/runs/",
    "workflows": "/workflows/",
    "workflow": "/workflows/purchase/",
    "version": "/workflows/purchase/versions/1/",
    "comparison": "/workflows/purchase/comparison/?old=1&new=1",
    "draft": "/workflows/purchase/draft/",
    "new": "/new-workflow/",
    "start": "/workflows/purchase/runs/new/",
    "audit": "/audit/",
    "chain": "/audit/chain/workflow:purchase/",
    "tokens": "/tokens/",
}
EVERYBODY = {"runs", "workflows", "workflow", "version", "comparison", "tokens"}
MAY = {
    "mallory": EVERYBODY,
    "alice": EVERYBODY,
    "oscar": EVERYBODY | {"draft", "start"},
    "erin": EVERYBODY | {"draft", "new", "start"},
    "olga": EVERYBODY | {"start"},
    "ada": EVERYBODY | {"audit", "chain"},
    "adam": EVERYBODY | {"draft", "new", "audit", "chain"},
}


@pytest.mark.parametrize("name", MAY)
def test_each_person_opens_the_pages_of_their_roles_and_no_others(office: Studio, name: str) -> None:
    opened = {page for page, address in PAGES.items() if office.at(name).get(address).status_code == 200}
    assert opened == MAY[name]


@pytest.mark.parametrize("address", PAGES.values())
def test_nobody_sees_anything_before_signing_in(office: Studio, address: str) -> None:
    answer = Client().get(address)
    assert answer.status_code == 302
    assert "/sign-in/" in answer["Location"]


RUN_READERS = {"alice": 404, "bob": 404, "carol": 404, "oscar": 200, "olga": 200, "ada": 200, "mallory": 404}


@pytest.mark.parametrize(("name", "status"), RUN_READERS.items())
def test_a_run_is_seen_by_queue_and_role_and_is_not_there_for_others(office: Studio, name: str, status: int) -> None:
    run = office.start()
    assert office.at(name).get(f"/runs/{run.pk}/").status_code == status
    assert office.at(name).get(f"/runs/{run.pk}/live/").status_code == status
    for listed in ("/runs/", f"/runs/?q={run.business_key}"):
        assert (f"<b>{run.business_key}</b>" in office.at(name).get(listed).content.decode()) is (status == 200)


def test_those_who_were_asked_see_a_run_once_what_they_were_asked_counts(office: Studio) -> None:
    run = office.start()
    office.bench.clock.forward(hours=25)
    office.bench.sweep()  # it has come to Bob
    for name in ("alice", "bob", "carol"):
        assert office.at(name).get(f"/runs/{run.pk}/").status_code == 404
    office.decide(run, "approve")
    for name in ("alice", "bob", "carol"):
        assert office.at(name).get(f"/runs/{run.pk}/").status_code == 200
    assert office.at("mallory").get(f"/runs/{run.pk}/").status_code == 404


CANCELLERS = {"alice": 404, "ada": 403, "mallory": 404, "olga": 302, "oscar": 302}


@pytest.mark.parametrize(("name", "status"), CANCELLERS.items())
def test_only_owner_and_operator_cancel_a_run(office: Studio, name: str, status: int) -> None:
    run = office.start()
    answer = office.at(name).post(f"/runs/{run.pk}/cancellation/", {"reason": "Ordered twice"})
    assert answer.status_code == status
    run.refresh_from_db()
    assert run.status == ("cancelled" if status == 302 else "running")


ACTS = [
    ("/workflows/purchase/draft/", {"text": "x", "revision": "0"}),
    ("/workflows/purchase/draft/check/", {"text": "x"}),
    ("/workflows/purchase/publication/", {"text": "x", "note": "mine"}),
    ("/workflows/purchase/versions/1/activation/", {}),
    ("/new-workflow/", {"name": "mine", "title": "Mine"}),
    ("/workflows/purchase/runs/new/", {"/request": "pens"}),
    ("/audit/verification/", {}),
]


@pytest.mark.parametrize(("address", "body"), ACTS)
def test_mallory_changes_nothing(office: Studio, address: str, body: dict[str, str]) -> None:
    assert office.at("mallory").post(address, body).status_code == 403


def test_a_decision_over_the_wrong_method_is_refused(office: Studio) -> None:
    run = office.start()
    for address in (f"/runs/{run.pk}/cancellation/", "/workflows/purchase/publication/", "/audit/verification/"):
        assert office.at("oscar").get(address).status_code == 405
