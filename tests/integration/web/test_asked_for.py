"""What somebody asked for: how it stands, and a reminder, without reading the case."""

from __future__ import annotations

from reviewhub.notifications.models import Notice
from reviewhub.reviews.models import ReviewTask
from reviewhub.reviews.services import claim_task
from tests.integration.web.conftest import SignedIn
from tests.support.cast import person
from tests.support.desk_room import DeskRoom

PAGE = "/asked-for/"


def test_a_requester_reminds_whoever_has_it_and_reads_nothing_of_the_case(room: DeskRoom, signed_in: SignedIn) -> None:
    task, priya = room.case("Northwind"), signed_in(person("priya"))
    claim_task(task_id=task.pk, actor=room.people.alice)
    shown = priya.get(PAGE).content.decode()
    assert "Northwind" in shown
    for hidden in ("LAB-310", "Three per cent", "Alice Moreau"):
        assert hidden not in shown
    address = f"{PAGE}{task.pk}/reminder/"
    assert "Whoever has “Northwind” is reminded." in priya.post(address, follow=True).content.decode()
    assert Notice.objects.get(kind="nudged").person == room.people.alice
    assert "was reminded just now; again from" in priya.post(address, follow=True).content.decode()
    assert priya.get(f"/tasks/{task.pk}/").status_code == 403


def test_it_is_nobody_elses_and_ends_with_the_decision(room: DeskRoom, signed_in: SignedIn) -> None:
    task, priya = room.case("Northwind"), signed_in(person("priya"))
    for other in (room.people.mallory, room.people.carol):
        client = signed_in(other)
        assert "Northwind" not in client.get(PAGE).content.decode()
        assert client.post(f"{PAGE}{task.pk}/reminder/").status_code == 404
    ReviewTask.objects.filter(pk=task.pk).update(key="second-look")  # a second look at it is not hers to know of
    assert "Northwind" not in priya.get(PAGE).content.decode()
    assert priya.post(f"{PAGE}{task.pk}/reminder/").status_code == 404
