"""What has changed in a case since somebody last saw it: the marks of the queue, and the card."""

from __future__ import annotations

from django.test import Client

from reviewhub.reviews.services import comment_on_task, mark_seen
from tests.integration.web.conftest import SignedIn
from tests.support.desk_room import DeskRoom
from tests.support.offers import Offer, see


def test_a_row_of_the_queue_is_marked_until_one_has_looked(room: DeskRoom, signed_in: SignedIn) -> None:
    task, people = room.case(), room.people
    alice = signed_in(people.alice)
    marked = "Changed since you looked"

    def row() -> str:
        return alice.get("/queue/team/").content.decode().partition(f'id="row-{task.pk}"')[2].partition("</li>")[0]

    assert marked not in row()
    see(alice, task)
    assert marked not in row()
    comment_on_task(task_id=task.pk, actor=people.carol, text="Look again")
    assert marked in row()
    see(alice, task)
    assert marked not in row()


def test_a_row_of_a_case_that_came_back_otherwise_is_marked(offer: Offer, signed_in: SignedIn) -> None:
    people = offer.room.people
    alice = signed_in(people.alice)
    see(alice, offer.task())

    same = offer.comes_back(people.carol)
    assert "row-changed" not in _rows(alice)
    see(alice, same)
    offer.comes_back(people.carol, price=1800)
    assert "row-changed" in _rows(alice)


def _rows(client: Client) -> str:
    return client.get("/queue/team/").content.decode().partition("</ol>")[0]


def test_a_card_says_it_and_is_fetched_anew(offer: Offer, signed_in: SignedIn) -> None:
    people = offer.room.people
    alice = signed_in(people.alice)
    see(alice, offer.task())
    second = offer.comes_back(people.carol, price=1800)

    card = alice.get(f"/cards/{second.pk}/").json()
    assert "Changed since you last looked: 1 value" in card["html"]
    assert alice.get("/cards/list/").json()["cards"] == [
        {"id": str(second.pk), "version": second.version, "added": 0, "changed": True}
    ]

    mark_seen(task_id=second.pk, actor=people.alice, mark=card["mark"])
    assert alice.get("/cards/list/").json()["cards"][0]["changed"] is False
