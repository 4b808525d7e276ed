"""Tasks that hide what the AI recommends until whoever decides has committed to an answer of their own."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from reviewhub.reviews.models import Decision, FirstAnswer, Queue, ReviewTask
from reviewhub.reviews.selectors.overrides import exported
from reviewhub.reviews.services import decide_task, take_back_decision
from reviewhub.reviews.services.together import sorted_out
from tests.integration.web.conftest import SignedIn
from tests.integration.web.test_deciding import post
from tests.support.desk_room import DeskRoom

SAYS_IT = ("The AI recommends", "Three per cent under the last order", "if nothing is released in December")


@pytest.fixture
def task(room: DeskRoom) -> ReviewTask:
    Queue.objects.update(hidden_share=100)
    return room.case()


def seen(client: Client, task: ReviewTask) -> dict[str, str]:
    """The same task on every page and answer that shows it, by where."""
    places = {
        "page": f"/tasks/{task.pk}/",
        "list": "/queue/team/",
        "card": f"/cards/{task.pk}/",
        "bulk": f"/queue/team/together/?task={task.pk}:{task.version}",
        "api": f"/api/v1/tasks/{task.pk}/",
        "api list": "/api/v1/tasks/?view=team",
        "sure ones": "/queue/team/?sure_from=90",
        "approvals": "/queue/team/?outcome=approve",
    }
    return {name: client.get(path).content.decode() for name, path in places.items()}


def test_it_is_shown_nowhere_before_the_first_answer(room: DeskRoom, signed_in: SignedIn, task: ReviewTask) -> None:
    shown = seen(signed_in(room.people.alice), task)

    assert [(name, said) for name, page in shown.items() for said in (*SAYS_IT, "92 %", "0.92") if said in page] == []
    assert json.loads(shown["api"])["recommendation"] is None
    assert "assess" not in json.loads(shown["api"])["context"]["steps"]
    assert "You first" in shown["page"]
    assert "You first" in shown["list"]
    assert task.title not in shown["sure ones"]
    assert task.title not in shown["approvals"]


def test_saying_the_same_decides_at_once_and_unseen(room: DeskRoom, signed_in: SignedIn, task: ReviewTask) -> None:
    assert post(signed_in(room.people.alice), task, outcome="approve").status_code == 302

    decision, answer = Decision.objects.get(), FirstAnswer.objects.get()
    assert (decision.outcome, decision.ai_was_seen) == ("approve", False)
    assert (answer.outcome, answer.by) == ("approve", room.people.alice)
    task.refresh_from_db()
    assert (task.ai_hidden, task.ai_outcome, task.ai_confidence) == (False, "approve", 0.92)


def test_saying_something_else_shows_it_and_asks_why(room: DeskRoom, signed_in: SignedIn, task: ReviewTask) -> None:
    alice = signed_in(room.people.alice)

    asked = post(alice, task, outcome="reject")

    page = asked.content.decode()
    assert asked.status_code == 422
    assert "You say “Reject”, the AI said “Approve”. Why?" in page
    assert [said for said in SAYS_IT if said not in page] == []
    assert not Decision.objects.exists()
    assert "The AI recommends" in alice.get(f"/tasks/{task.pk}/").content.decode()


@pytest.mark.parametrize(("outcome", "reason", "against"), [("reject", "policy", True), ("approve", "", False)])
def test_the_first_answer_stays_whatever_is_decided_then(
    room: DeskRoom, signed_in: SignedIn, task: ReviewTask, outcome: str, reason: str, against: bool
) -> None:
    alice = signed_in(room.people.alice)
    post(alice, task, outcome="reject")

    assert post(alice, task, outcome=outcome, asked="yes", reason=reason).status_code == 302

    room.forward(minutes=1)
    (row,) = exported(limit=10)
    assert (row["outcome"], row["first_answer"], row["ai_was_seen"]) == (outcome, "reject", True)
    assert (row["against_ai"], row["recommendation"]["outcome"]) == (against, "approve")


def test_others_have_to_answer_for_themselves(room: DeskRoom, signed_in: SignedIn, task: ReviewTask) -> None:
    post(signed_in(room.people.alice), task, outcome="reject")

    page = signed_in(room.people.carol).get(f"/tasks/{task.pk}/").content.decode()

    assert [said for said in SAYS_IT if said in page] == []
    assert "Alice Moreau said “Reject” before seeing what the AI says" in page


def test_what_is_taken_back_hides_nothing_any_more(room: DeskRoom, task: ReviewTask) -> None:
    alice = room.people.alice
    decide_task(task_id=task.pk, actor=alice, outcome="approve")

    take_back_decision(task_id=task.pk, actor=alice)

    task.refresh_from_db()
    assert (task.ai_hidden, task.ai_outcome) == (False, "approve")
    decide_task(task_id=task.pk, actor=alice, outcome="approve", evidence_hash=task.evidence_hash)
    assert FirstAnswer.objects.count() == 1


def test_a_program_reads_what_it_may_not_decide(room: DeskRoom, signed_in: SignedIn, task: ReviewTask) -> None:
    """The version stands in the ETag, and is not changed by an answer: such a task is never said to be known."""
    alice = signed_in(room.people.alice)
    headers = {"If-None-Match": alice.get(f"/api/v1/tasks/{task.pk}/").headers["ETag"]}
    post(alice, task, outcome="reject")

    again: Any = alice.get(f"/api/v1/tasks/{task.pk}/", headers=headers)

    assert (again.status_code, again.json()["recommendation"]["outcome"]) == (200, "approve")


def test_whoever_may_not_decide_commits_to_nothing(room: DeskRoom, signed_in: SignedIn, task: ReviewTask) -> None:
    for person in (room.people.mallory, room.people.oscar):
        post(signed_in(person), task, outcome="reject")
    post(signed_in(room.people.alice), task, outcome="no such outcome")

    assert not FirstAnswer.objects.exists()


def test_they_are_not_decided_together_and_the_share_is_the_queues(room: DeskRoom) -> None:
    Queue.objects.update(hidden_share=100)
    hidden, alike = room.case(), room.case("Halden")
    assert [each.why for each in sorted_out([hidden, alike]).held_back] == [
        "What the AI says is hidden until you have answered: decide it by itself."
    ] * 2

    room.advises.confidence = None
    assert room.case("Third").ai_hidden
    Queue.objects.update(hidden_share=0)
    assert not room.case("Fourth").ai_hidden
