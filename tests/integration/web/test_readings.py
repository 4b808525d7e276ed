"""What the AI read for a field: beside the field on the desk and the phone, and kept with what a person corrects."""

from __future__ import annotations

import pytest

from orchestration.ports import Reading
from reviewhub.reviews.models import ReviewTask
from reviewhub.reviews.selectors.overrides import exported
from reviewhub.reviews.services import decide_task
from tests.integration.web.conftest import SignedIn
from tests.support.desk_room import DeskRoom

QUOTED = Reading(1250.0, 0.5, "request.quotation", "1,250 EUR")
FITTED = Reading("lab-310", 0.99, "request.cost_center", "LAB-310", confidence=0.94, agreed=94, sample=100)


@pytest.fixture
def task(room: DeskRoom) -> ReviewTask:
    room.advises.fields = {"amount": QUOTED, "cost_center": FITTED, "unheard_of": FITTED}
    return room.case(amount=1400, quotation="1,250 EUR, payable in 30 days")


def test_a_field_holds_what_was_read_for_it(task: ReviewTask) -> None:
    amount, cost_center = task.fields
    assert (amount["value"], amount["read"]["value"], amount["read"]["own_confidence"]) == (1400, 1250.0, 0.5)
    assert (cost_center["read"]["confidence"], cost_center["read"]["sample"]) == (0.94, 100)
    assert set(task.recommendation.fields) == {"amount", "cost_center", "unheard_of"}  # type: ignore[union-attr]


@pytest.mark.parametrize("place", ["/tasks/{}/", "/cards/{}/"])
def test_confidence_stands_beside_the_field_and_what_differs_comes_first(
    room: DeskRoom, task: ReviewTask, signed_in: SignedIn, place: str
) -> None:
    answer = signed_in(room.people.alice).get(place.format(task.pk))
    page = answer.json()["html"] if place.startswith("/cards") else answer.content.decode()
    assert "not sure 50 %" in page
    assert "It reads “1,250”</b>, its own word" in page
    assert "sure 94 %" in page
    assert "kept 94 of 100 times" in page
    assert "1 to look at first" in page
    assert page.index('id="field-amount"') < page.index('id="field-cost_center"')


def test_a_correction_is_kept_with_what_was_read_and_how_surely(room: DeskRoom, task: ReviewTask) -> None:
    decide_task(
        task_id=task.pk, actor=room.people.alice, outcome="approve", fields={"amount": 1250}, reasons=["extraction"]
    )
    room.forward(minutes=1)
    (row,) = exported(limit=10)
    (difference,) = row["differences"]
    assert (difference["ai_value"], difference["human_value"], difference["ai_read"]) == (1400, 1250, 1250.0)
    assert (difference["ai_own_confidence"], difference["ai_confidence"]) == (0.5, None)
    assert difference["evidence"] == "1,250 EUR"
