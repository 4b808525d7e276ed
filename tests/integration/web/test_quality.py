"""How alike people decide, as pages say it; and what a closed task's page says of second looks."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from orchestration import api
from reviewhub.reviews.looks.drawing import draw_looks
from reviewhub.reviews.models import Decision, KnownAnswer, Queue, ReviewTask, SecondLook
from reviewhub.reviews.services import decide_task
from tests.integration.web.conftest import SignedIn
from tests.support.desk_room import DeskRoom

MINUTE = timedelta(minutes=1)


def closed(room: DeskRoom, name: str = "Northwind") -> ReviewTask:
    task = room.case(name)
    decide_task(task_id=task.pk, actor=room.people.alice, outcome="approve")
    room.forward(seconds=11)
    task.refresh_from_db()
    return task


def looked_at(room: DeskRoom) -> SecondLook:
    room.people.finance.memberships.get_or_create(person=room.people.bob)
    Queue.objects.update(second_share=100)
    draw_looks()
    room.forward(seconds=1)
    closed(room)
    draw_looks()
    room.work()
    return SecondLook.objects.select_related("task", "original").get()


def test_a_task_says_that_it_was_a_second_look_when_it_counts_and_not_before(
    room: DeskRoom, signed_in: SignedIn
) -> None:
    look = looked_at(room)
    assert look.task is not None
    bob, address = signed_in(room.people.bob), f"/tasks/{look.task.pk}/?view=team"
    before = bob.get(address).content.decode()
    assert "Northwind" in before
    assert "second look" not in before.lower()
    decide_task(task_id=look.task.pk, actor=room.people.bob, outcome="refer")
    assert "second look" not in bob.get(address).content.decode().lower()
    room.forward(seconds=11)
    assert "Alice Moreau had decided “Approve”, You decided “Refer to the board”" in bob.get(address).content.decode()
    first = signed_in(room.people.alice).get(f"/tasks/{look.original.pk}/").content.decode()
    assert "Bob Tan looked at it again without knowing, and decided “Refer to the board”." in first


def test_a_lead_marks_the_known_answer_of_a_closed_case(room: DeskRoom, signed_in: SignedIn) -> None:
    task = closed(room)
    address = f"/tasks/{task.pk}/known-answer/"
    assert "Mark as known" not in signed_in(room.people.alice).get(f"/tasks/{task.pk}/").content.decode()
    assert signed_in(room.people.alice).post(address, {"outcome": "reject"}).status_code == 403
    carol = signed_in(room.people.carol)
    assert "Mark as known" in carol.get(f"/tasks/{task.pk}/").content.decode()
    assert carol.post(address, {"outcome": "perhaps"}).status_code == 422
    assert carol.post(address, {"outcome": "reject"}).status_code == 302
    assert KnownAnswer.objects.get().outcome == "reject"
    assert "Northwind" in carol.get("/quality/").content.decode()
    assert carol.post(address, {"_method": "delete"}).status_code == 302
    assert not KnownAnswer.objects.exists()


def test_leads_read_their_queues_and_everybody_themselves(room: DeskRoom, signed_in: SignedIn) -> None:
    lead = signed_in(room.people.carol).get("/quality/").content.decode()
    assert "Finance" in lead
    assert "0 of 0 alike; from 30 on a figure says something" in lead
    own = signed_in(room.people.alice).get("/quality/").content.decode()
    assert "Your own" in own
    assert "Finance" not in own
    assert signed_in(room.people.mallory).get("/quality/").status_code == 200


def test_what_was_opened_is_kept_with_the_decision_and_shown_from_thirty_on(
    room: DeskRoom, signed_in: SignedIn
) -> None:
    task, alice, carol = room.case("Northwind"), signed_in(room.people.alice), signed_in(room.people.carol)
    sent = {"outcome": "approve", "evidence": '{"of": 2, "opened": 1, "seconds": 7.5}'}
    alice.post(
        f"/tasks/{task.pk}/decision/",
        {"version": task.version, "opened": (room.clock.system - MINUTE).isoformat(), **sent},
    )
    decision = Decision.objects.get()
    assert (decision.evidence_pieces, decision.evidence_opened, decision.evidence_seconds) == (2, 1, 7.5)
    with pytest.raises(DatabaseError), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(evidence_opened=2)
    assert entry_of(task).data["evidence_opened"] == 1
    shown = carol.get("/quality/").content.decode()
    assert "All evidence opened first, by name" in shown
    assert "0 of 1; from 30 on a figure says something" in alice.get("/quality/").content.decode()


def test_a_page_that_says_nonsense_of_the_evidence_decides_all_the_same(room: DeskRoom, signed_in: SignedIn) -> None:
    task = room.case("Northwind")
    sent = {"outcome": "approve", "evidence": '{"of": 1, "opened": 7, "seconds": "long"}'}
    signed_in(room.people.alice).post(f"/tasks/{task.pk}/decision/", {"version": task.version, **sent})
    assert Decision.objects.get().evidence_pieces is None


def entry_of(task: ReviewTask) -> api.Entry:
    return next(entry for entry in api.timeline(task.run_id) if entry.kind == "desk.decided")
