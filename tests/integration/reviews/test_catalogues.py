"""Reasons of a workflow's own, and what an override keeps beside them."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from orchestration.ports import SYSTEM
from reviewhub.reviews.exceptions import InvalidDecision
from reviewhub.reviews.models import Decision, Override, OverrideReason
from reviewhub.reviews.selectors import reason_groups
from reviewhub.reviews.services import decide_task
from reviewhub.reviews.services.overrides import direction_of
from reviewhub.reviews.services.settings import save_reason
from tests.support.desk_room import DeskRoom, desk_room


@pytest.fixture
def room(db: None) -> Any:
    with desk_room() as made:
        yield made


def reason(workflow: str, label: str, *, group: str = "budget", active: bool = True) -> OverrideReason:
    return save_reason(
        workflow=workflow,
        group=group,
        label=label,
        feeds="process_owner",
        trains=False,
        active=active,
        position=50,
        actor=SYSTEM,
    )


def labels(workflow: str) -> list[str]:
    return [group.reason.label for group in reason_groups(workflow)]


def test_a_workflow_adds_reasons_of_its_own(room: DeskRoom) -> None:
    reason("purchase", "Over budget")
    assert labels("purchase")[0] == "Over budget"
    assert "Over budget" not in labels("refund")
    task = room.case()
    decision = decide_task(task_id=task.pk, actor=room.people.alice, outcome="reject", reasons=("budget",))
    assert [each.workflow for each in decision.override.reasons.all()] == ["purchase"]


def test_another_workflows_reason_is_unknown_here(room: DeskRoom) -> None:
    reason("refund", "Opened box", group="opened")
    with pytest.raises(InvalidDecision):
        decide_task(task_id=room.case().pk, actor=room.people.alice, outcome="reject", reasons=("opened",))


def test_its_own_stands_in_the_place_of_the_same_code(room: DeskRoom) -> None:
    reason("purchase", "Purchasing rules", group="policy")
    assert "Purchasing rules" in labels("purchase")
    assert "Policy" not in labels("purchase")
    assert "Policy" in labels("refund")


def test_a_workflow_may_leave_one_out(room: DeskRoom) -> None:
    reason("purchase", "Wrong class", group="classification", active=False)
    assert "Wrong class" not in labels("purchase")
    assert "Wrong class" in labels("")


def test_changing_one_makes_the_next_version_of_that_workflow_alone(room: DeskRoom) -> None:
    reason("purchase", "Over budget")
    second = reason("purchase", "Over the budget")
    other = reason("refund", "Over budget")
    assert (second.version, other.version) == (2, 1)
    assert OverrideReason.objects.filter(code="budget", current=True).count() == 2


def test_an_override_keeps_how_bad_it_would_have_been_and_which_way(room: DeskRoom) -> None:
    task = room.case()
    decide_task(task_id=task.pk, actor=room.people.alice, outcome="reject", reasons=("policy",), severity="severe")
    override = Decision.objects.get(task=task).override
    assert (override.severity, override.direction) == ("severe", "stricter")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE reviews_override SET severity = 'minor'")


def test_a_correction_alone_is_the_same_outcome(room: DeskRoom) -> None:
    task = room.case()
    decide_task(task_id=task.pk, actor=room.people.alice, outcome="approve", fields={"cost_center": "LAB-330"})
    assert Override.objects.get().direction == "same"


def test_a_severity_that_is_none_is_refused(room: DeskRoom) -> None:
    with pytest.raises(InvalidDecision):
        decide_task(
            task_id=room.case().pk, actor=room.people.alice, outcome="reject", reasons=("policy",), severity="vast"
        )


@pytest.mark.parametrize(
    ("its", "yours", "direction"),
    [
        ("approve", "reject", "stricter"),
        ("approve", "refer", "stricter"),
        ("reject", "approve", "lenient"),
        ("refer", "reject", "aside"),  # what the desk does not know the meaning of
    ],
)
def test_which_way_a_person_went(its: str, yours: str, direction: str) -> None:
    assert direction_of(its, yours) == direction
