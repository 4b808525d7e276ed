"""What has changed in a case since somebody last saw it, on its page."""

from __future__ import annotations

from typing import Any

import pytest

from reviewhub.reviews.models import CaseSeen, Queue, ReviewTask
from reviewhub.reviews.selectors import task_detail
from reviewhub.reviews.services import answer_information, ask_for_information, comment_on_task, mark_seen
from tests.integration.web.conftest import SignedIn
from tests.support.desk_room import DeskRoom
from tests.support.offers import Offer, see, strip


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
