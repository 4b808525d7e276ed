"""Runs over the API: starting, listing, reading, cancelling."""

from __future__ import annotations

from uuid import uuid4

from orchestration import api
from orchestration.models import StepRun
from tests.integration.api.office import Office
from tests.integration.api.texts import PURCHASE

RUNS = "/api/v1/runs/"
PENS = {"workflow": "purchase", "input": {"request": "pens", "amount": 12}}


def test_a_started_run_is_told_by_its_address(office: Office) -> None:
    answer = office.calls(office.engineer).post(RUNS, PENS)

    assert answer.status_code == 201
    assert answer.headers["Location"] == answer.json()["url"] == f"{RUNS}{answer.json()['run_id']}/"
    run = office.calls(office.engineer).get(answer.headers["Location"]).json()
    assert run["workflow"] == "purchase"
    assert run["status"] == "running"
    assert run["input"] == {"request": "pens", "amount": 12.0}
    assert run["source"] == "api"
    assert run["started_at"].endswith("Z")


def test_the_same_event_and_the_same_key_start_one_run(office: Office) -> None:
    program = office.calls(office.engineer)
    first = program.post(RUNS, {**PENS, "event_id": "e-1"}).json()

    again = program.post(RUNS, {**PENS, "event_id": "e-1"})
    same_key = program.post(RUNS, {**PENS, "event_id": "e-2"})

    assert again.status_code == same_key.status_code == 200
    assert again.json() == {**first, "created": False, "reason": "event"}
    assert same_key.json() == {**first, "created": False, "reason": "key"}
    assert api.runs().count() == 1


def test_a_large_value_has_an_address_of_its_own(office: Office) -> None:
    lines = [{"article": "x" * 100, "pieces": number} for number in range(700)]
    run = (
        office.calls(office.engineer)
        .post(RUNS, {**PENS, "input": {"request": "pens", "amount": 12, "lines": lines}})
        .json()
    )
    given = office.calls(office.engineer).get(run["url"]).json()["input"]
    assert given["bytes"] > 70_000
    whole = f"{run['url']}values/{given['$large']}/"
    assert office.calls(office.engineer).get(whole).json()["lines"] == lines
    assert office.calls(office.engineer).get(f"{run['url']}values/{'0' * 64}/").status_code == 404
    assert office.calls(office.mallory).get(whole).status_code == 404


def test_every_fault_of_an_input_is_named_by_its_path(office: Office) -> None:
    wrong = {"request": "", "amount": -1, "lines": [{"pieces": "x"}], "colour": "red"}
    answer = office.calls(office.engineer).post(RUNS, {"workflow": "purchase", "input": wrong})

    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    paths = {fault["path"] for fault in answer.json()["errors"]}
    assert {"/request", "/amount", "/lines/0", "/lines/0/pieces"} <= paths
    assert api.runs().count() == 0


def test_a_field_that_is_not_known_is_refused_with_its_path(office: Office) -> None:
    answer = office.calls(office.engineer).post(RUNS, {**PENS, "workflw": "x"})

    assert answer.status_code == 422
    assert [fault["path"] for fault in answer.json()["errors"]] == ["/workflw"]


def test_who_may_not_start_is_refused_and_nothing_starts(office: Office) -> None:
    for who in (office.alice, office.mallory):
        assert office.calls(who).post(RUNS, PENS).status_code == 403
        assert office.calls(who).post(RUNS, {**PENS, "workflow": "no-such"}).status_code == 403
    assert office.calls(office.oscar).post(RUNS, PENS).status_code == 201
    assert office.calls(office.engineer).post(RUNS, {**PENS, "workflow": "no-such"}).status_code == 404


def test_runs_are_visible_by_queue_and_role(office: Office) -> None:
    run_id = office.run()

    for who in (office.oscar, office.engineer):
        assert [run["id"] for run in office.calls(who).get(RUNS).json()["items"]] == [run_id]
        assert office.calls(who).get(f"{RUNS}{run_id}/").status_code == 200
    for who in (office.alice, office.carol):  # who may be asked to decide in it
        assert office.calls(who).get(RUNS).json()["items"] == []
        assert office.calls(who).get(f"{RUNS}{run_id}/").status_code == 404
    mallory = office.calls(office.mallory)
    assert mallory.get(RUNS).json()["items"] == []
    for part in ("", "timeline/", "steps/"):
        assert mallory.get(f"{RUNS}{run_id}/{part}").status_code == 404
    assert mallory.post(f"{RUNS}{run_id}/cancellation/", {"reason": "mine"}).status_code == 404
    assert office.calls(office.alice).get(f"{RUNS}{uuid4()}/").status_code == 404


def test_a_list_is_filtered_by_what_is_asked(office: Office) -> None:
    pens, ink = office.run("pens"), office.run("ink")
    erin = office.calls(office.engineer)

    def ids(query: str) -> list[str]:
        return [run["id"] for run in erin.get(f"{RUNS}?{query}").json()["items"]]

    assert ids("workflow=purchase&status=running") == [ink, pens]
    assert ids("business_key=pens") == [pens]
    assert ids("status=failed") == ids("workflow=other") == ids("outcome=approve") == []
    assert ids("started_before=2001-01-01T00:00:00Z") == []
    assert erin.get(f"{RUNS}?colour=red").json()["errors"][0]["path"] == "/colour"
    assert erin.get(f"{RUNS}?limit=0").status_code == erin.get(f"{RUNS}?status=done").status_code == 422


def test_pages_are_walked_by_cursor_without_losing_or_repeating_a_run(office: Office) -> None:
    made = [office.run(f"request {number}") for number in range(5)]
    erin = office.calls(office.engineer)

    seen, address = [], f"{RUNS}?limit=2"
    while address:
        answer = erin.get(address)
        assert answer.headers.get("Link", "") == (
            f'<{answer.json()["next"]}>; rel="next"' if answer.json()["next"] else ""
        )
        seen += [run["id"] for run in answer.json()["items"]]
        address = answer.json()["next"]

    assert seen == made[::-1]


def test_a_cursor_that_is_none_is_refused(office: Office) -> None:
    alice = office.calls(office.alice)
    for cursor in ("x", "W10", "WyIxIiwiMiJd", "bnVsbA", "WyIyMDI2LTAxLTAxIiwiMiJd", "%00", "é"):
        answer = alice.get(f"{RUNS}?cursor={cursor}")
        assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, "/cursor"), cursor


def test_the_story_of_a_run_is_told_in_order_and_in_pages(office: Office) -> None:
    run_id = office.run()
    erin = office.calls(office.engineer)

    told = erin.get(f"{RUNS}{run_id}/timeline/").json()["items"]

    assert told[0]["kind"] == "run.started"
    assert "review.opened" in [entry["kind"] for entry in told]
    assert [entry["sequence"] for entry in told] == list(range(1, len(told) + 1))
    page = erin.get(f"{RUNS}{run_id}/timeline/?limit=2").json()
    assert page["items"] == told[:2]
    assert erin.get(page["next"]).json()["items"][0] == told[2]


def test_steps_are_told_with_their_states(office: Office) -> None:
    run_id = office.run()

    steps = office.calls(office.engineer).get(f"{RUNS}{run_id}/steps/").json()["items"]

    assert [(step["path"], step["kind"], step["status"]) for step in steps] == [("approval", "review", "waiting")]
    assert steps[0]["attempts"] == []


def test_steps_are_told_page_by_page_in_the_order_of_their_opening(office: Office) -> None:
    run_id = office.run()
    first = StepRun.objects.get(run_id=run_id)
    for number in (3, 2, 1):
        later = {"step_id": "line", "kind": "set", "status": "succeeded", "started_at": first.started_at}
        StepRun.objects.create(run_id=run_id, path=f"lines#{number}/line", position=90 + number, **later)

    erin = office.calls(office.engineer)
    page = erin.get(f"{RUNS}{run_id}/steps/?limit=3").json()
    rest = erin.get(page["next"]).json()

    assert [step["path"] for step in page["items"]] == ["approval", "lines#1/line", "lines#2/line"]
    assert ([step["path"] for step in rest["items"]], rest["next"]) == (["lines#3/line"], None)


def test_a_run_is_cancelled_by_who_may_and_only_once(office: Office) -> None:
    run_id = office.run()
    address = f"{RUNS}{run_id}/cancellation/"

    assert office.calls(office.alice).post(address, {"reason": "no"}).status_code == 404
    assert office.calls(office.engineer).post(address, {"reason": "no"}).status_code == 403
    cancelled = office.calls(office.oscar).post(address, {"reason": "not needed"})
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
    again = office.calls(office.oscar).post(address, {"reason": "not needed"})
    assert (again.status_code, again.json()["type"]) == (409, "/api/problems/conflict/")


def test_a_run_is_paused_and_resumed_by_who_may(office: Office) -> None:
    address = f"{RUNS}{office.run()}/pause/"

    assert office.calls(office.alice).post(address, {"reason": "no"}).status_code == 404
    assert office.calls(office.engineer).post(address, {"reason": "no"}).status_code == 403
    oscar = office.calls(office.oscar)
    paused = oscar.post(address, {"reason": "the ERP moves"})
    assert paused.status_code == 200
    assert paused.json()["paused_at"] is not None
    assert oscar.post(address, {"reason": "again"}).status_code == 409
    assert oscar.delete(address).json()["paused_at"] is None
    assert oscar.delete(address).status_code == 409


def test_the_state_of_a_run_at_an_event_is_folded_from_its_story(office: Office) -> None:
    run_id = office.run()
    erin = office.calls(office.engineer)

    first = erin.get(f"{RUNS}{run_id}/at/1/").json()
    assert (first["sequence"], first["status"], first["steps"]) == (1, "running", [])
    last = erin.get(f"{RUNS}{run_id}/timeline/").json()["items"][-1]["sequence"]
    now = erin.get(f"{RUNS}{run_id}/at/{last}/").json()
    assert [(step["path"], step["status"]) for step in now["steps"]] == [("approval", "waiting")]
    assert {timer["status"] for timer in now["timers"]} == {"armed"}
    assert erin.get(f"{RUNS}{run_id}/at/{last + 1}/").status_code == 404
    assert office.calls(office.mallory).get(f"{RUNS}{run_id}/at/1/").status_code == 404


def test_new_runs_are_made_from_an_old_one_and_both_name_each_other(office: Office) -> None:
    run_id = office.run()
    oscar = office.calls(office.oscar)

    assert office.calls(office.alice).post(f"{RUNS}{run_id}/reruns/").status_code == 404
    taken = oscar.post(f"{RUNS}{run_id}/reruns/")
    assert (taken.status_code, run_id in taken.json()["detail"]) == (409, True)
    oscar.post(f"{RUNS}{run_id}/cancellation/", {"reason": "again"})
    made = oscar.post(f"{RUNS}{run_id}/retries/", {"step": "approval"})
    assert made.status_code == 201
    new = oscar.get(made.headers["Location"]).json()
    assert (new["origin"]["run_id"], new["origin"]["how"], new["origin"]["step"]) == (run_id, "retry", "approval")
    old = oscar.get(f"{RUNS}{run_id}/").json()
    assert [(each["id"], each["how"]) for each in old["followed_by"]] == [(new["id"], "retry")]
    assert oscar.post(f"{RUNS}{run_id}/forks/", {"sequence": 9_999}).status_code == 404


def test_a_run_is_moved_to_another_version_after_a_look(office: Office) -> None:
    run_id = office.run()
    address = f"{RUNS}{run_id}/migration/"
    other = PURCHASE.replace("title: ", "title: The new ", 1)
    api.publish_workflow(text=other, note="", actor=api.SYSTEM)
    oscar = office.calls(office.oscar)

    assert office.calls(office.alice).post(address, {"to": 2}).status_code == 404
    looked = oscar.post(address, {"to": 2, "dry_run": True}).json()
    assert (looked["possible"], looked["faults"]) == (True, [])
    assert oscar.get(f"{RUNS}{run_id}/").json()["version"] == 1
    assert oscar.post(address, {"to": 2}).status_code == 200
    assert oscar.get(f"{RUNS}{run_id}/").json()["version"] == 2
    refused = oscar.post(address, {"to": 2})
    assert (refused.status_code, "on version 2 already" in refused.json()["detail"]) == (409, True)
