"""The page of a task that several people decide."""

from __future__ import annotations

from orchestration import api
from orchestration.ports import SYSTEM
from reviewhub.accounts.services import grant_role
from reviewhub.reviews.models import ReviewTask
from reviewhub.reviews.services import decide_task
from tests.integration.web.conftest import SignedIn
from tests.support.desk_room import DeskRoom

TEXT = """
workflow: payment
title: Payment
owner: oscar
steps:
  - id: approval
    review:
      outcomes: [approve, reject]
      assign: {queue: finance, approvals: %s}
"""


def payment(room: DeskRoom, approvals: str) -> ReviewTask:
    api.publish_workflow(text=TEXT % approvals, note="", actor=SYSTEM)
    run = api.start_run(workflow="payment", input={}, actor=SYSTEM, source="manual", event_id="1")
    return ReviewTask.objects.get(run_id=run.run_id)


def test_the_page_says_who_has_decided_and_who_is_needed(room: DeskRoom, signed_in: SignedIn) -> None:
    task = payment(room, "{of: [{user: alice}, {user: carol}], in_order: true}")
    decide_task(task_id=task.pk, actor=room.people.alice, outcome="approve")
    page = signed_in(room.people.carol).get(f"/tasks/{task.pk}/").content.decode()
    for said in ("1 of 2 have decided", "Alice Moreau", "Approve,", "are asked", "One after the other."):
        assert said in page
    own = signed_in(room.people.alice).get(f"/tasks/{task.pk}/").content.decode()
    assert "You have decided. Others are needed before it counts." in own


def test_a_blind_decision_is_nowhere_on_the_others_pages(room: DeskRoom, signed_in: SignedIn) -> None:
    task = payment(room, "{need: 2, blind: true}")
    decide_task(task_id=task.pk, actor=room.people.alice, outcome="reject", note="Looks wrong to me")
    grant_role(person=room.people.carol, role="operator", actor=SYSTEM)  # who reads the run meanwhile, as few do
    carol = signed_in(room.people.carol)
    page = carol.get(f"/tasks/{task.pk}/").content.decode()
    run = carol.get(f"/runs/{task.run_id}/").content.decode()
    assert "Has decided" in page
    assert "payment" in run.lower()
    assert "Looks wrong" not in page + run
    assert "decided “Reject”" not in page + run
    assert "as one of several: Reject" not in run
