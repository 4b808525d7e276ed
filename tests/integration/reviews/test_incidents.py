"""A step that could not be done, in front of a person."""

from __future__ import annotations

import pytest

from orchestration import api
from orchestration.exceptions import PermanentError
from orchestration.models import Connection
from orchestration.runtime import outbox, tools
from reviewhub.accounts.permissions import PermissionDenied
from reviewhub.accounts.services import grant_role
from reviewhub.api.serializers.tasks import OverrideShown, TaskRow
from reviewhub.reviews.exceptions import InvalidDecision
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
    assert [outcome["id"] for outcome in incident.outcomes] == ["retry", "retry_corrected", "skip", "fail"]
    assert [(field["name"], field["value"]) for field in incident.fields] == [("amount", 500.0), ("skip.result", None)]


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


def test_what_is_chosen_against_the_proposal_is_kept_and_needs_no_reason(desk: Desk, incident: ReviewTask) -> None:
    assert incident.incident is not None
    assert incident.incident["proposal"]["way"] == "retry_corrected"
    decision = decide_task(task_id=incident.pk, actor=desk.people.oscar, outcome="retry")
    assert (decision.override.ai_outcome, decision.override.against_ai) == ("retry_corrected", True)
    assert decision.override.recommendation is None


def test_programs_are_told_that_rules_proposed_it_and_no_model(desk: Desk, incident: ReviewTask) -> None:
    shown = TaskRow(incident, context={"told_run": lambda task: task.run_id}).data
    assert (shown["proposed_outcome"], shown["proposed_by"], shown["ai_outcome"]) == ("retry_corrected", "rules", "")
    override = OverrideShown(decide_task(task_id=incident.pk, actor=desk.people.oscar, outcome="retry").override).data
    assert (override["proposed_outcome"], override["proposed_by"]) == ("retry_corrected", "rules")
    assert (override["ai_outcome"], override["against_ai"]) == ("", False)
    (told,) = [entry.data for entry in api.timeline(incident.run_id) if entry.kind == "desk.decided"][1:]
    assert (told["proposed"], "ai_outcome" in told) == ("retry_corrected", False)


def test_what_is_chosen_as_proposed_is_no_override(desk: Desk, incident: ReviewTask) -> None:
    decision = decide_task(task_id=incident.pk, actor=desk.people.oscar, outcome="retry_corrected")
    assert not hasattr(decision, "override")


def test_a_skipped_step_goes_on_with_the_given_result(desk: Desk, incident: ReviewTask) -> None:
    given = {"skip.result": '{"id": "PO-7"}'}
    decide_task(task_id=incident.pk, actor=desk.people.oscar, outcome="skip", fields=given)
    desk.close(incident)
    state = api.run_state(incident.run_id)
    assert (state.status, state.steps[incident.key.partition("!")[0]].result) == ("succeeded", {"id": "PO-7"})
    assert len(desk.bench.tools["erp.order"].calls) == 1


def test_a_result_that_the_tool_does_not_promise_is_refused_with_the_faults(desk: Desk, incident: ReviewTask) -> None:
    made = tools._registered["erp.order@1"]
    promise = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}
    tools._registered["erp.order@1"] = tools.Tool("erp.order", 1, "", made.function, output=promise)
    for wrong in ("{}", '{"id": 7}', "null"):
        with pytest.raises(InvalidDecision) as refused:
            decide_task(task_id=incident.pk, actor=desk.people.oscar, outcome="skip", fields={"skip.result": wrong})
        assert [fault["path"] for fault in refused.value.faults] == ["/fields/skip.result"]
    incident.refresh_from_db()
    assert incident.status == "open"


def test_what_people_chose_at_the_same_error_is_proposed_the_next_time(desk: Desk, incident: ReviewTask) -> None:
    for _ in range(3):
        desk.bench.tools["erp.order"].script = [PermanentError("No such cost centre.", code="unknown_cost_center")]
        decide_task(task_id=incident.pk, actor=desk.people.oscar, outcome="retry")
        desk.close(incident)
        incident = ReviewTask.objects.get(run_id=incident.run_id, kind="incident", status="open")
    assert incident.incident is not None
    proposal = incident.incident["proposal"]
    assert proposal["way"] == "retry"
    assert "3 of the last 3" in proposal["reasons"][0]


@pytest.fixture
def asked(desk: Desk) -> None:
    """A model server stands behind the question which way to take."""
    server = Connection.objects.create(name="models", kind="model", base_url="http://models.test", model="m")
    ways = [{"id": way, "label": way} for way in ("retry", "retry_corrected", "skip", "fail")]
    api.save_decision_point(
        name="incidents",
        title="Ways on",
        kind="recommend",
        prompt="Which?",
        outcomes=ways,
        actor=OSCAR_ACTING,
        connection=server.name,
    )
    desk.bench.recommender.outcome = "skip"


def test_a_model_proposes_where_one_is_connected_and_decides_nothing(
    desk: Desk, asked: None, incident: ReviewTask
) -> None:
    desk.bench.recommender.asked.clear()
    outbox.send_due()
    incident.refresh_from_db()
    (question,) = desk.bench.recommender.asked
    assert question.facts["error"]["code"] == "unknown_cost_center"
    assert (incident.ai_outcome, incident.proposed_by, incident.status) == ("skip", "ai", "open")
    assert incident.recommendation is not None
    decision = decide_task(task_id=incident.pk, actor=desk.people.oscar, outcome="retry")
    assert decision.override.recommendation_id == incident.recommendation_id


def test_a_model_that_answers_after_the_decision_changes_nothing(desk: Desk, asked: None, incident: ReviewTask) -> None:
    decide_task(task_id=incident.pk, actor=desk.people.oscar, outcome="retry")
    outbox.send_due()
    incident.refresh_from_db()
    assert incident.recommendation is None
