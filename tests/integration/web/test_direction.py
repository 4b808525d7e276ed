"""Signs in a case that turn the direction of what follows: nobody is shown another amount, or another outcome."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives

from orchestration.runtime import outbox
from reviewhub.direction import TURNS
from reviewhub.notifications.chat.cards import card_of
from reviewhub.notifications.models import Notice
from reviewhub.notifications.push.sending import _told
from reviewhub.reviews.models import Decision, Override, ReviewTask
from reviewhub.reviews.services import delegate_task
from reviewhub.web.patches import patch_for
from tests.integration.web.conftest import SignedIn
from tests.support.desk_room import DeskRoom


def in_order(shown: Any) -> bool:
    text = shown if isinstance(shown, str) else json.dumps(shown, ensure_ascii=False)
    return "Northwind 12,900" in text and not any(sign in text for sign in TURNS)


@pytest.fixture
def task(room: DeskRoom) -> ReviewTask:
    return room.case(f"Northwind {TURNS}12,900")


@pytest.mark.parametrize("path", ["/queue/team/", "/tasks/{}/", "/queue/team/?task={}"])
def test_a_page_shows_what_is_kept(room: DeskRoom, task: ReviewTask, signed_in: SignedIn, path: str) -> None:
    assert in_order(signed_in(room.people.alice).get(path.format(task.pk)).content.decode())
    assert task.title == f"Northwind {TURNS}12,900"


def test_so_do_a_card_and_a_row_that_is_pushed(room: DeskRoom, task: ReviewTask, signed_in: SignedIn) -> None:
    card = signed_in(room.people.alice).get(f"/cards/{task.pk}/").json()
    assert in_order(card["title"])
    assert in_order(card["html"])
    assert in_order(patch_for(task.pk))


def test_so_do_a_mail_a_message_and_a_push(room: DeskRoom, task: ReviewTask) -> None:
    delegate_task(task_id=task.pk, actor=room.people.alice, to=room.people.bob)
    notice = Notice.objects.get(task=task, person=room.people.bob)
    outbox.send_due()
    (sent,) = mail.outbox
    assert isinstance(sent, EmailMultiAlternatives)
    for part in (sent.subject, sent.body, str(sent.alternatives[0][0])):
        assert in_order(part)
    card = card_of(notice)
    assert in_order([card.text, *card.blocks])
    assert in_order(_told(notice))


def test_a_field_that_nobody_touched_is_no_correction(room: DeskRoom, signed_in: SignedIn) -> None:
    task = room.case(cost_center=f"LAB{TURNS}-310")
    alice = signed_in(room.people.alice)
    shown = {"fields.cost_center": "LAB-310", "fields.amount": "1200"}
    sent = {"version": task.version, "shown": task.evidence_hash, "key": "k-1", "opened": "", **shown}
    assert alice.post(f"/tasks/{task.pk}/decision/", {**sent, "outcome": "approve"}).status_code == 302
    decision = Decision.objects.get(task=task)
    assert decision.fields["cost_center"] == f"LAB{TURNS}-310"
    assert not Override.objects.filter(decision=decision).exists()


def test_a_program_gets_it_as_it_is(room: DeskRoom, task: ReviewTask, signed_in: SignedIn) -> None:
    assert signed_in(room.people.alice).get(f"/api/v1/tasks/{task.pk}/").json()["title"] == task.title
