"""Reviews for other systems: asked for over the API, decided at the desk, told in a signed callback."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as configured
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings
from standardwebhooks import Webhook

from orchestration import api, ports
from orchestration.models import OutboxMessage, Recommendation, Run, StepRun, WorkflowVersion
from orchestration.runtime import execute, outbox, sweeper
from reviewhub.reviews.models import Override, ReviewTask
from reviewhub.reviews.requested.callbacks import is_beneath
from reviewhub.reviews.services import decide_task, take_back_decision
from tests.integration.api.office import SECRET, Caller, Office
from tests.support.bench import StandingClock
from tests.support.receiver import Receiver, receiver

REFUND: dict[str, Any] = {
    "title": "Refund 120 to Jane",
    "context": {
        "facts": {"order": "O-17", "amount": 120, "tags": ["late", "damaged"]},
        "documents": [
            {"title": "Complaint", "text": "It came broken.\nI want my money back."},
            {"title": "Photo", "url": "https://shop.example/photos/17"},
        ],
    },
    "recommendation": {"outcome": "approve", "confidence": 0.81, "reasons": ["Damaged on arrival"], "model": "ours-3"},
    "outcomes": {"approve": {"label": "Refund"}, "reject": {"label": "Refuse", "reason": "against_ai"}},
    "fields": {"amount": {"value": 120, "label": "Amount", "type": "number", "edit": True}},
    "highlights": {"Order": "O-17"},
    "concerns": ["A third refund this year"],
    "queue": "finance",
    "requester": "jane@example.com",
    "sla": {"due": "8h", "critical": True},
    "escalate": [{"after": "24h", "to": {"backup_of": "queue"}}],
    "unanswered": {"after": "10d", "outcome": "reject"},
    "undo": "20s",
    "metadata": {"thread": "t-1"},
}


@pytest.fixture
def clock() -> Iterator[StandingClock]:
    before = ports.bound.clock
    standing = StandingClock()
    ports.bind(clock=standing)
    yield standing
    ports.bind(clock=before)


@pytest.fixture
def shop(office: Office) -> Caller:
    """A service token, of an engineer."""
    return office.calls(office.engineer, "reviews:create", "reviews:read", kind="service")


@pytest.fixture
def system(office: Office, settings: Settings) -> Iterator[Receiver]:
    """The system that asks, with a connection that lets us call it back."""
    settings.DEMO = True
    with receiver() as receiving:
        base = receiving.url.rpartition("/hooks")[0]
        api.save_connection(name="shop-back", kind="callback", base_url=base, secret=SECRET, actor=api.SYSTEM)
        yield receiving


def asked(caller: Caller, **changes: Any) -> dict[str, Any]:
    answer = caller.post("/api/v1/reviews/", {**REFUND, **changes})
    assert answer.status_code == 201, answer.content
    assert answer["Location"] == answer.json()["url"]
    found: dict[str, Any] = answer.json()
    return found


def task_of(review: dict[str, Any]) -> ReviewTask:
    return ReviewTask.objects.get(run_id=review["id"], kind="review")


def error_of(review: dict[str, Any]) -> dict[str, Any]:
    """Of the call that a person has to look at."""
    incident = ReviewTask.objects.get(run_id=review["id"], kind="incident").incident
    assert incident is not None
    found: dict[str, Any] = incident["error"]
    return found


def work() -> None:
    while ready := StepRun.objects.filter(status="ready").order_by("pk").first():
        execute.execute(str(ready.run_id), ready.path)


def closed(clock: StandingClock) -> None:
    """The time for taking it back goes by, and the run goes on."""
    clock.forward(seconds=21)
    sweeper.fire_timers()
    work()


# ---- asking and reading ------------------------------------------------------------------------


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


def test_a_system_knows_its_own_reviews_alone(office: Office, shop: Caller) -> None:
    review = asked(shop)
    other = office.calls(office.engineer, "reviews:create", "reviews:read", kind="service")

    assert other.get(review["url"]).status_code == 404
    assert other.delete(review["url"]).status_code == 404
    assert other.get("/api/v1/reviews/").json()["items"] == []
    assert office.calls(office.mallory).get(review["url"]).status_code == 404
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


def test_a_person_withdraws_what_another_asked_for_only_with_the_right_to_cancel(office: Office, shop: Caller) -> None:
    review = asked(shop)

    assert office.calls(office.alice).delete(review["url"]).status_code == 403


# ---- the callback --------------------------------------------------------------------------------


def test_the_answer_is_told_in_a_signed_callback(
    office: Office, shop: Caller, system: Receiver, clock: StandingClock
) -> None:
    review = asked(shop, callback_url=system.url)
    decide_task(task_id=task_of(review).pk, actor=office.alice, outcome="approve", fields={"amount": 100})
    assert system.taken == []

    closed(clock)
    headers, body = system.taken[0]
    told = system.told[0]
    assert headers["webhook-signature"] == Webhook(SECRET).sign(headers["webhook-id"], clock.system, body.decode())
    assert (told["type"], told["data"]["outcome"], told["data"]["fields"]) == (
        "review.decided",
        "approve",
        {"amount": 100},
    )
    assert (told["data"]["id"], told["data"]["metadata"]) == (review["id"], {"thread": "t-1"})
    assert told["data"]["decided_by"]["username"] == "alice"
    assert shop.get(review["url"]).json()["called_back"] is True


def test_a_callback_is_tried_again_under_the_same_id_until_it_is_taken(
    office: Office, shop: Caller, system: Receiver, clock: StandingClock
) -> None:
    system.answers = [503, 500, 429]
    review = asked(shop, callback_url=system.url)
    decide_task(task_id=task_of(review).pk, actor=office.alice, outcome="approve")

    closed(clock)
    for _ in range(3):
        assert shop.get(review["url"]).json()["called_back"] is False
        clock.forward(seconds=60)
        sweeper.fire_timers()
        work()

    assert len(system.taken) == 4
    assert len({headers["webhook-id"] for headers, _ in system.taken}) == 1
    assert len({body for _, body in system.taken}) == 1
    assert shop.get(review["url"]).json()["called_back"] is True


def test_a_callback_that_is_refused_for_good_comes_before_a_person(
    office: Office, shop: Caller, system: Receiver, clock: StandingClock
) -> None:
    system.answers = [404]
    review = asked(shop, callback_url=system.url)
    decide_task(task_id=task_of(review).pk, actor=office.alice, outcome="approve")
    closed(clock)

    assert "404" in error_of(review)["message"]
    assert api.stuck_counts()["incident"] == 1


def test_a_connection_that_was_switched_off_meanwhile_is_not_called(
    office: Office, shop: Caller, system: Receiver, clock: StandingClock
) -> None:
    review = asked(shop, callback_url=system.url)
    api.connections().filter(name="shop-back").update(enabled=False)
    decide_task(task_id=task_of(review).pk, actor=office.alice, outcome="approve")
    closed(clock)

    assert system.taken == []
    assert error_of(review)["code"] == "callback_not_allowed"


def test_outside_a_demo_nobody_makes_us_call_this_machine(
    office: Office, shop: Caller, system: Receiver, clock: StandingClock, settings: Settings
) -> None:
    review = asked(shop, callback_url=system.url)
    settings.DEMO = False
    api.connections().filter(name="shop-back").update(base_url=system.url.replace("http:", "https:"))
    decide_task(task_id=task_of(review).pk, actor=office.alice, outcome="approve")
    closed(clock)

    assert system.taken == []
    assert ReviewTask.objects.filter(run_id=review["id"], kind="incident").exists()


def test_a_withdrawal_is_told_too(office: Office, shop: Caller, system: Receiver) -> None:
    review = asked(shop, callback_url=system.url)
    shop.delete(review["url"])
    outbox.send(OutboxMessage.objects.get(topic="reviews.callback").pk)

    assert (system.told[0]["type"], system.told[0]["data"]["state"]) == ("review.withdrawn", "withdrawn")


@pytest.mark.parametrize(
    ("url", "base", "beneath"),
    [
        ("https://a.example/hooks/1", "https://a.example", True),
        ("https://a.example/hooks/1", "https://a.example/hooks", True),
        ("https://a.example/hooks", "https://a.example/hooks/", True),
        ("https://a.example/hooksy", "https://a.example/hooks", False),
        ("https://a.example/hooks/../admin", "https://a.example/hooks", False),
        ("https://a.example/hooks/%2E%2e/admin", "https://a.example/hooks", False),
        ("http://a.example/hooks", "https://a.example/hooks", False),
        ("https://a.example:8443/", "https://a.example/", False),
        ("https://a.example@evil.example/", "https://a.example/", False),
        ("https://evil.example/https://a.example/", "https://a.example/", False),
        ("https://a.example\\@evil.example/", "https://a.example/", False),
        ("https://a.example:x/", "https://a.example/", False),
        ("https://a.example.evil.example/", "https://a.example", False),
        ("https:///hooks", "", False),
    ],
)
def test_an_address_lies_beneath_another_or_not(url: str, base: str, beneath: bool) -> None:
    assert is_beneath(url, base) is beneath
