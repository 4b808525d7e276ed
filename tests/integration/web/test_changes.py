"""What has changed in a case since somebody last saw it, on every page that says so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from orchestration import api
from orchestration.runtime import outbox
from orchestration.runtime import tools as registry
from reviewhub.accounts.models import Person
from reviewhub.reviews.links import information_token
from reviewhub.reviews.models import CaseSeen, Queue, ReviewTask
from reviewhub.reviews.selectors import task_detail
from reviewhub.reviews.services import answer_information, ask_for_information, comment_on_task, decide_task, mark_seen
from tests.integration.web.conftest import SignedIn
from tests.support.bench import Scripted
from tests.support.cast import person
from tests.support.desk_room import OSCAR, DeskRoom

ROUNDS = """
workflow: offer
title: Offer
owner: oscar
input: {type: object, required: [requester], properties: {requester: {type: string}}}
steps:
  - id: rounds
    repeat:
      until: ${ steps.check.outcome == 'accept' }
      max: 9
      steps:
        - {id: draft, tool: offers.draft@1, retry: {attempts: 1}}
        - id: check
          review:
            title: "${ steps.draft.supplier }"
            outcomes: {accept: {label: Accept}, back: {label: Send back}}
            fields: {price: {value: "${ steps.draft.price }", label: Price}}
            highlights: {Price: "${ steps.draft.price }"}
            assign: {queue: finance}
            undo: 0s
"""
FIRST = {"supplier": "Northwind", "price": 1200, "terms": ["30 days"], "note": "Carriage paid. " * 8}


class Offer:
    """One case that comes back to its reviewers, each time as the tool gives it."""

    def __init__(self, room: DeskRoom, tool: Scripted) -> None:
        self.room, self.tool = room, tool
        started = api.start_run(workflow="offer", input={"requester": "ann@example.com"}, actor=OSCAR, source="test")
        self.run_id = started.run_id
        self.room.work()

    def task(self) -> ReviewTask:
        return ReviewTask.objects.filter(run_id=self.run_id).latest("created_at")

    def comes_back(self, by: Person, **changed: Any) -> ReviewTask:
        self.tool.result = {**FIRST, **changed}
        self.room.clock.forward(minutes=30)
        task = self.task()
        decide_task(task_id=task.pk, actor=by, outcome="back", expected_version=task.version)
        self.room.work()
        return self.task()


@contextmanager
def _tool() -> Iterator[Scripted]:
    drafts = Scripted(result=dict(FIRST))
    registry.tool(name="offers.draft", version=1, idempotent=True)(drafts)
    yield drafts


@pytest.fixture
def offer(room: DeskRoom) -> Iterator[Offer]:
    with _tool() as drafts:
        api.publish_workflow(text=ROUNDS, note="", actor=OSCAR)
        yield Offer(room, drafts)


def see(client: Client, task: ReviewTask) -> str:
    """Opens the task and lets the page say that it has been seen."""
    page = client.get(f"/tasks/{task.pk}/")
    told = {"mark": page.context["page"].mark}
    assert client.post(f"/tasks/{task.pk}/seen/", told, headers={"HX-Request": "true"}).status_code == 204
    return page.content.decode()


def strip(client: Client, task: ReviewTask) -> Any:
    return client.get(f"/tasks/{task.pk}/").context["page"].changes


def test_a_case_that_comes_back_says_what_is_new(offer: Offer, signed_in: SignedIn) -> None:
    people = offer.room.people
    alice = signed_in(people.alice)
    first = offer.task()
    assert "Changed since you last looked" not in see(alice, first)

    second = offer.comes_back(people.carol, price=1800, terms=["60 days"], note="Carriage paid. " * 7 + "Not insured.")
    page = alice.get(f"/tasks/{second.pk}/").content.decode()

    assert "Changed since you last looked: 3 values" in page
    assert "You last looked" in page
    assert "<del>1,200</del> <ins>1,800</ins> <small>+600, +50 %</small>" in page
    assert "<del>30 days</del> <ins>60 days</ins>" in page
    assert "<ins> Not insured.</ins>" in page
    assert page.count("is-new") >= 3  # the field and the section too


def test_it_stays_while_one_is_at_it_and_is_gone_the_next_time(offer: Offer, signed_in: SignedIn) -> None:
    people = offer.room.people
    alice = signed_in(people.alice)
    see(alice, offer.task())
    second = offer.comes_back(people.carol, price=1800)

    see(alice, second)
    assert strip(alice, second).any  # the page comes anew as soon as one claims

    offer.room.clock.forward(minutes=11)
    assert not strip(alice, second).any


def test_a_press_of_the_button_puts_it_away_at_once(offer: Offer, signed_in: SignedIn) -> None:
    people = offer.room.people
    alice = signed_in(people.alice)
    see(alice, offer.task())
    second = offer.comes_back(people.carol, price=1800)
    mark = alice.get(f"/tasks/{second.pk}/").context["page"].mark

    answer = alice.post(f"/tasks/{second.pk}/seen/", {"mark": mark, "away": "yes"}, headers={"HX-Request": "true"})

    assert 'id="task-changes"' in answer.content.decode()
    assert "Changed since" not in answer.content.decode()
    assert not strip(alice, second).any


def test_each_has_seen_what_they_have_seen(offer: Offer, signed_in: SignedIn) -> None:
    people = offer.room.people
    see(signed_in(people.alice), offer.task())
    second = offer.comes_back(people.carol, price=1800)
    third = offer.comes_back(people.carol, price=1900)
    see(signed_in(people.carol), second)

    of_alice, of_carol = (strip(signed_in(each), third) for each in (people.alice, people.carol))

    assert [(each.was, each.now) for each in of_alice.items] == [("1,200", "1,900")]
    assert [(each.was, each.now) for each in of_carol.items] == [("1,800", "1,900")]


def test_the_history_says_it_to_whoever_had_not_seen_it(offer: Offer, signed_in: SignedIn) -> None:
    people = offer.room.people
    second = offer.comes_back(people.carol, price=1800)

    page = signed_in(people.alice).get(f"/tasks/{second.pk}/").content.decode()

    assert "Since “Northwind”: 1 value" in page
    assert "Changed since you last looked" not in page


def test_an_answer_and_a_comment_are_new_to_others_and_not_to_whoever_said_them(
    room: DeskRoom, signed_in: SignedIn
) -> None:
    task, people = room.case(), room.people
    alice, carol = signed_in(people.alice), signed_in(people.carol)
    asked = ask_for_information(task_id=task.pk, actor=people.alice, text="Which budget?")
    see(alice, task)
    see(carol, task)

    answer_information(request_id=asked.pk, text="<b>The lab's</b>")
    comment_on_task(task_id=task.pk, actor=people.carol, text="Now it is clear")
    page = alice.get(f"/tasks/{task.pk}/").content.decode()

    assert "Changed since you last looked: 1 answer, 1 comment" in page
    assert "<ins>&lt;b&gt;The lab&#x27;s&lt;/b&gt;</ins>" in page
    assert "Changed since you last looked: 1 answer<" in carol.get(f"/tasks/{task.pk}/").content.decode()


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


def test_what_the_ai_says_is_in_no_difference(room: DeskRoom, signed_in: SignedIn) -> None:
    Queue.objects.update(hidden_share=100)
    task, alice = room.case(), signed_in(room.people.alice)
    see(alice, task)
    later = ReviewTask.objects.get(pk=task.pk)
    later.pk, later.key, later.created_at = None, "approval#2", task.created_at.replace(year=task.created_at.year + 1)
    later._state.adding = True
    later.context["steps"] = {"assess": {"outcome": "reject", "confidence": 0.4, "reasons": ["Too dear"]}}
    later.context["input"]["amount"] = 1300
    later.save()

    page = alice.get(f"/tasks/{later.pk}/").content.decode()

    assert "Changed since you last looked: 1 value" in page
    assert "Too dear" not in page


def test_only_whoever_reads_the_task_says_that_they_saw_it(offer: Offer, signed_in: SignedIn) -> None:
    task, mallory = offer.task(), signed_in(offer.room.people.mallory)

    assert mallory.post(f"/tasks/{task.pk}/seen/", {"mark": "0-0-0"}).status_code == 403
    assert not CaseSeen.objects.exists()


@pytest.mark.parametrize("mark", ["", "x", "1", "0-0", "9" * 30 + "-0-0", "<script>"])
def test_what_is_no_mark_is_passed_over(offer: Offer, signed_in: SignedIn, mark: str) -> None:
    alice = signed_in(offer.room.people.alice)

    assert alice.post(f"/tasks/{offer.task().pk}/seen/", {"mark": mark}).status_code == 302
    assert not CaseSeen.objects.exists()


def test_an_older_task_that_is_looked_at_again_makes_nothing_new(offer: Offer, signed_in: SignedIn) -> None:
    people = offer.room.people
    alice, first = signed_in(people.alice), offer.task()
    second = offer.comes_back(people.carol, price=1800)
    see(alice, second)
    see(alice, first)

    assert CaseSeen.objects.get().task_id == second.pk
    assert not strip(alice, second).any


def test_two_hundred_values_have_a_page_of_their_own(offer: Offer, signed_in: SignedIn) -> None:
    people = offer.room.people
    offer.tool.result = {f"value_{n}": n for n in range(200)} | FIRST
    first = offer.comes_back(people.carol, **{f"value_{n}": n for n in range(200)})
    alice = signed_in(people.alice)
    see(alice, first)
    second = offer.comes_back(people.carol, **{f"value_{n}": n + 1 for n in range(200)})

    page = alice.get(f"/tasks/{second.pk}/").content.decode()
    everything = alice.get(f"/tasks/{second.pk}/changes/{first.pk}/").content.decode()

    assert "Changed since you last looked: 200 values" in page
    assert "and 188 more" in page
    assert everything.count('<li class="changed"') == 200
    assert alice.get(f"/tasks/{first.pk}/changes/{second.pk}/").status_code == 404


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


def test_it_costs_one_query_and_two_more_where_the_case_came_before(
    offer: Offer, django_assert_max_num_queries: Any
) -> None:
    people = offer.room.people
    first = offer.task()
    with django_assert_max_num_queries(30) as alone:
        task_detail(first.pk, people.alice)
    mark_seen(task_id=first.pk, actor=people.alice, mark="0-0-0")
    for _ in range(4):
        second = offer.comes_back(people.carol, price=1800)

    with django_assert_max_num_queries(30) as later:
        task_detail(second.pk, people.alice)

    assert len(later) <= len(alone) + 2


LINES = """
workflow: lines
title: Lines
owner: oscar
input: {type: object, required: [lines], properties: {lines: {type: array, items: {type: number}}}}
steps:
  - id: lines
    each:
      in: ${ input.lines }
      steps:
        - {id: price, review: {title: Price, outcomes: {ok: {label: OK}}, fields: {price: {value: "${ item }"}}, assign: {queue: finance}, undo: 0s}}
        - {id: again, review: {title: Again, outcomes: {ok: {label: OK}}, fields: {price: {value: "${ item }"}}, assign: {queue: finance}}}
"""  # noqa: E501


def test_neighbours_in_a_list_are_cases_of_their_own(room: DeskRoom) -> None:
    api.publish_workflow(text=LINES, note="", actor=OSCAR)
    started = api.start_run(workflow="lines", input={"lines": [1, 2]}, actor=OSCAR, source="test")
    room.work()
    first, second = ReviewTask.objects.filter(run_id=started.run_id).order_by("key")
    room.clock.forward(minutes=1)
    decide_task(task_id=first.pk, actor=room.people.carol, outcome="ok", expected_version=1)
    room.work()
    again = ReviewTask.objects.get(run_id=started.run_id, step_id="again")

    assert (first.item, second.item, again.item) == ("lines#1", "lines#2", "lines#1")
    mark_seen(task_id=second.pk, actor=room.people.alice, mark="0-0-0")
    found = task_detail(again.pk, room.people.alice)
    assert found.changes is None
    assert found.before is not None
    assert found.before.earlier == first


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


HEARD = """
workflow: order
owner: oscar
input: {type: object}
steps:
  - id: rounds
    repeat:
      until: ${ steps.check.outcome == 'ship' }
      max: 9
      steps:
        - {id: told, wait: {event: order.said, key: "7", unanswered: {after: 1d, outcome: silent}}}
        - {id: cooled, wait: {for: 1s}}
        - {id: check, review: {outcomes: [ship, wait], assign: {queue: finance}, undo: 0s}}
"""


def test_what_an_event_brought_is_part_of_the_case_and_of_what_has_changed(room: DeskRoom, signed_in: SignedIn) -> None:
    api.publish_workflow(text=HEARD, note="", actor=OSCAR)
    run_id = api.start_run(workflow="order", input={}, actor=OSCAR, source="test").run_id
    alice, found = signed_in(room.people.alice), []
    for said in ({"price": 1200, "by": "Ann"}, {"price": 1400, "by": "Ann"}, None):
        if said is not None:
            api.send_event(name="order.said", key="7", payload=said, actor=OSCAR)
            outbox.send_due()
        room.forward(days=2 if said is None else 0, seconds=2)
        room.forward(seconds=2)
        task = ReviewTask.objects.filter(run_id=run_id).latest("created_at")
        found.append(see(alice, task))
        decide_task(task_id=task.pk, actor=room.people.alice, outcome="wait")
        room.work()
    first, second, third = ReviewTask.objects.filter(run_id=run_id).order_by("created_at")
    told = [each.context["steps"].get("told") for each in (first, second, third)]
    assert told == [
        {"payload": {"price": 1200, "by": "Ann"}},
        {"payload": {"price": 1400, "by": "Ann"}},
        {"outcome": "silent"},
    ]
    assert "cooled" not in first.context["steps"]
    assert "1,200" in found[0]
    assert "Changed since you last looked: 1 value" in found[1]
    before = task_detail(second.pk, room.people.alice).before
    assert before is not None
    assert [(each.name, each.was, each.now) for each in before.found] == [("steps.told.payload.price", 1200, 1400)]
