"""Documents among what has changed: which takes the place of which, and who may compare them."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from orchestration import api
from reviewhub.reviews.links import information_token
from reviewhub.reviews.models import Queue, ReviewTask
from reviewhub.reviews.services import ask_for_information
from tests.integration.web.conftest import SignedIn
from tests.support.cast import person
from tests.support.desk_room import OSCAR, DeskRoom
from tests.support.offers import Offer, see

ANY = """
workflow: any
title: Any
owner: oscar
input: {type: object, required: [requester], properties: {requester: {type: string}, terms: {type: object}}}
steps:
  - id: check
    review:
      title: Terms
      outcomes: {ok: {label: OK}}
      assign: {queue: finance, exclude: ["${ input.requester }"]}
"""


def test_a_document_that_took_anothers_place_is_compared_with_it(offer: Offer, signed_in: SignedIn) -> None:
    people = offer.room.people
    old, new = (
        api.keep_document(text, name="<i>terms.txt", media_type="text/plain", by=OSCAR)
        for text in (b"Paid within 30 days.\nAll <b>duties</b> paid.", b"Paid within 60 days.\nAll <b>duties</b> paid.")
    )
    first = offer.comes_back(people.carol, terms_of_sale=old)
    alice = signed_in(people.alice)
    see(alice, first)
    second = offer.comes_back(people.carol, terms_of_sale=new)
    page = alice.get(f"/tasks/{second.pk}/").content.decode()
    compared = f"/tasks/{second.pk}/changes/{first.pk}/{new[api.DOCUMENT_DIGEST]}/"

    assert "Changed since you last looked: 1 document" in page
    assert compared in page

    answer = alice.get(compared)
    text = answer.content.decode()
    assert "Paid within<del> 30</del><ins> 60</ins> days." in text
    assert "&lt;i&gt;terms.txt" in text
    assert "<b>duties</b>" not in text
    for version in answer.context["versions"].both:
        assert alice.get(version.href).status_code == 200
    assert alice.get(compared.replace(new[api.DOCUMENT_DIGEST], old[api.DOCUMENT_DIGEST])).status_code == 404


def test_whoever_may_not_read_the_task_before_is_not_led_to_its_documents(offer: Offer, signed_in: SignedIn) -> None:
    people = offer.room.people
    old, new = (
        api.keep_document(text, name="terms.txt", media_type="text/plain", by=OSCAR)
        for text in (b"30 days", b"60 days")
    )
    first = offer.comes_back(people.carol, terms_of_sale=old)
    second = offer.comes_back(people.carol, terms_of_sale=new)
    legal = Queue.objects.create(slug="legal", title="Legal", manager=people.carol)
    ReviewTask.objects.filter(pk=second.pk).update(queue=legal)
    lena = person("lena")
    legal.memberships.create(person=lena)
    client = signed_in(lena)

    page = client.get(f"/tasks/{second.pk}/").content.decode()

    assert "1 document" in page
    assert f"/tasks/{first.pk}/documents/" not in page
    compared = f"/tasks/{second.pk}/changes/{first.pk}/{new[api.DOCUMENT_DIGEST]}/"
    assert compared not in page
    assert client.get(compared).status_code == 403


def test_a_file_that_comes_with_an_answer_is_the_next_version_of_the_one_that_it_is_called_like(
    room: DeskRoom, signed_in: SignedIn
) -> None:
    old = api.keep_document(b"Paid within 30 days.", name="terms.txt", media_type="text/plain", by=OSCAR)
    api.publish_workflow(text=ANY, note="", actor=OSCAR)
    given = {"requester": "ann@example.com", "terms": old}
    started = api.start_run(workflow="any", input=given, actor=OSCAR, source="test")
    room.work()
    task, alice = ReviewTask.objects.get(run_id=started.run_id), signed_in(room.people.alice)
    asked = ask_for_information(task_id=task.pk, actor=room.people.alice, text="Are these the terms?")
    see(alice, task)
    sealed = ReviewTask.objects.get(pk=task.pk).evidence_hash

    sent = {"text": "No", "files": [_file("terms.txt", b"Paid within 60 days."), _file("<b>new.txt", b"Hello")]}
    answer = Client().post(f"/information/{information_token(asked.pk)}/", sent)
    page = alice.get(f"/tasks/{task.pk}/").content.decode()

    assert answer.status_code == 302
    assert "Changed since you last looked: 2 documents, 1 answer" in page
    assert "&lt;b&gt;new.txt" in page
    assert "<b>new.txt" not in page
    assert ReviewTask.objects.get(pk=task.pk).evidence_hash != sealed
    href = page.partition(f"/tasks/{task.pk}/changes/{task.pk}/")[2].partition('"')[0]
    compared = alice.get(f"/tasks/{task.pk}/changes/{task.pk}/{href}")
    assert "Paid within<del> 30</del><ins> 60</ins> days." in compared.content.decode()
    for version in compared.context["versions"].both:
        assert alice.get(version.href).status_code == 200


def test_too_many_files_or_an_empty_one_change_nothing(room: DeskRoom) -> None:
    task = room.case()
    asked = ask_for_information(task_id=task.pk, actor=room.people.alice, text="Which?")
    for files in ([_file(f"{n}.txt", b"x") for n in range(6)], [_file("empty.txt", b"")]):
        answer = Client().post(f"/information/{information_token(asked.pk)}/", {"text": "These", "files": files})
        assert answer.status_code == 422
    assert ReviewTask.objects.get(pk=task.pk).information == []


def _file(name: str, data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, "text/plain")
