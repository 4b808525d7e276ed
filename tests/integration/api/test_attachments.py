"""Files over the API: read by whoever may read the task, sent for comments and for reviews that are asked for."""

from __future__ import annotations

import hashlib
from typing import Any

from reviewhub.reviews.models import Comment
from tests.integration.api.office import Caller, Office
from tests.integration.api.requested import asked, task_of
from tests.support.documents import a_pdf

DIGEST = hashlib.sha256(a_pdf()).hexdigest()


def sent(caller: Caller, path: str, data: bytes = b"", media_type: str = "application/pdf") -> Any:
    return caller.send("POST", f"{path}?name=offer.pdf", data or a_pdf(), media_type)


def test_a_file_goes_with_a_comment_and_is_read_by_who_may_read_the_task(office: Office) -> None:
    task = office.task()
    alice = office.calls(office.alice)
    place = f"/api/v1/tasks/{task.pk}/"
    named = sent(alice, f"{place}documents/").json()
    assert alice.get(f"{place}documents/{DIGEST}/").status_code == 404  # sent, and named by nothing yet

    comment = alice.post(f"{place}comments/", {"documents": [named]})
    assert (comment.status_code, comment.json()["documents"]) == (201, [named])
    assert alice.get(f"{place}documents/").json()["results"] == [{**named, "path": "0"}]
    answer = alice.get(f"{place}documents/{DIGEST}/")
    assert answer.content == a_pdf()
    assert answer["Content-Disposition"] == 'attachment; filename="offer.pdf"'
    assert "sandbox" in answer["Content-Security-Policy"]


def test_nobody_attaches_what_they_have_not_sent(office: Office) -> None:
    task = office.task()
    named = sent(office.calls(office.alice), f"/api/v1/tasks/{task.pk}/documents/").json()
    bob = office.calls(office.bob)
    refused = bob.post(f"/api/v1/tasks/{task.pk}/comments/", {"text": "Mine", "documents": [named]})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["path"] == "/documents/0"
    assert not Comment.objects.exists()


def test_who_may_not_read_the_task_reads_and_sends_nothing(office: Office, stranger: Caller) -> None:
    task = office.task()
    mallory = office.calls(office.mallory)
    for caller, status in ((stranger, 401), (mallory, 404)):
        assert caller.get(f"/api/v1/tasks/{task.pk}/documents/").status_code == status
        assert caller.get(f"/api/v1/tasks/{task.pk}/documents/{DIGEST}/").status_code == status
        assert sent(caller, f"/api/v1/tasks/{task.pk}/documents/").status_code == status


def test_what_cannot_be_taken_says_why(office: Office, settings: Any) -> None:
    task = office.task()
    alice = office.calls(office.alice)
    place = f"/api/v1/tasks/{task.pk}/"
    assert sent(alice, f"{place}documents/", media_type="nonsense").status_code == 422
    assert alice.post(f"{place}comments/", {}).status_code == 422
    assert alice.post(f"{place}comments/", {"documents": [{"$document": "x"}]}).status_code == 422
    settings.DOCUMENT_MAX_BYTES = 10
    assert sent(alice, f"{place}documents/", b"x" * 11).status_code == 413


def test_a_review_is_asked_for_with_a_file(office: Office, shop: Caller) -> None:
    named = sent(shop, "/api/v1/reviews/documents/").json()
    review = asked(shop, context={"facts": {"order": "O-17"}, "documents": [{"title": "Offer", "document": named}]})
    task = task_of(review)
    assert task.context["input"]["Offer"] == named
    assert office.calls(office.alice).get(f"/api/v1/tasks/{task.pk}/documents/{DIGEST}/").content == a_pdf()

    both = [{"title": "Offer", "document": named, "text": "Hello"}]
    refused = shop.post("/api/v1/reviews/", {"title": "T", "queue": "finance", "context": {"documents": both}})
    assert refused.status_code == 422
