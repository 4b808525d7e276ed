"""Comments that name people and carry files."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from reviewhub.notifications.models import Notice
from reviewhub.reviews.exceptions import InvalidComment
from reviewhub.reviews.models import Comment
from reviewhub.reviews.services import File, comment_on_task, decide_task
from tests.integration.web.conftest import SignedIn
from tests.support.desk_room import DeskRoom
from tests.support.documents import a_pdf


def named(task: Any) -> list[str]:
    notices = Notice.objects.filter(task=task, kind="mentioned").order_by("pk")
    return list(notices.values_list("person__username", flat=True))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("@oscar, please look. And @carol.", ["carol", "oscar"]),
        ("@alice and carol@carol and @@carol", []),  # oneself, an address, no name
        ("@mallory @nobody @bob", []),  # who may not see it, who is not there
        ("@carol @carol @carol", ["carol"]),
    ],
)
def test_whoever_is_named_and_may_see_it_is_told(room: DeskRoom, text: str, told: list[str]) -> None:
    task = room.case()
    comment = comment_on_task(task_id=task.pk, actor=room.people.alice, text=text)
    assert named(task) == told
    assert comment.mentioned == told


def test_somebody_is_told_once_in_a_quarter_of_an_hour(room: DeskRoom) -> None:
    task = room.case()
    for _ in range(3):
        comment_on_task(task_id=task.pk, actor=room.people.alice, text="@carol")
    assert named(task) == ["carol"]
    room.clock.forward(minutes=15)
    comment_on_task(task_id=task.pk, actor=room.people.alice, text="@carol")
    assert named(task) == ["carol", "carol"]


def test_the_requester_is_not_told(room: DeskRoom) -> None:
    task = room.case(requester=room.people.carol.email)
    comment_on_task(task_id=task.pk, actor=room.people.alice, text="@carol")
    assert named(task) == []


def test_the_names_of_those_who_work_on_it_are_offered(room: DeskRoom, signed_in: SignedIn) -> None:
    task = room.case()
    found = signed_in(room.people.alice).get(f"/tasks/{task.pk}/people/").json()["people"]
    assert {each["name"] for each in found} == {"carol", "oscar"}
    assert signed_in(room.people.mallory).get(f"/tasks/{task.pk}/people/").status_code == 403


def test_a_file_goes_with_a_comment_and_is_looked_at_like_the_cases_own(room: DeskRoom, signed_in: SignedIn) -> None:
    task, alice = room.case(), signed_in(room.people.alice)
    file = SimpleUploadedFile("offer.pdf", a_pdf(), "application/pdf")
    alice.post(f"/tasks/{task.pk}/comments/", {"text": "", "files": [file]})
    address = f"/tasks/{task.pk}/documents/{hashlib.sha256(a_pdf()).hexdigest()}/"
    assert f'href="{address}"' in alice.get(f"/tasks/{task.pk}/").content.decode()
    assert "Payment 30 %" in alice.get(address, headers={"HX-Request": "true"}).content.decode()
    assert signed_in(room.people.mallory).get(address).status_code == 403
    assert alice.get(address.replace(str(task.pk), str(room.case().pk))).status_code == 404


def test_what_is_too_much_is_refused_and_nothing_is_kept(room: DeskRoom, settings: Any) -> None:
    settings.DOCUMENT_MAX_BYTES = 5
    task = room.case()
    for files in ([File("a", "text/plain", b"123456")], [File("a", "text/plain", b"1")] * 6, []):
        with pytest.raises(InvalidComment):
            comment_on_task(task_id=task.pk, actor=room.people.alice, text="", files=files)
    assert not Comment.objects.exists()


def test_the_history_says_what_was_corrected(room: DeskRoom, signed_in: SignedIn) -> None:
    task = room.case(amount=1200)
    decide_task(task_id=task.pk, actor=room.people.alice, outcome="approve", fields={"amount": 1100})
    page = signed_in(room.people.alice).get(f"/tasks/{task.pk}/").content.decode()
    assert "<del>1,200</del> <ins>1,100</ins>" in page
