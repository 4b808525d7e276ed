"""Documents of a case: who sees them, how they are shown, and that nothing in them runs."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.core.files.storage import default_storage

from orchestration import api
from reviewhub.reviews.evidence import evidence_of
from reviewhub.reviews.models import ReviewTask
from reviewhub.web.presenters.called import called_in
from reviewhub.web.presenters.documents import links_of
from tests.integration.web.conftest import SignedIn
from tests.support.desk_room import OSCAR, DeskRoom
from tests.support.documents import a_mail, a_mail_within, a_pdf, a_picture

FRAGMENT = {"HX-Request": "true"}


def kept(data: bytes, name: str, media_type: str) -> dict[str, Any]:
    return api.keep_document(data, name=name, media_type=media_type, by=OSCAR)


def address(task: ReviewTask, data: bytes, rest: str = "") -> str:
    return f"/tasks/{task.pk}/documents/{hashlib.sha256(data).hexdigest()}{rest}/"


@pytest.fixture
def task(room: DeskRoom) -> ReviewTask:
    return room.case("Northwind Instruments", file=kept(a_pdf(), "quotation.pdf", "application/pdf"))


def test_a_task_names_its_documents_and_fetches_them_later(
    room: DeskRoom, task: ReviewTask, signed_in: SignedIn
) -> None:
    page = signed_in(room.people.alice).get(f"/tasks/{task.pk}/").content.decode()
    assert f'hx-get="{address(task, a_pdf())}"' in page
    assert "quotation.pdf" in page
    assert "Payment 30 %" not in page


def test_a_pdf_is_shown_with_its_words_and_the_quote_marked(
    room: DeskRoom, task: ReviewTask, signed_in: SignedIn
) -> None:
    alice = signed_in(room.people.alice)
    shown = alice.get(address(task, a_pdf()), headers=FRAGMENT).content.decode()
    assert 'data-said-at="1"' in shown  # the supplier's name
    assert "Payment 30 % with the order," in shown
    drawn = alice.get(address(task, a_pdf(), "/pages/1"))
    assert drawn["Content-Type"] == "image/webp"
    assert drawn["Content-Security-Policy"] == "default-src 'none'; sandbox"
    again = alice.get(address(task, a_pdf(), "/pages/1"), headers={"If-None-Match": drawn["ETag"]})
    assert again.status_code == 304
    assert alice.get(address(task, a_pdf(), "/pages/2")).status_code == 404


def test_a_file_comes_down_and_never_opens(room: DeskRoom, task: ReviewTask, signed_in: SignedIn) -> None:
    answer = signed_in(room.people.alice).get(address(task, a_pdf(), "/file"))
    assert answer.content == a_pdf()
    assert answer["Content-Disposition"] == 'attachment; filename="quotation.pdf"'
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("application/octet-stream", "nosniff")
    assert answer["Cache-Control"] == "private, no-cache"


def test_whoever_may_not_read_the_task_reads_none_of_its_documents(
    room: DeskRoom, task: ReviewTask, signed_in: SignedIn
) -> None:
    mallory = signed_in(room.people.mallory)
    for rest in ("", "/file", "/pages/1"):
        assert mallory.get(address(task, a_pdf(), rest)).status_code == 403


def test_a_document_of_another_task_is_not_there(room: DeskRoom, task: ReviewTask, signed_in: SignedIn) -> None:
    other = room.case("Elsewhere")
    for rest in ("", "/file", "/pages/1", ".1"):
        assert signed_in(room.people.alice).get(address(other, a_pdf(), rest)).status_code == 404


def test_the_decision_covers_the_document_by_its_digest(room: DeskRoom, task: ReviewTask) -> None:
    other = kept(a_pdf() + b"\n", "quotation.pdf", "application/pdf")
    ReviewTask.objects.filter(pk=task.pk).update(context={**task.context, "input": {"file": other}})
    assert evidence_of(ReviewTask.objects.get(pk=task.pk)) != task.evidence_hash


def test_a_mail_opens_what_is_attached_to_it(room: DeskRoom, signed_in: SignedIn) -> None:
    task, alice = room.case(file=kept(a_mail(), "mail.eml", "message/rfc822")), signed_in(room.people.alice)
    shown = alice.get(address(task, a_mail()), headers=FRAGMENT).content.decode()
    assert "we need it by Friday" in shown
    assert address(task, a_mail(), ".1") in shown
    assert "Payment 30 %" in alice.get(address(task, a_mail(), ".1"), headers=FRAGMENT).content.decode()
    assert alice.get(address(task, a_mail(), ".1/file")).content == a_pdf()
    assert alice.get(address(task, a_mail(), ".2")).status_code == 404


@pytest.mark.parametrize(
    ("data", "media_type", "says"),
    [
        (b"<script>alert(1)</script>", "text/html", "&lt;script&gt;alert(1)"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "image/svg+xml", "not shown here"),
        (b"<script>alert(1)</script>", "image/png", "not what it says it is"),
        (a_picture()[:40], "image/png", "cannot be read"),
        (b'{"a": {"b": "<b>"}}', "application/json", "&lt;b&gt;"),
        (b"item,net\n<i>lamp</i>,40\n", "text/csv", "&lt;i&gt;lamp"),
    ],
)
def test_whatever_is_in_it_stays_a_text(
    room: DeskRoom, signed_in: SignedIn, data: bytes, media_type: str, says: str
) -> None:
    task = room.case(file=kept(data, "file", media_type))
    shown = signed_in(room.people.alice).get(address(task, data), headers=FRAGMENT).content.decode()
    assert says in shown
    assert "<script>alert" not in shown
    assert "onload=" not in shown


def test_what_is_not_there_or_has_changed_is_said(room: DeskRoom, task: ReviewTask, signed_in: SignedIn) -> None:
    alice, digest = signed_in(room.people.alice), hashlib.sha256(a_pdf()).hexdigest()
    with default_storage.open(f"{digest[:2]}/{digest}", "wb") as file:
        file.write(b"%PDF-1.4 altered")
    assert "has changed" in alice.get(address(task, a_pdf()), headers=FRAGMENT).content.decode()
    default_storage.delete(f"{digest[:2]}/{digest}")
    assert "is not here" in alice.get(address(task, a_pdf()), headers=FRAGMENT).content.decode()
    assert alice.get(address(task, a_pdf(), "/file")).status_code == 404


def test_mails_within_mails_are_opened_three_deep_and_what_is_further_down_is_named(
    room: DeskRoom, signed_in: SignedIn
) -> None:
    within = a_mail_within(a_mail_within(a_mail_within(a_mail())))
    task = room.case(file=kept(within, "forwarded.eml", "message/rfc822"))
    alice = signed_in(room.people.alice)
    last = alice.get(address(task, within, ".1.1.1"), headers=FRAGMENT).content.decode()
    assert "quotation.pdf" in last
    assert "are opened no further" in last
    assert f'href="{address(task, within, ".1.1.1.1")}"' not in last
    before = alice.get(address(task, within, ".1.1"), headers=FRAGMENT).content.decode()
    assert f'href="{address(task, within, ".1.1.1")}"' in before


def test_a_name_with_a_dot_is_no_path(room: DeskRoom) -> None:
    task, offer = room.case(), kept(a_pdf(), "scan.pdf", "application/pdf")
    task.context = {
        "input": {"Offer v2.1.pdf": offer, "more": {"Terms 1.0": [offer]}},
        "steps": {"read": {"a.b": offer}},
    }
    assert called_in(task) == {
        "Offer v2.1.pdf": "Offer v2.1.pdf",
        "more": "More",
        "more.Terms 1.0.0": "Terms 1.0",
        "read.a.b": "a.b",
    }
    (link,) = links_of(task, ())
    assert link.label == "Offer v2.1.pdf"
