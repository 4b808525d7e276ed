"""The queue narrowed by its address, and filters kept under a name, as a browser asks for them."""

from __future__ import annotations

import pytest

from reviewhub.reviews.models import ReviewTask, SavedFilter
from reviewhub.reviews.selectors import ORDERS, page_in_order
from tests.integration.web.conftest import SignedIn
from tests.support.desk_room import DeskRoom


def test_the_address_says_the_whole_filter(room: DeskRoom, signed_in: SignedIn) -> None:
    room.case("Northwind")
    room.case("Halden", amount=50_000)
    client = signed_in(room.people.alice)
    page = client.get("/queue/team/?q=north&outcome=approve&sure_from=90").content.decode()
    assert "Northwind" in page
    assert "Halden" not in page
    assert "Sure from 90 %" in page
    assert "/queue/team/?q=north&amp;outcome=approve" in page  # the list without the last part
    assert "No task of this view fits." in client.get("/queue/team/?sure_below=50").content.decode()


def test_deciding_goes_on_in_the_same_list(room: DeskRoom, signed_in: SignedIn) -> None:
    first, _, third = (room.case(name) for name in ("Northwind", "Halden", "Northern Light"))
    answer = signed_in(room.people.alice).post(
        f"/tasks/{first.pk}/decision/?view=team",
        {"version": first.version, "outcome": "approve", "key": "k"},
        headers={"HX-Request": "true", "HX-Current-URL": f"http://testserver/tasks/{first.pk}/?view=team&q=north"},
    )
    assert answer["HX-Push-Url"] == f"/tasks/{third.pk}/?view=team&q=north"


def test_a_filter_is_saved_shown_with_its_count_and_removed(room: DeskRoom, signed_in: SignedIn) -> None:
    room.case("Northwind")
    client = signed_in(room.people.alice)
    sent = {"view": "team", "q": "north", "name": "Northern", "team": room.people.finance.slug}
    assert client.post("/filters/", sent)["Location"] == "/queue/team/?q=north"
    part = signed_in(room.people.carol).get("/filters/", headers={"HX-Request": "true"}).content.decode()
    assert "Northern" in part
    assert "<b>1</b>" in part
    assert "<html" not in part
    saved = SavedFilter.objects.get()
    signed_in(room.people.carol).post(f"/filters/{saved.pk}/")
    assert SavedFilter.objects.exists()
    client.post(f"/filters/{saved.pk}/")
    assert not SavedFilter.objects.exists()


def test_a_filter_that_is_only_looked_at_stands_in_the_address_alone(room: DeskRoom, signed_in: SignedIn) -> None:
    answer = signed_in(room.people.alice).post("/filters/", {"view": "team", "q": "north", "act": "show", "name": "x"})
    assert answer["Location"] == "/queue/team/?q=north"
    assert not SavedFilter.objects.exists()


def test_what_is_no_filter_is_said_and_what_was_typed_stays(room: DeskRoom, signed_in: SignedIn) -> None:
    answer = signed_in(room.people.alice).post("/filters/", {"view": "team", "name": "Empty <b>"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Choose something to filter by." in page
    assert "Empty &lt;b&gt;" in page


def test_filters_add_no_query_to_the_queue(room: DeskRoom, signed_in: SignedIn) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    room.case("Northwind")
    client = signed_in(room.people.alice)
    client.get("/queue/team/")
    with CaptureQueriesContext(
        connection,
    ) as plain:
        client.get("/queue/team/")
    with CaptureQueriesContext(connection) as narrowed:
        client.get("/queue/team/?q=north&sure_from=10")
    assert len(narrowed) == len(plain)


def test_a_view_is_ordered_otherwise_where_its_address_says_so(room: DeskRoom, signed_in: SignedIn) -> None:
    for name, amount in (("Northwind", 300), ("Halden", 900), ("Kestrel", 600)):
        room.case(name, amount=amount)
    client = signed_in(room.people.alice)

    def titles(query: str) -> list[str]:
        page = client.get(f"/queue/team/{query}").content.decode()
        return sorted(("Northwind", "Halden", "Kestrel"), key=lambda name: page.index(f">{name}</a>"))

    assert titles("") == titles("?order=age") == titles("?order=nonsense") == ["Northwind", "Halden", "Kestrel"]
    assert titles("?order=value") == ["Halden", "Kestrel", "Northwind"]
    ReviewTask.objects.filter(title="Kestrel").update(ai_confidence=0.2)
    ReviewTask.objects.filter(title="Northwind").update(ai_confidence=None)
    assert titles("?order=confidence") == ["Kestrel", "Halden", "Northwind"]
    assert "By value, highest first" in client.get("/queue/team/?order=value").content.decode()


@pytest.mark.parametrize("order", ORDERS)
def test_pages_of_another_order_go_on_where_the_last_one_ended(room: DeskRoom, order: str) -> None:
    cases = {room.case(f"Supplier {number}", amount=100 * (number % 3)).pk for number in range(7)}
    tasks, after, seen = ReviewTask.objects.team(room.people.alice), "", []
    while True:
        rows, after = page_in_order(tasks, order, after=after, size=3)
        seen += [task.pk for task in rows]
        if not after:
            break
    assert len(seen) == len(cases)
    assert set(seen) == cases
    assert len(page_in_order(tasks, order, after="mangled", size=3)[0]) == 3
