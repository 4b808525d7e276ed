"""Deciding over the pages, as a browser without a script does it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from reviewhub.reviews.models import Decision, ReviewTask
from reviewhub.reviews.services import claim_task, decide_task
from reviewhub.web.presenters.undo import undos_of
from tests.integration.web.conftest import SignedIn
from tests.support.desk_room import DeskRoom


def post(client: Client, task: ReviewTask, **sent: Any) -> Any:
    values = {"version": task.version, "shown": task.evidence_hash, "key": "k-1", **sent}
    return client.post(f"/tasks/{task.pk}/decision/?view=team", values)


def test_agreeing_with_the_ai_takes_one_press(room: DeskRoom, signed_in: SignedIn) -> None:
    task, following = room.case("Northwind"), room.case("Halden")
    answer = post(signed_in(room.people.alice), task, outcome="approve")
    assert (answer.status_code, answer.url) == (302, f"/tasks/{following.pk}/?view=team")
    decision = Decision.objects.get(task=task)
    assert (decision.outcome, decision.by, decision.channel) == ("approve", room.people.alice, "web")


def test_disagreeing_opens_the_reasons_and_decides_nothing_yet(room: DeskRoom, signed_in: SignedIn) -> None:
    task = room.case()
    answer = post(signed_in(room.people.alice), task, outcome="reject")
    assert answer.status_code == 422
    assert "You say “Reject”, the AI said “Approve”. Why?" in answer.content.decode()
    assert not Decision.objects.exists()


def test_a_reason_is_kept_with_the_decision(room: DeskRoom, signed_in: SignedIn) -> None:
    task = room.case()
    sent = {"outcome": "reject", "asked": "yes", "reason": "policy", "ai_right": "no"}
    assert post(signed_in(room.people.alice), task, **sent).status_code == 302
    override = Decision.objects.get(task=task).override
    assert [reason.code for reason in override.reasons.all()] == ["policy"]
    assert override.ai_right_if_known == "no"


def test_the_reason_other_wants_a_note_and_keeps_what_was_chosen(room: DeskRoom, signed_in: SignedIn) -> None:
    task = room.case()
    answer = post(signed_in(room.people.alice), task, outcome="reject", asked="yes", reason="other")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "This reason needs a few words." in page
    assert 'value="other" checked' in page


def test_an_outcome_that_asks_for_no_reason_is_taken_without_one(room: DeskRoom, signed_in: SignedIn) -> None:
    task = room.case()
    assert post(signed_in(room.people.alice), task, outcome="refer").status_code == 302
    assert Decision.objects.get(task=task).outcome == "refer"


def test_a_high_risk_is_confirmed_by_a_second_press(room: DeskRoom, signed_in: SignedIn) -> None:
    task, alice = room.case(amount=50_000), signed_in(room.people.alice)
    asked = post(alice, task, outcome="approve")
    assert asked.status_code == 422
    assert "it counts at once and cannot be taken back" in asked.content.decode()
    assert not Decision.objects.exists()
    assert post(alice, task, outcome="approve", confirmed="yes").status_code == 302
    assert Decision.objects.get(task=task).confirmed


def test_a_correction_opens_the_reasons_once_and_may_go_without(room: DeskRoom, signed_in: SignedIn) -> None:
    task, alice = room.case(), signed_in(room.people.alice)
    sent = {"outcome": "approve", "fields.cost_center": "LAB-330", "fields.amount": "1200"}
    asked = post(alice, task, **sent)
    page = asked.content.decode()
    assert asked.status_code == 422
    assert "You corrected what was there. Why?" in page
    assert "<del>LAB-310</del>" in page
    assert post(alice, task, **sent, asked="yes").status_code == 302
    [difference] = Decision.objects.get(task=task).override.differences
    assert (difference["field"], difference["human_value"]) == ("cost_center", "LAB-330")


def test_a_field_that_is_no_number_is_refused_in_words(room: DeskRoom, signed_in: SignedIn) -> None:
    task = room.case()
    answer = post(signed_in(room.people.alice), task, outcome="approve", asked="yes", **{"fields.amount": "much"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "write a number" in page.partition('class="diff"')[2], "and beside the question, where the field is far"
    assert page.count("write a number") == 2
    assert 'value="much"' in answer.content.decode()


def test_a_task_that_somebody_decided_meanwhile_says_so_and_keeps_the_note(room: DeskRoom, signed_in: SignedIn) -> None:
    task, people = room.case(), room.people
    decide_task(task_id=task.pk, actor=people.carol, outcome="approve")
    sent = {"outcome": "reject", "asked": "yes", "reason": "other", "note": "Paid twice already"}
    answer = post(signed_in(people.alice), task, **sent)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Carol Nyström decided “Approve”" in page
    assert Decision.objects.count() == 1


def test_a_stale_page_cannot_decide(room: DeskRoom, signed_in: SignedIn) -> None:
    task, people = room.case(), room.people
    stale = task.version
    claim_task(task_id=task.pk, actor=people.alice)
    answer = post(signed_in(people.alice), task, version=stale, outcome="approve")
    assert answer.status_code == 412
    assert "Nothing was decided" in answer.content.decode()


def test_a_task_that_somebody_else_has_claimed_cannot_be_decided(room: DeskRoom, signed_in: SignedIn) -> None:
    task, people = room.case(), room.people
    claim_task(task_id=task.pk, actor=people.carol)
    answer = post(signed_in(people.alice), task, outcome="approve")
    assert answer.status_code == 409
    assert "Carol Nyström has claimed it" in answer.content.decode()


def test_the_same_form_sent_twice_decides_once(room: DeskRoom, signed_in: SignedIn) -> None:
    task, alice = room.case(), signed_in(room.people.alice)
    assert [post(alice, task, outcome="approve").status_code for _ in range(2)] == [302, 302]
    assert Decision.objects.count() == 1


def test_taking_back_brings_the_task_back_to_its_decider(room: DeskRoom, signed_in: SignedIn) -> None:
    task, alice = room.case(), signed_in(room.people.alice)
    post(alice, task, outcome="approve")
    answer = alice.post(f"/tasks/{task.pk}/decision/?view=team", {"_method": "delete"})
    assert answer.headers["Location"] == f"/tasks/{task.pk}/?view=team"
    task.refresh_from_db()
    assert (task.status, task.claimed_by) == ("claimed", room.people.alice)


def test_a_very_long_title_does_not_hide_what_can_be_taken_back(room: DeskRoom) -> None:
    task = room.case("Northwind " + "and sons " * 20)
    decide_task(task_id=task.pk, actor=room.people.alice, outcome="approve")
    (undo,) = undos_of(room.people.alice)
    assert (len(undo.said), undo.said[:10], undo.said[-10:]) == (89, "Northwind ", "…: Approve")


def test_after_the_window_a_decision_cannot_be_taken_back(room: DeskRoom, signed_in: SignedIn) -> None:
    task, alice = room.case(), signed_in(room.people.alice)
    post(alice, task, outcome="approve")
    room.forward(seconds=11)
    answer = alice.post(f"/tasks/{task.pk}/decision/?view=team", {"_method": "delete"})
    assert answer.status_code == 409
    assert "the time for taking it back is over" in answer.content.decode()


def test_nobody_decides_their_own_request(room: DeskRoom, signed_in: SignedIn) -> None:
    task = room.case(requester="alice@example.com")
    alice = signed_in(room.people.alice)
    assert "nobody decides their own request" in alice.get(f"/tasks/{task.pk}/").content.decode()
    assert post(alice, task, outcome="approve").status_code == 403
    assert not Decision.objects.exists()


@pytest.mark.parametrize("path", ["", "claim/", "decision/", "comments/"])
def test_mallory_gets_nowhere(room: DeskRoom, signed_in: SignedIn, path: str) -> None:
    task = room.case()
    mallory = signed_in(room.people.mallory)
    act = mallory.post if path else mallory.get
    assert act(f"/tasks/{task.pk}/{path}").status_code == 403


def test_who_is_not_signed_in_is_sent_to_sign_in(room: DeskRoom) -> None:
    task = room.case()
    answer = Client().get(f"/tasks/{task.pk}/")
    assert answer.headers["Location"] == f"/sign-in/?next=/tasks/{task.pk}/"


def test_taking_several_back_names_those_for_which_it_was_too_late(room: DeskRoom, signed_in: SignedIn) -> None:
    alice, early, late = room.people.alice, room.case("Northwind"), room.case("Halden")
    for task in (late, early):
        room.clock.forward(seconds=60)
        decide_task(task_id=task.pk, actor=alice, outcome="approve", channel="web")
    page = signed_in(alice)
    sent = {"_method": "delete", "task": [str(early.pk), str(late.pk)]}
    answer = page.post("/queue/team/together/", sent, follow=True)
    said = answer.content.decode()
    assert "1 decision taken back" in said
    assert "For 1 it was too late" in said
    assert f'href="/tasks/{late.pk}/?view=team"' in said.partition("it was too late")[2].partition("</section>")[0]
    early.refresh_from_db()
    assert early.is_waiting


def test_taking_several_back_in_time_leads_back_to_the_queue(room: DeskRoom, signed_in: SignedIn) -> None:
    task = room.case()
    decide_task(task_id=task.pk, actor=room.people.alice, outcome="approve", channel="web")
    answer = signed_in(room.people.alice).post("/queue/team/together/", {"_method": "delete", "task": [str(task.pk)]})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/queue/team/")


def test_a_part_of_a_page_is_refused_to_who_is_not_signed_in_so_that_the_page_stays(room: DeskRoom) -> None:
    task = room.case()
    answer = Client().post(f"/tasks/{task.pk}/decision/", {"outcome": "approve"}, headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert not Decision.objects.exists()
