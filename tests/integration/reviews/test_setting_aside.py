"""Asking, snoozing, delegating, declining and escalating: what each does to the task, its clock and its people."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client

from orchestration.runtime import outbox
from reviewhub.accounts.permissions import PermissionDenied
from reviewhub.notifications.models import Notice
from reviewhub.notifications.questions import link_to
from reviewhub.reviews.exceptions import InformationClosed, InvalidRequest, SelfApproval, StaleTask, TaskMoved
from reviewhub.reviews.links import information_id, information_token
from reviewhub.reviews.models import InformationRequest, ReviewTask
from reviewhub.reviews.selectors import history_of, view
from reviewhub.reviews.services import (
    answer_information,
    ask_for_information,
    claim_next_task,
    claim_task,
    decide_task,
    decline_task,
    delegate_task,
    escalate_task,
    snooze_task,
    take_back_delegation,
    wake_task,
)
from tests.support.desk import Desk


def fresh(task: ReviewTask) -> ReviewTask:
    return ReviewTask.objects.get(pk=task.pk)


def told(desk: Desk, kind: str) -> list[str]:
    return list(Notice.objects.filter(kind=kind).order_by("pk").values_list("person__username", flat=True))


# ---- asking ------------------------------------------------------------------------------------


def test_a_question_stops_the_clock_and_its_answer_starts_it_again(desk: Desk) -> None:
    task, alice = desk.task(), desk.people.alice
    due_at, version = task.due_at, task.version
    claim_task(task_id=task.pk, actor=alice)
    desk.bench.clock.forward(hours=1)
    asked = ask_for_information(task_id=task.pk, actor=alice, text="Which cost centre?")
    standing = fresh(task)
    assert (standing.status, standing.claimed_by, standing.stands_still_since) == ("asked", None, asked.asked_at)
    assert list(view("aside", alice)) == [standing]
    assert not view("team", alice).exists()
    desk.bench.clock.forward(hours=30)
    desk.bench.sweep()
    assert fresh(task).stage == ""
    answer_information(request_id=asked.pk, text="LAB-310")
    back = fresh(task)
    assert (back.status, back.claimed_by, back.stands_still_since) == ("claimed", alice, None)
    assert due_at is not None
    assert back.due_at == due_at + timedelta(hours=30)
    assert back.version > version
    assert [each["answer"] for each in back.information] == ["LAB-310"]
    assert told(desk, "answered") == ["alice"]
    assert [entry.says for entry in history_of(back)][:3] == [
        "ann@example.com answered",
        "Alice Moreau asked ann@example.com",
        "Alice Moreau claimed it",
    ]


def test_the_answer_is_part_of_what_a_decision_seals(desk: Desk) -> None:
    task, alice = desk.task(), desk.people.alice
    before = task.evidence_hash
    asked = ask_for_information(task_id=task.pk, actor=alice, text="Which cost centre?")
    answer_information(request_id=asked.pk, text="LAB-310")
    assert fresh(task).evidence_hash != before
    with pytest.raises(StaleTask):
        decide_task(task_id=task.pk, actor=alice, outcome="approve", evidence_hash=before)
    assert decide_task(task_id=task.pk, actor=alice, outcome="approve").evidence_hash == fresh(task).evidence_hash


def test_a_decision_can_be_taken_while_the_question_is_open(desk: Desk) -> None:
    task, alice = desk.task(), desk.people.alice
    asked = ask_for_information(task_id=task.pk, actor=alice, text="Which cost centre?")
    decide_task(task_id=task.pk, actor=desk.people.carol, outcome="approve")
    assert fresh(task).status == "decided"
    with pytest.raises(InformationClosed):
        answer_information(request_id=asked.pk, text="too late")
    desk.close(task)
    assert desk.run(task).outcome == "ordered"


def test_without_an_answer_the_task_comes_back_by_itself(desk: Desk) -> None:
    task, alice = desk.task(), desk.people.alice
    asked = ask_for_information(task_id=task.pk, actor=alice, text="Which cost centre?")
    desk.bench.clock.forward(days=7, seconds=1)
    desk.bench.sweep()
    assert fresh(task).status == "claimed"
    assert told(desk, "back") == ["alice"]
    with pytest.raises(InformationClosed):
        answer_information(request_id=asked.pk, text="too late")


def test_taking_it_up_again_revokes_the_question(desk: Desk) -> None:
    task, alice = desk.task(), desk.people.alice
    asked = ask_for_information(task_id=task.pk, actor=alice, text="Which cost centre?")
    wake_task(task_id=task.pk, actor=desk.people.carol)
    asked.refresh_from_db()
    assert asked.revoked_at is not None
    assert fresh(task).claimed_by == alice
    with pytest.raises(InformationClosed):
        answer_information(request_id=asked.pk, text="too late")


@pytest.mark.parametrize("text", ["", "  \n", "x" * 4001])
def test_a_question_has_words_and_not_too_many(desk: Desk, text: str) -> None:
    with pytest.raises(InvalidRequest):
        ask_for_information(task_id=desk.task().pk, actor=desk.people.alice, text=text)


def test_a_task_without_an_address_of_its_requester_cannot_ask(desk: Desk) -> None:
    with pytest.raises(InvalidRequest, match="no requester"):
        ask_for_information(task_id=desk.task(requester="the lab").pk, actor=desk.people.alice, text="Who?")


def test_the_requester_asks_nothing_of_themselves_and_mallory_nothing_at_all(desk: Desk) -> None:
    task = desk.task(requester="alice@example.com")
    with pytest.raises(SelfApproval):
        ask_for_information(task_id=task.pk, actor=desk.people.alice, text="Why?")
    with pytest.raises(PermissionDenied):
        ask_for_information(task_id=task.pk, actor=desk.people.mallory, text="Why?")


# ---- the link ----------------------------------------------------------------------------------


def test_the_requester_answers_on_a_page_without_an_account_and_opening_it_changes_nothing(desk: Desk) -> None:
    task = desk.task()
    asked = ask_for_information(task_id=task.pk, actor=desk.people.alice, text="Which cost centre?")
    outbox.send_due()
    (sent,) = mail.outbox
    assert sent.to == ["ann@example.com"]
    address = link_to(asked)
    assert address in sent.body
    path, visitor = address.partition("//")[2].partition("/")[2], Client()
    for _ in range(3):  # a scanner, a preview, the person
        page = visitor.get(f"/{path}")
        assert "Which cost centre?" in page.content.decode()
        assert page["Cache-Control"] == "no-store"
        assert page["Referrer-Policy"] == "same-origin"
    assert fresh(task).status == "asked"
    assert visitor.post(f"/{path}", {"text": "LAB-310"}).status_code == 302
    assert fresh(task).status == "claimed"
    again = visitor.post(f"/{path}", {"text": "LAB-999"})
    assert again.status_code == 409
    assert "LAB-310" in again.content.decode()
    assert InformationRequest.objects.get().answer == "LAB-310"


@pytest.mark.parametrize("way", ["revoked", "expired", "decided"])
def test_a_link_that_is_no_use_any_more_says_so(desk: Desk, way: str) -> None:
    task, alice = desk.task(), desk.people.alice
    asked = ask_for_information(task_id=task.pk, actor=alice, text="Which cost centre?")
    path = f"/information/{information_token(asked.pk)}/"
    if way == "revoked":
        wake_task(task_id=task.pk, actor=alice)
    elif way == "expired":
        desk.bench.clock.forward(days=8)
    else:
        decide_task(task_id=task.pk, actor=alice, outcome="approve")
    page = Client().get(path)
    said = {"revoked": "no answer is needed", "expired": "The time for an answer is over", "decided": "been decided"}
    assert said[way] in page.content.decode()
    assert "<textarea" not in page.content.decode()
    assert Client().post(path, {"text": "late"}).status_code == 409


def test_a_forged_link_leads_nowhere(desk: Desk) -> None:
    asked = ask_for_information(task_id=desk.task().pk, actor=desk.people.alice, text="Which?")
    token = information_token(asked.pk)
    assert information_id(token) == asked.pk
    for forged in (token[:-1], "x" + token, asked.pk.hex, f"{asked.pk.hex}.sig"):
        assert Client().get(f"/information/{forged}/").status_code == 404
    assert Client().get(f"/information/{token[:-2]}xx/").status_code == 404


# ---- snoozing ----------------------------------------------------------------------------------


def test_a_snoozed_task_is_out_of_sight_until_its_time_and_its_clock_runs(desk: Desk) -> None:
    task, alice = desk.task(), desk.people.alice
    now = desk.bench.clock.process
    snooze_task(task_id=task.pk, actor=alice, until=now + timedelta(hours=2))
    assert not view("team", desk.people.carol).exists()
    assert view("aside", alice).exists()
    assert not view("aside", desk.people.carol).exists()
    desk.bench.clock.forward(hours=2)
    desk.bench.sweep()
    back = fresh(task)
    assert (back.status, back.claimed_by, back.due_at) == ("claimed", alice, task.due_at)
    assert told(desk, "back") == ["alice"]


def test_a_queue_may_let_snoozing_stop_the_clock(desk: Desk) -> None:
    desk.people.finance.snoozing_stops_clock = True
    desk.people.finance.save()
    task = desk.task()
    snooze_task(task_id=task.pk, actor=desk.people.alice, until=desk.bench.clock.process + timedelta(days=2))
    desk.bench.clock.forward(days=2)
    desk.bench.sweep()
    assert task.due_at is not None
    assert fresh(task).due_at == task.due_at + timedelta(days=2)


@pytest.mark.parametrize("hours", [-1, 9, 24 * 31])
def test_nobody_snoozes_into_the_past_past_the_deadline_or_for_ever(desk: Desk, hours: int) -> None:
    task = desk.task()
    with pytest.raises(InvalidRequest):
        snooze_task(task_id=task.pk, actor=desk.people.alice, until=desk.bench.clock.process + timedelta(hours=hours))


def test_what_is_set_aside_is_not_set_aside_again_nor_claimed(desk: Desk) -> None:
    task, until = desk.task(), desk.bench.clock.process + timedelta(hours=2)
    snooze_task(task_id=task.pk, actor=desk.people.alice, until=until)
    with pytest.raises(TaskMoved):
        snooze_task(task_id=task.pk, actor=desk.people.carol, until=until)
    with pytest.raises(TaskMoved):
        claim_task(task_id=task.pk, actor=desk.people.carol)
    assert claim_next_task(actor=desk.people.carol) is None


# ---- handing over ------------------------------------------------------------------------------


def test_a_delegate_may_decide_and_the_delegator_may_take_it_back(desk: Desk) -> None:
    task, people = desk.task(), desk.people
    claim_task(task_id=task.pk, actor=people.alice)
    delegate_task(task_id=task.pk, actor=people.alice, to=people.bob, note="You know the supplier.")
    assert fresh(task).claimed_by is None
    assert list(view("mine", people.bob)) == [task]
    assert Notice.objects.get(person=people.bob).text == "Alice Moreau gives it to you. You know the supplier."
    take_back_delegation(task_id=task.pk, actor=people.alice)
    assert not view("mine", people.bob).exists()
    with pytest.raises(PermissionDenied):
        decide_task(task_id=task.pk, actor=people.bob, outcome="approve")
    with pytest.raises(PermissionDenied):
        take_back_delegation(task_id=task.pk, actor=people.alice)
    delegate_task(task_id=task.pk, actor=people.alice, to=people.bob)
    assert decide_task(task_id=task.pk, actor=people.bob, outcome="approve").by == people.bob


@pytest.mark.parametrize("who", ["mallory", "oscar", "alice"])
def test_a_task_is_not_delegated_to_just_anybody(desk: Desk, who: str) -> None:
    with pytest.raises(InvalidRequest):
        delegate_task(task_id=desk.task().pk, actor=desk.people.alice, to=getattr(desk.people, who))


def test_a_task_is_never_delegated_to_its_requester(desk: Desk) -> None:
    task = desk.task(requester="bob@example.com")
    with pytest.raises(InvalidRequest):
        delegate_task(task_id=task.pk, actor=desk.people.alice, to=desk.people.bob)


def test_what_a_delegate_declines_goes_back_to_the_delegator(desk: Desk) -> None:
    task, people = desk.task(), desk.people
    delegate_task(task_id=task.pk, actor=people.alice, to=people.bob)
    decline_task(task_id=task.pk, actor=people.bob, reason="I know them privately.")
    assert told(desk, "declined") == ["alice"]
    assert not view("mine", people.bob).exists()


def test_what_somebody_declined_is_not_offered_to_them_again(desk: Desk) -> None:
    task, people = desk.task(), desk.people
    claim_task(task_id=task.pk, actor=people.alice)
    decline_task(task_id=task.pk, actor=people.alice, reason="I know them privately.")
    assert fresh(task).status == "open"
    assert told(desk, "declined") == ["carol"]
    assert claim_next_task(actor=people.alice) is None
    assert claim_next_task(actor=people.carol) == task
    with pytest.raises(InvalidRequest):
        decline_task(task_id=desk.task().pk, actor=people.alice, reason=" ")


def test_escalating_by_hand_reaches_one_level_after_the_other_and_then_the_manager(desk: Desk) -> None:
    task, people = desk.task(), desk.people
    claim_task(task_id=task.pk, actor=people.alice)
    escalate_task(task_id=task.pk, actor=people.alice, note="Too large for me.")
    assert (fresh(task).level, fresh(task).claimed_by) == (1, None)
    assert list(view("escalated", people.bob)) == [task]
    escalate_task(task_id=task.pk, actor=people.alice)
    assert list(view("escalated", people.carol)) == [task]
    with pytest.raises(InvalidRequest, match="asked already"):
        escalate_task(task_id=task.pk, actor=people.alice)
    assert [kind for kind in desk.kinds(task) if kind == "desk.escalated"] == ["desk.escalated"] * 2
    desk.bench.clock.forward(days=4)
    desk.bench.sweep()
    assert fresh(task).level == 2


def test_a_stale_page_neither_asks_nor_hands_over(desk: Desk) -> None:
    task, people = desk.task(), desk.people
    claim_task(task_id=task.pk, actor=people.alice)
    with pytest.raises(StaleTask):
        ask_for_information(task_id=task.pk, actor=people.alice, text="Why?", expected_version=task.version)
    with pytest.raises(StaleTask):
        delegate_task(task_id=task.pk, actor=people.alice, to=people.bob, expected_version=task.version)
