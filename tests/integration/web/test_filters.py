"""The queue narrowed by its address, and filters kept under a name, as a browser asks for them."""

from __future__ import annotations

from reviewhub.reviews.models import SavedFilter
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
