"""Why somebody agrees with the AI: asked of a sample, in one tap, and never in the way."""

from __future__ import annotations

from typing import Any

import pytest

from reviewhub.reviews.models import Agreement, Queue
from reviewhub.reviews.selectors.overrides import exported
from reviewhub.reviews.services import decide_task, take_back_decision
from tests.integration.web.conftest import SignedIn
from tests.support.desk_room import DeskRoom

ASKED = "Why do you agree"


def agree(room: DeskRoom, **given: Any) -> Any:
    task = room.case()
    decide_task(task_id=task.pk, actor=room.people.alice, **{"outcome": "approve", **given})
    return task


def ask_about(percent: int) -> None:
    Queue.objects.update(agreement_percent=percent)


@pytest.mark.parametrize(
    ("percent", "given", "asked"),
    [
        (100, {}, True),
        (0, {}, False),
        (100, {"outcome": "refer"}, False),  # against the AI
        (100, {"fields": {"amount": 1}}, False),  # it was corrected
        (100, {"ai_was_seen": False}, False),
        (100, {"channel": "app"}, False),  # the phone's cards go on with the next swipe
    ],
)
def test_it_is_asked_of_those_who_agree(
    room: DeskRoom, signed_in: SignedIn, percent: int, given: Any, asked: bool
) -> None:
    ask_about(percent)
    if given.get("outcome") == "refer":
        given = {**given, "reasons": ["policy"], "note": "So it is."}
    agree(room, **given)
    assert (ASKED in signed_in(room.people.alice).get("/queue/team/").content.decode()) == asked


def test_one_tap_is_kept_with_the_decision_and_asked_no_more(room: DeskRoom, signed_in: SignedIn) -> None:
    ask_about(100)
    task, alice = agree(room), signed_in(room.people.alice)
    answer = alice.post(f"/tasks/{task.pk}/agreement/", {"because": "checked"}, headers={"HX-Request": "true"})
    assert "Kept with your decision" in answer.content.decode()
    alice.post(f"/tasks/{task.pk}/agreement/", {"because": "trusted"})
    assert [each.because for each in Agreement.objects.all()] == ["checked"]
    assert ASKED not in alice.get("/queue/team/").content.decode()
    room.clock.forward(seconds=30)
    room.forward(minutes=1)
    assert [row["agreed_because"] for row in exported(limit=5)] in (["checked"], [])


def test_what_nobody_was_asked_is_not_kept(room: DeskRoom, signed_in: SignedIn) -> None:
    ask_about(100)
    task, alice = agree(room), signed_in(room.people.alice)
    assert alice.post(f"/tasks/{task.pk}/agreement/", {"because": "nonsense"}).status_code == 400
    assert signed_in(room.people.mallory).post(f"/tasks/{task.pk}/agreement/").status_code == 403
    signed_in(room.people.bob).post(f"/tasks/{task.pk}/agreement/", {"because": "clear"})  # it is not his decision
    take_back_decision(task_id=task.pk, actor=room.people.alice)
    alice.post(f"/tasks/{task.pk}/agreement/", {"because": "clear"})
    assert not Agreement.objects.exists()
