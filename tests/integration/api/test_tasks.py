"""Review tasks over the API: the same rules as on the pages, because it is the same door."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from reviewhub.reviews.models import Decision, Queue, ReviewTask
from tests.integration.api.office import Caller, Office, person

TASKS = "/api/v1/tasks/"


def _address(task: ReviewTask, part: str = "") -> str:
    return f"{TASKS}{task.pk}/{part}"


def _decide(caller: Caller, task: ReviewTask, etag: str = '"1"', **given: Any) -> Any:
    return caller.post(_address(task, "decision/"), {"outcome": "approve", **given}, If_Match=etag)


def test_a_task_says_all_that_a_reviewer_needs(office: Office) -> None:
    task = office.task("pens", amount=12)

    answer = office.calls(office.alice).get(_address(task))

    shown = answer.json()
    assert answer.headers["ETag"] == '"1"'
    assert (shown["title"], shown["status"], shown["queue"]) == ("Buy pens", "open", "finance")
    assert [outcome["id"] for outcome in shown["outcomes"]] == ["approve", "reject", "destroy"]
    assert shown["fields"][0]["name"] == "amount"
    assert shown["context"]["input"] == {"request": "pens", "amount": 12.0}
    levels = [step for step in shown["future"] if step["kind"] == "level"]
    assert levels[0]["people"] == ["Bob"]
    assert shown["due_at"].endswith("Z")
    assert shown["skills"] == []
    assert shown["decision"] is None


def test_a_task_that_is_known_is_not_sent_again(office: Office) -> None:
    task = office.task()
    alice = office.calls(office.alice)

    assert alice.get(_address(task), If_None_Match='"1"').status_code == 304
    assert alice.get(_address(task), If_None_Match='"7", W/"1"').status_code == 304
    assert alice.get(_address(task), If_None_Match='"2"').status_code == 200


def test_tasks_are_visible_by_queue_and_role(office: Office) -> None:
    task = office.task()

    for who in (office.alice, office.bob, office.carol, office.oscar):
        assert [row["id"] for row in office.calls(who).get(TASKS).json()["items"]] == [str(task.pk)]
    mallory = office.calls(office.mallory)
    assert mallory.get(f"{TASKS}?view=all").json()["items"] == []
    assert mallory.get(_address(task)).status_code == 404
    assert mallory.get(_address(task, "comments/")).status_code == 404
    assert mallory.post(_address(task, "claim/")).status_code == 404
    assert mallory.delete(_address(task, "claim/")).status_code == 404
    assert _decide(mallory, task).status_code == 404
    assert mallory.delete(_address(task, "decision/")).status_code == 404
    assert mallory.post(_address(task, "comments/"), {"text": "hello"}).status_code == 404


def test_views_and_filters_narrow_the_list(office: Office) -> None:
    pens, ink = office.task("pens"), office.task("ink")
    alice = office.calls(office.alice)
    alice.post(_address(ink, "claim/"))

    def ids(query: str) -> list[str]:
        return [row["id"] for row in alice.get(f"{TASKS}?{query}").json()["items"]]

    assert ids("view=mine") == [str(ink.pk)]
    assert ids("view=unassigned") == [str(pens.pk)]
    assert set(ids("view=team")) == set(ids("")) == {str(pens.pk), str(ink.pk)}
    assert ids(f"run={pens.run_id}") == [str(pens.pk)]
    assert ids("queue=other") == ids("kind=incident") == ids("view=done") == ids("view=escalated") == []
    assert ids("status=claimed") == [str(ink.pk)]
    _decide(alice, pens)
    assert ids("view=done") == [str(pens.pk)]
    assert alice.get(f"{TASKS}?view=theirs").status_code == 422


def test_pages_follow_the_order_of_urgency(office: Office) -> None:
    made = {str(office.task(f"request {number}").pk) for number in range(5)}
    alice = office.calls(office.alice)

    seen, address = [], f"{TASKS}?limit=2"
    while address:
        page = alice.get(address).json()
        seen += [row["id"] for row in page["items"]]
        address = page["next"]

    assert len(seen) == 5
    assert set(seen) == made


def test_a_claim_is_taken_shown_and_given_back(office: Office) -> None:
    task = office.task()
    alice, bob = office.calls(office.alice), office.calls(office.bob)

    taken = alice.post(_address(task, "claim/"), If_Match='"1"')

    assert (taken.status_code, taken.json()["holder"], taken.headers["ETag"]) == (200, "alice", '"2"')
    refused = bob.post(_address(task, "claim/"))
    assert (refused.status_code, refused.json()["happened"]["by"]) == (409, "Alice")
    assert bob.delete(_address(task, "claim/")).status_code == 403
    assert alice.delete(_address(task, "claim/")).json()["holder"] is None
    assert bob.post(_address(task, "claim/")).json()["holder"] == "bob"
    assert office.calls(office.carol).delete(_address(task, "claim/")).status_code == 200


def test_a_decision_stands_with_who_when_and_until_when_it_can_be_taken_back(office: Office) -> None:
    task = office.task()

    answer = _decide(office.calls(office.alice), task, corrections={"amount": 10}, reasons=["policy"], note="cheaper")

    assert answer.status_code == 201
    shown = answer.json()
    assert (shown["status"], shown["outcome"]) == ("decided", "approve")
    decision = shown["decision"]
    assert (decision["by"], decision["channel"]) == ({"username": "alice", "name": "Alice"}, "api")
    assert decision["fields"] == {"amount": 10}
    assert decision["reasons"] == ["policy"]
    assert decision["undo_until"] == shown["undo_until"]
    assert answer.headers["ETag"] == f'"{shown["version"]}"'


def test_a_tag_that_came_with_a_compressed_answer_is_as_good(office: Office) -> None:
    task = office.task()
    alice = office.calls(office.alice)

    compressed = alice.get(_address(task), Accept_Encoding="gzip")

    assert compressed.headers["Content-Encoding"] == "gzip"
    assert _decide(alice, task, etag=compressed.headers["ETag"]).status_code == 201


def test_a_decision_says_what_it_rests_on(office: Office) -> None:
    task = office.task()
    alice = office.calls(office.alice)

    missing = alice.post(_address(task, "decision/"), {"outcome": "approve"})
    assert (missing.status_code, missing.json()["type"]) == (428, "/api/problems/precondition-required/")
    assert _decide(alice, task, etag="*").status_code == 428
    assert _decide(alice, task, etag="soon").status_code == 400
    task.refresh_from_db()
    assert task.status == "open"


def test_a_stale_decision_is_told_what_happened_instead(office: Office) -> None:
    task = office.task()
    alice, bob = office.calls(office.alice), office.calls(office.bob)
    bob.post(_address(task, "claim/"))
    bob.delete(_address(task, "claim/"))

    stale = _decide(alice, task, etag='"1"')

    assert (stale.status_code, stale.json()["type"]) == (412, "/api/problems/stale/")
    assert stale.json()["happened"]["version"] == 3
    _decide(bob, task, etag='"3"')
    late = _decide(alice, task, etag='"3"')
    assert (late.status_code, late.json()["happened"]["by"], late.json()["happened"]["outcome"]) == (
        409,
        "Bob",
        "approve",
    )


def test_a_refused_decision_leaves_its_trace_with_a_key_and_without(office: Office) -> None:
    task = office.task()
    _decide(office.calls(office.bob), task)
    alice, decision = office.calls(office.alice), _address(task, "decision/")

    alice.post(decision, {"outcome": "approve"}, If_Match='"1"')
    alice.post(decision, {"outcome": "approve"}, If_Match='"1"', Idempotency_Key="k")

    story = office.calls(office.engineer).get(f"/api/v1/runs/{task.run_id}/timeline/").json()["items"]
    assert [entry["actor"]["label"] for entry in story if entry["kind"] == "desk.refused"] == ["Alice", "Alice"]


def test_a_decision_is_taken_back_by_who_made_it(office: Office) -> None:
    task = office.task()
    alice, bob = office.calls(office.alice), office.calls(office.bob)
    _decide(alice, task)

    assert bob.delete(_address(task, "decision/")).status_code == 403
    back = alice.delete(_address(task, "decision/"))

    assert (back.status_code, back.json()["status"], back.json()["decision"]) == (200, "claimed", None)
    assert alice.delete(_address(task, "decision/")).status_code == 409


INCOMPLETE = [
    ({"outcome": "maybe"}, "/outcome", "no such outcome"),
    ({"outcome": "reject"}, "/reasons", "rejecting needs a reason"),
    ({"outcome": "reject", "reasons": ["moon"]}, "/reasons", "an unknown reason"),
    ({"outcome": "destroy"}, "/confirmed", "a high risk is confirmed"),
    ({"corrections": {"amount": "many"}}, "/fields/amount", "no number"),
    ({"corrections": {"colour": "red"}}, "/fields/colour", "no such field"),
    ({"outcom": "approve"}, "/outcom", "a slip"),
    ({"seconds_spent": -1}, "/seconds_spent", "time runs forward"),
]


@pytest.mark.parametrize(("given", "path", "remark"), INCOMPLETE, ids=[remark for *_, remark in INCOMPLETE])
def test_an_incomplete_decision_is_refused_with_the_path(
    office: Office, given: dict[str, Any], path: str, remark: str
) -> None:
    task = office.task()

    answer = _decide(office.calls(office.alice), task, **given)

    assert answer.status_code == 422
    assert path in [fault["path"] for fault in answer.json()["errors"]]
    task.refresh_from_db()
    assert (task.status, task.version) == ("open", 1)


def test_nobody_decides_their_own_request_here_either(office: Office) -> None:
    task = office.task(requester="alice@example.com")
    alice = office.calls(office.alice)

    assert _decide(alice, task).status_code == 403
    assert alice.post(_address(task, "claim/")).status_code == 403
    assert _decide(office.calls(office.bob), task).status_code == 201


def test_who_only_reads_does_not_decide(office: Office) -> None:
    task = office.task()
    oscar = office.calls(office.oscar)

    assert oscar.get(_address(task)).status_code == 200
    assert _decide(oscar, task).status_code == 403
    assert oscar.post(_address(task, "claim/")).status_code == 403


def test_comments_are_written_and_read_in_order(office: Office) -> None:
    task = office.task()
    alice = office.calls(office.alice)

    first = alice.post(_address(task, "comments/"), {"text": "<b>Who</b> wants pens?"})
    office.calls(office.bob).post(_address(task, "comments/"), {"text": "Oscar."})

    assert (first.status_code, first.json()["by"]["username"]) == (201, "alice")
    told = [comment["text"] for comment in alice.get(_address(task, "comments/")).json()["items"]]
    assert told == ["<b>Who</b> wants pens?", "Oscar."]
    for text in ("", "   ", "x" * 4001, "\x00"):
        assert alice.post(_address(task, "comments/"), {"text": text}).status_code in (400, 422)


def test_a_task_is_set_aside_given_away_and_taken_up_again(office: Office) -> None:
    task, alice = office.task(), office.calls(office.alice)

    due = ReviewTask.objects.get(pk=task.pk).due_at
    assert due is not None
    snoozed = alice.post(_address(task, "snooze/"), {"until": (due - timedelta(hours=1)).isoformat()}, If_Match='"1"')
    assert (snoozed.status_code, snoozed.json()["status"]) == (201, "snoozed")
    assert [row["id"] for row in alice.get(f"{TASKS}?view=aside").json()["items"]] == [str(task.pk)]
    assert alice.delete(_address(task, "snooze/")).json()["holder"] == "alice"
    given = alice.post(_address(task, "delegation/"), {"to": "bob", "note": "Yours?"})
    assert (given.status_code, given.json()["holder"]) == (201, None)
    assert alice.delete(_address(task, "delegation/")).status_code == 200
    assert alice.delete(_address(task, "delegation/")).status_code == 403
    assert alice.post(_address(task, "delegation/"), {"to": "nobody"}).status_code == 422
    assert alice.post(_address(task, "escalation/"), {}).json()["level"] == 1
    assert alice.post(_address(task, "refusal/"), {"reason": "Not mine."}).status_code == 201


@pytest.mark.parametrize(
    ("act", "given"),
    [
        ("information", {"text": "Why?"}),
        ("snooze", {"until": "2026-03-02T14:00:00Z"}),
        ("delegation", {"to": "bob"}),
        ("refusal", {"reason": "x"}),
        ("escalation", {}),
    ],
)
def test_neither_mallory_nor_a_stale_page_sets_aside_or_gives_away(
    office: Office, act: str, given: dict[str, Any]
) -> None:
    task = office.task()

    assert office.calls(office.mallory).post(_address(task, f"{act}/"), given).status_code == 404
    assert office.calls(office.alice).post(_address(task, f"{act}/"), given, If_Match='"7"').status_code == 412


def test_a_requester_reminds_without_reading_and_is_told_when_again(office: Office) -> None:
    task = office.task(requester="ann@example.com")
    asks, carol, alice = (office.calls(who) for who in (person("ann"), office.carol, office.alice))
    alice.post(_address(task, "claim/"))
    assert asks.get(_address(task)).status_code == 404
    nudged = asks.post(_address(task, "nudge/"))
    assert (nudged.status_code, nudged.json()["told"]) == (201, ["Alice"])
    early = carol.post(_address(task, "nudge/"))
    again_at = early.json()["happened"]["again_at"].replace("+00:00", "Z")
    assert (early.status_code, again_at) == (409, nudged.json()["again_at"])
    assert alice.post(_address(task, "nudge/")).status_code == 403
    assert office.calls(office.mallory).post(_address(task, "nudge/")).status_code == 404


def test_several_are_decided_each_for_itself_and_once(office: Office) -> None:
    low, high, other, hidden = (office.task(name) for name in ("pens", "a car", "paper", "a secret"))
    ReviewTask.objects.filter(pk=hidden.pk).update(queue=Queue.objects.create(slug="board", title="Board"))
    for task in (low, other):
        task.outcomes = [{"id": "approve", "label": "Approve", "risk": "low"}]
        task.save(update_fields=("outcomes",))
    body = {
        "outcome": "approve",
        "tasks": [{"id": str(pk), "version": 1} for pk in (low.pk, high.pk, other.pk, hidden.pk)],
    }
    alice = office.calls(office.alice)
    for _ in range(2):
        answer = alice.post("/api/v1/decisions/", body, Idempotency_Key="morning-1")
        assert answer.status_code == 200
        said = answer.json()
        assert (said["decided"], said["held_back"]) == (2, 1)
        assert [each["status"] for each in said["results"]] == ["decided", "held_back", "decided", "unknown"]
        assert said["results"][1]["because"] == "A high risk is decided by itself."
        assert said["results"][3]["title"] == ""
    assert Decision.objects.filter(channel="api").count() == 2


def test_several_are_decided_by_people_alone(office: Office) -> None:
    body = {"outcome": "approve", "tasks": [{"id": str(office.task().pk), "version": 1}]}
    assert office.calls(office.alice, "tasks:read").post("/api/v1/decisions/", body).status_code == 403
    mallory = office.calls(office.mallory).post("/api/v1/decisions/", body).json()
    assert mallory["results"][0]["status"] == "unknown"
    assert office.calls(office.alice).post("/api/v1/decisions/", {**body, "tasks": []}).status_code == 422
