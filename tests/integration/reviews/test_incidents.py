"""A step that could not be done, in front of a person."""

from __future__ import annotations

import pytest

from orchestration.exceptions import PermanentError
from reviewhub.accounts.permissions import PermissionDenied
from reviewhub.accounts.services import grant_role
from reviewhub.reviews.models import ReviewTask
from reviewhub.reviews.selectors import task_detail, view
from reviewhub.reviews.services import claim_next_task, decide_task
from tests.support.bench import OSCAR as OSCAR_ACTING
from tests.support.desk import Desk


@pytest.fixture
def incident(desk: Desk) -> ReviewTask:
    """The ERP refuses the order."""
    desk.bench.tools["erp.order"].script = [PermanentError("No such cost centre.", code="unknown_cost_center")]
    task = desk.task()
    decide_task(task_id=task.pk, actor=desk.people.alice, outcome="approve")
    desk.close(task)
    return ReviewTask.objects.get(run_id=task.run_id, kind="incident")


def test_an_incident_waits_in_the_queue_of_incidents_with_all_that_is_needed(desk: Desk, incident: ReviewTask) -> None:
    assert (incident.queue.slug, incident.why, incident.status) == ("incidents", ["incident"], "open")
    assert incident.incident is not None
    assert incident.incident["error"]["code"] == "unknown_cost_center"
    assert [outcome["id"] for outcome in incident.outcomes] == ["retry", "retry_corrected", "fail"]
    assert [(field["name"], field["value"]) for field in incident.fields] == [("amount", 500.0)]


def test_the_process_owner_and_operators_mend_and_reviewers_do_not(desk: Desk, incident: ReviewTask) -> None:
    grant_role(person=desk.people.bob, role="operator", actor=OSCAR_ACTING)
    for mender in (desk.people.oscar, desk.people.bob):
        assert task_detail(incident.pk, mender).may["task.decide"]
    with pytest.raises(PermissionDenied):
        decide_task(task_id=incident.pk, actor=desk.people.alice, outcome="retry")


def test_the_process_owner_finds_it_without_being_a_member(desk: Desk, incident: ReviewTask) -> None:
    assert list(view("team", desk.people.oscar)) == [incident]
    assert list(view("unassigned", desk.people.oscar)) == [incident]
    assert list(view("team", desk.people.alice)) == []
    assert claim_next_task(actor=desk.people.oscar) == incident


def test_members_of_the_queue_of_incidents_mend_as_well(desk: Desk, incident: ReviewTask) -> None:
    incident.queue.memberships.create(person=desk.people.mallory)
    assert list(view("team", desk.people.mallory)) == [incident]
    decide_task(task_id=incident.pk, actor=desk.people.mallory, outcome="retry")
    desk.close(incident)
    assert desk.run(incident).outcome == "ordered"


def test_a_retry_with_corrected_input_calls_with_it(desk: Desk, incident: ReviewTask) -> None:
    decision = decide_task(
        task_id=incident.pk, actor=desk.people.oscar, outcome="retry_corrected", fields={"amount": "499"}
    )
    desk.close(incident)
    assert decision.fields == {"amount": 499.0}
    assert [given for given, _ in desk.bench.tools["erp.order"].calls] == [{"amount": 500.0}, {"amount": 499.0}]
    assert desk.run(incident).status == "succeeded"


def test_letting_the_run_fail_is_confirmed_first(desk: Desk, incident: ReviewTask) -> None:
    decide_task(task_id=incident.pk, actor=desk.people.oscar, outcome="fail", confirmed=True)
    incident.refresh_from_db()
    assert (incident.status, desk.run(incident).status) == ("closed", "failed")


def test_an_incident_needs_no_reason_and_teaches_nothing(desk: Desk, incident: ReviewTask) -> None:
    decision = decide_task(task_id=incident.pk, actor=desk.people.oscar, outcome="retry")
    assert not hasattr(decision, "override")
