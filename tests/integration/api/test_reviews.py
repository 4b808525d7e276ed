"""Reviews for other systems: asked for over the API, decided at the desk, read at any time."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings as configured
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from orchestration import api, ports
from orchestration.exceptions import InvalidWorkflow
from orchestration.models import Recommendation, Run, WorkflowVersion
from orchestration.runtime import sweeper
from reviewhub.accounts.actors import actor_of
from reviewhub.reviews.exceptions import TaskMoved
from reviewhub.reviews.models import Override, ReviewTask
from reviewhub.reviews.services import (
    File,
    answer_information,
    ask_for_information,
    decide_task,
    take_back_decision,
)
from tests.integration.api.office import Caller, Office
from tests.integration.api.requested import REFUND, asked, closed, task_of, work
from tests.support.bench import StandingClock


def test_a_system_asks_and_people_see_the_case_as_it_was_told(office: Office, shop: Caller) -> None:
    review = asked(shop)

    task = task_of(review)
    assert (task.title, task.queue, task.critical) == ("Refund 120 to Jane", office.queue, True)
    assert task.context["input"]["Complaint"].startswith("It came broken.")
    assert task.context["input"]["Photo"] == "https://shop.example/photos/17"
    assert task.context["steps"] == {}
    assert (task.requester, task.concerns) == ("jane@example.com", ["A third refund this year"])
    assert task.fields == [{"name": "amount", "label": "Amount", "type": "number", "edit": True, "value": 120}]
    assert task.highlights == [{"label": "Order", "value": "O-17"}]
    assert [step["kind"] for step in task.future] == ["half", "three_quarters", "breach", "level", "unanswered"]
    assert (review["state"], review["outcome"], review["metadata"]) == ("waiting", None, {"thread": "t-1"})
    assert review["task_url"] == f"{configured.PUBLIC_URL}/tasks/{task.pk}/"


def test_a_documents_address_is_a_link_that_says_its_host_and_all_else_is_text(
    office: Office, shop: Caller, client: Client
) -> None:
    documents = [
        {"title": "Photo", "url": "https://shop.example/photos/17"},
        {"title": "Scan", "url": "ftp://shop.example/scans/17"},
    ]
    facts = {"note": "javascript:alert(1)"}
    task = task_of(asked(shop, context={"facts": facts, "documents": documents}))
    client.force_login(office.alice, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/tasks/{task.pk}/").content.decode()
    link = '<a class="linky" href="https://shop.example/photos/17" target="_blank" rel="noopener noreferrer">'
    assert link in page
    assert "leads out, to shop.example" in page
    for text in ("javascript:alert(1)", "ftp://shop.example/scans/17"):
        assert text in page
        assert f'href="{text}' not in page


def test_its_own_recommendation_stands_beside_the_decision_and_is_never_learned_from(
    office: Office, shop: Caller
) -> None:
    task = task_of(asked(shop))
    decide_task(task_id=task.pk, actor=office.alice, outcome="reject", reasons=["policy/rule_outdated"], note="No.")

    said = Recommendation.objects.get()
    override = Override.objects.get()
    assert (task.ai_outcome, task.ai_confidence, said.provenance["model"]) == ("approve", 0.81, "ours-3")
    assert (override.recommendation, override.against_ai) == (said, True)
    assert ports.labels().count(said.decision_point.point.name) == 0


def test_the_answer_can_be_read_at_any_time(office: Office, shop: Caller, clock: StandingClock) -> None:
    review = asked(shop)
    task = task_of(review)
    decide_task(
        task_id=task.pk, actor=office.alice, outcome="approve", fields={"amount": 100}, reasons=["policy"], note="Less."
    )

    decided = shop.get(review["url"]).json()
    assert (decided["state"], decided["outcome"]) == ("decided", "approve")
    assert decided["undo_until"] is not None

    take_back_decision(task_id=task.pk, actor=office.alice)
    assert shop.get(review["url"]).json()["state"] == "waiting"

    decide_task(task_id=task.pk, actor=office.alice, outcome="reject", reasons=["policy/rule_outdated"], note="Old.")
    closed(clock)
    final = shop.get(review["url"]).json()
    assert (final["state"], final["outcome"], final["unanswered"]) == ("closed", "reject", False)
    assert final["decided_by"] == {"username": "alice", "name": "Alice"}
    assert (final["reasons"], final["note"]) == (["policy/rule_outdated"], "Old.")
    assert final["fields"] == {"amount": 120}
    assert Run.objects.get(pk=review["id"]).outcome == "reject"


def test_what_nobody_answers_ends_as_it_was_asked(office: Office, shop: Caller, clock: StandingClock) -> None:
    review = asked(shop)
    clock.forward(days=11)
    sweeper.fire_timers()
    work()

    ended = shop.get(review["url"]).json()
    assert (ended["state"], ended["outcome"], ended["unanswered"]) == ("closed", "reject", True)
    assert (ended["decided_by"], ended["decisions"]) == (None, [])


def test_requests_of_one_shape_share_a_version_and_nobody_starts_it_by_name(office: Office, shop: Caller) -> None:
    asked(shop)
    asked(shop, title="Refund 5 to Joe", metadata={})
    asked(shop, outcomes=["approve", "reject", "ask-legal"])

    versions = WorkflowVersion.objects.filter(workflow__name="requested-review")
    assert [version.number for version in versions.order_by("number")] == [1, 2]
    refused = office.calls(office.engineer).post("/api/v1/runs/", {"workflow": "requested-review", "input": {}})
    assert refused.status_code == 409
    assert office.at_a_page(office.engineer).get("/workflows/").status_code == 200


def test_what_the_product_knows_its_own_reviews_by_is_nobody_elses(office: Office) -> None:
    texts = (
        "{workflow: requested-review, input: {type: object}, steps: [{end: done}]}",
        "{workflow: second-look, input: {type: object}, steps: [{end: done}]}",
        "{workflow: mine, input: {type: object}, steps: [{id: second-look, set: {a: 1}}]}",
    )
    for text in texts:
        with pytest.raises(InvalidWorkflow, match=r"line 1: The name '.*' is the product's own"):
            api.publish_workflow(text=text, note="", actor=actor_of(office.engineer))


def test_a_version_that_the_product_keeps_is_nobodys_to_start_from(office: Office, shop: Caller) -> None:
    asked(shop)
    with pytest.raises(InvalidWorkflow):
        api.activate_version(workflow="requested-review", number=1, actor=actor_of(office.engineer))


def test_the_same_event_asks_once_and_another_systems_same_number_is_another(office: Office, shop: Caller) -> None:
    first = asked(shop, event_id="refund-17")
    again = shop.post("/api/v1/reviews/", {**REFUND, "event_id": "refund-17"})
    other = asked(office.calls(office.engineer, kind="service"), event_id="refund-17")

    assert (again.status_code, again.json()["id"]) == (200, first["id"])
    assert other["id"] != first["id"]


def test_a_request_sent_twice_under_one_key_is_one_review(shop: Caller) -> None:
    first = shop.post("/api/v1/reviews/", REFUND, Idempotency_Key="k-1")
    again = shop.post("/api/v1/reviews/", REFUND, Idempotency_Key="k-1")

    assert (again.json()["id"], again["Idempotency-Replayed"]) == (first.json()["id"], "true")
    assert ReviewTask.objects.count() == 1


def test_every_fault_is_named_at_once_with_its_place(shop: Caller) -> None:
    answer = shop.post(
        "/api/v1/reviews/",
        {
            **REFUND,
            "title": "",
            "colour": "red",
            "queue": "finanse",
            "outcomes": {"approve": {"risk": "huge"}},
            "sla": {"due": "soon"},
            "escalate": [{"after": "1h", "to": {"owner": "workflow"}}],
            "unanswered": {"after": "1d", "outcome": "maybe"},
            "recommendation": {"outcome": "approve", "confidence": 2},
            "callback_url": "https://elsewhere.example/hook",
        },
    )

    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert all(f"{error['path']}: {error['message']}" in answer.json()["detail"] for error in answer.json()["errors"])
    assert {error["path"] for error in answer.json()["errors"]} == {
        "/title",
        "/colour",
        "/queue",
        "/outcomes/approve/risk",
        "/sla/due",
        "/escalate/0/to/owner",
        "/unanswered/outcome",
        "/recommendation/confidence",
        "/callback_url",
    }
    assert not Run.objects.exists()


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (
            {"context": {"documents": [{"title": "Both", "text": "a", "url": "https://a.example"}]}},
            "/context/documents/0",
        ),
        ({"context": {"documents": [{"title": "A script", "url": "javascript:alert(1)"}]}}, "/context/documents/0/url"),
        ({"outcomes": []}, "/outcomes"),
        ({"outcomes": {str(number): None for number in range(2)}}, "/outcomes/0"),
        ({"fields": {"amount": {"value": 1, "type": "money"}}}, "/fields/amount/type"),
        ({"fields": {"a b": {"value": 1}}}, "/fields/a b"),
        ({"approvals": 40}, "/approvals"),
        ({"metadata": {"much": "x" * 10_001}}, "/metadata"),
        ({"title": "${ input.secret }" * 50}, "/title"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_place(shop: Caller, change: dict[str, Any], place: str) -> None:
    answer = shop.post("/api/v1/reviews/", {**REFUND, **change})

    assert answer.status_code == 422
    assert place in {error["path"] for error in answer.json()["errors"]}


def test_texts_are_told_as_they_are_and_never_as_expressions(shop: Caller) -> None:
    hostile = "${ input.metadata } <script>alert(1)</script> 😀"
    review = asked(
        shop, title=hostile, concerns=[hostile], context={"facts": {hostile: hostile}}, highlights={"A": hostile}
    )

    task = task_of(review)
    assert (task.title, task.concerns, task.highlights[0]["value"]) == (hostile, [hostile], hostile)
    assert task.context["input"] == {hostile: hostile}


# ---- who may ------------------------------------------------------------------------------------


def test_whoever_asks_may_not_decide_it(office: Office) -> None:
    office.queue.memberships.create(person=office.engineer)
    task = task_of(asked(office.calls(office.engineer)))

    refused = office.calls(office.engineer).post(f"/api/v1/tasks/{task.pk}/claim/")
    assert refused.status_code == 403
    assert task.excluded == ["jane@example.com", "erin@example.com", "erin"]


def test_asking_takes_the_scope_and_the_right(office: Office) -> None:
    without_scope = office.calls(office.engineer, "runs:start", kind="service").post("/api/v1/reviews/", REFUND)
    without_right = office.calls(office.mallory).post("/api/v1/reviews/", REFUND)

    assert (without_scope.status_code, without_right.status_code) == (403, 403)


def test_a_system_knows_its_own_reviews_alone(office: Office, shop: Caller, clock: StandingClock) -> None:
    review = asked(shop)
    other = office.calls(office.engineer, "reviews:create", "reviews:read", kind="service")

    assert other.get(review["url"]).status_code == 404
    assert other.delete(review["url"]).status_code == 404
    assert other.get("/api/v1/reviews/").json()["items"] == []
    assert office.calls(office.mallory).get(review["url"]).status_code == 404
    assert office.calls(office.alice).get(review["url"]).status_code == 404  # while she may be the one to answer
    decide_task(task_id=task_of(review).pk, actor=office.alice, outcome="approve")
    closed(clock)
    assert office.calls(office.alice).get(review["url"]).status_code == 200


def test_the_list_pages_by_cursor_and_asks_as_much_for_many_as_for_few(
    shop: Caller, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(5):
        asked(shop, title=f"Refund {number}")

    with django_assert_max_num_queries(12):
        first = shop.get("/api/v1/reviews/?limit=3").json()
    rest = shop.get(first["next"]).json()
    assert [item["title"] for item in first["items"] + rest["items"]] == [f"Refund {n}" for n in (4, 3, 2, 1, 0)]
    assert rest["next"] is None


# ---- withdrawing --------------------------------------------------------------------------------


def test_what_was_asked_can_be_withdrawn_and_nobody_decides_it_any_more(office: Office, shop: Caller) -> None:
    review = asked(shop)

    withdrawn = shop.delete(review["url"])
    assert (withdrawn.status_code, withdrawn.json()["state"]) == (200, "withdrawn")
    assert withdrawn.json()["withdrawn_reason"] == "a token withdrew it."
    assert shop.delete(review["url"]).status_code == 409
    assert task_of(review).status == "withdrawn"


def test_whoever_withdraws_after_the_answer_is_told_it_and_whoever_answers_after_the_withdrawal_too(
    office: Office, shop: Caller, clock: StandingClock
) -> None:
    first, second = asked(shop), asked(shop)
    decide_task(task_id=task_of(first).pk, actor=office.alice, outcome="approve")
    closed(clock)
    late = shop.delete(first["url"])
    assert (late.status_code, late.json()["detail"] != "") == (409, True)
    assert shop.get(first["url"]).json()["outcome"] == "approve"

    shop.delete(second["url"])
    with pytest.raises(TaskMoved, match="withdrew it"):
        decide_task(task_id=task_of(second).pk, actor=office.alice, outcome="approve")


def test_a_person_withdraws_what_another_asked_for_only_with_the_right_to_cancel(office: Office, shop: Caller) -> None:
    review = asked(shop)

    office.bob.grants.create(role="auditor", granted_by="test")
    assert office.calls(office.bob).delete(review["url"]).status_code == 403
    assert office.calls(office.alice).delete(review["url"]).status_code == 404


def test_what_the_requester_answered_stands_with_the_documents_that_came(office: Office, shop: Caller) -> None:
    review = asked(shop)
    question = ask_for_information(task_id=task_of(review).pk, actor=office.alice, text="Which photo?")
    answer_information(
        request_id=question.pk, text="This one", files=[File("photo.txt", "text/plain", b"It is broken.")]
    )
    told = shop.get(review["url"]).json()
    assert [(each["asked"], each["answer"]) for each in told["answers"]] == [("Which photo?", "This one")]
    (change,) = told["changes"]
    assert (change["kind"], change["how"], change["was"], change["now"]["name"]) == (
        *("document", "added", None),
        "photo.txt",
    )
    assert asked(shop, event_id="another")["changes"] == []
