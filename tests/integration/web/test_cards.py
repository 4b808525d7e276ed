"""Cards as a phone asks for them, and what its decisions are answered with."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from reviewhub.reviews.models import Decision, ReviewTask
from reviewhub.reviews.services import claim_task, decide_task
from tests.integration.web.conftest import SignedIn
from tests.integration.web.test_approvers import payment
from tests.support.desk_room import DeskRoom


def post(client: Client, task: ReviewTask, **sent: Any) -> Any:
    values = {"version": task.version, "shown": task.evidence_hash, "key": "k-1", "seconds": "4.5", **sent}
    return client.post(f"/cards/{task.pk}/decision/", values)


def test_the_page_and_the_worker_are_the_same_for_everybody(room: DeskRoom, signed_in: SignedIn) -> None:
    room.case("Northwind")
    for path in ("/cards/", "/offline/"):
        page = signed_in(room.people.alice).get(path).content.decode()
        assert not [said for said in ("Alice", "Northwind", "csrfmiddlewaretoken", "data-me") if said in page]
        assert "data-device" in page
    worker = Client().get("/worker.js")
    assert worker["Content-Type"].startswith("text/javascript")
    assert worker.content == signed_in(room.people.bob).get("/worker.js").content


def test_cards_are_listed_for_whoever_is_signed_in(room: DeskRoom, signed_in: SignedIn) -> None:
    task = room.case("Northwind")
    client = signed_in(room.people.alice)
    said = client.get("/cards/list/").json()
    assert (said["person"], said["cards"]) == (
        room.people.alice.pk,
        [{"id": str(task.pk), "version": task.version, "added": 0, "changed": False}],
    )
    card = client.get(f"/cards/{task.pk}/").json()
    assert (card["title"], card["shown"]) == ("Northwind", task.evidence_hash)
    assert 'data-swipe="left"' in card["html"]
    assert client.get("/cards/list/")["Cache-Control"].startswith("max-age=0, no-cache, no-store")


def test_nobody_gets_cards_without_signing_in(room: DeskRoom) -> None:
    task = room.case()
    for path in ("/cards/list/", f"/cards/{task.pk}/"):
        assert Client().get(path)["Location"].startswith("/sign-in/")


def test_mallory_gets_neither_card_nor_decision(room: DeskRoom, signed_in: SignedIn) -> None:
    task = room.case()
    client = signed_in(room.people.mallory)
    assert client.get("/cards/list/").json()["cards"] == []
    assert client.get(f"/cards/{task.pk}/").status_code == 403
    assert post(client, task, outcome="approve").status_code == 403
    assert not Decision.objects.exists()


def test_a_decision_that_is_sent_again_counts_once(room: DeskRoom, signed_in: SignedIn) -> None:
    task = room.case()
    client = signed_in(room.people.alice)
    answers = [post(client, task, outcome="approve") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json()["undo_seconds"] > 0
    decision = Decision.objects.get()
    assert (decision.channel, decision.seconds_spent) == ("app", 4.5)


def test_who_comes_late_is_told_what_happened(room: DeskRoom, signed_in: SignedIn) -> None:
    task = room.case("Northwind")
    decide_task(task_id=task.pk, actor=room.people.carol, outcome="refer")
    answer = post(signed_in(room.people.alice), task, outcome="approve")
    assert answer.status_code == 409
    assert "Carol" in answer.json()["said"]


def test_a_card_that_changed_meanwhile_is_not_decided(room: DeskRoom, signed_in: SignedIn) -> None:
    task = room.case()
    answer = post(signed_in(room.people.alice), task, outcome="approve", shown="0" * 64)
    assert answer.status_code in (409, 412)
    assert answer.json()["said"]
    assert not Decision.objects.exists()


def test_what_is_missing_is_said(room: DeskRoom, signed_in: SignedIn) -> None:
    answer = post(signed_in(room.people.alice), room.case(), outcome="reject")
    assert (answer.status_code, answer.json()["said"]) == (422, "The AI said Approve: say why.")


def test_a_task_that_is_gone_is_said_in_words(room: DeskRoom, signed_in: SignedIn) -> None:
    answer = signed_in(room.people.alice).post(f"/cards/{uuid4()}/decision/", {"outcome": "approve"})
    assert (answer.status_code, answer.json()) == (404, {"said": "There is no such task any more."})


def test_ones_own_decision_is_taken_back(room: DeskRoom, signed_in: SignedIn) -> None:
    task = room.case()
    client = signed_in(room.people.alice)
    post(client, task, outcome="approve")
    assert client.post(f"/cards/{task.pk}/decision/", {"_method": "delete"}).json() == {}
    assert not Decision.objects.filter(taken_back_at__isnull=True).exists()


@pytest.mark.parametrize(
    ("approvals", "says"),
    [
        ("2", ("0 of 2 have decided",)),
        ("{of: [{user: alice}, {user: carol}], in_order: true}", ("One after the other.", "comes later")),
        ("{need: 2, blind: true}", ("Nobody sees what the others decided before all have.",)),
    ],
)
def test_a_card_says_who_decides_it_together(
    room: DeskRoom, signed_in: SignedIn, approvals: str, says: tuple[str, ...]
) -> None:
    task = payment(room, approvals)
    client = signed_in(room.people.alice)
    card = client.get(f"/cards/{task.pk}/").json()["html"]
    assert not [said for said in says if said not in card]
    assert post(client, task, outcome="approve", key="k-1").status_code == 200
    assert client.get("/cards/list/").json()["cards"] == []  # others are needed, and not asked again oneself
    carol = signed_in(room.people.carol)
    seen = carol.get(f"/cards/{task.pk}/").json()["html"]
    assert ("Has decided" in seen) == ("blind" in approvals)
    assert post(carol, ReviewTask.objects.get(pk=task.pk), outcome="approve", key="k-2").status_code == 200
    assert ReviewTask.objects.get(pk=task.pk).outcome == "approve"


def test_the_badge_counts_what_is_ones_own(room: DeskRoom, signed_in: SignedIn) -> None:
    first, _ = room.case("Northwind"), room.case("Halden")
    client = signed_in(room.people.alice)
    assert client.get("/cards/list/").json()["mine"] == 0
    claim_task(task_id=first.pk, actor=room.people.alice)
    assert client.get("/cards/list/").json()["mine"] == 1
