"""Workflows over the API: reading, deploying, going back."""

from __future__ import annotations

from typing import Any

from orchestration import api
from tests.integration.api.office import Caller, Office
from tests.integration.api.texts import FAULTY, HARMLESS_CHANGE, PURCHASE

WORKFLOWS = "/api/v1/workflows/"
ONE = f"{WORKFLOWS}purchase/"


def _deploy(caller: Caller, text: str, path: str = ONE, query: str = "", **headers: str) -> Any:
    return caller.send("PUT", path + query, text.encode(), "application/yaml", **headers)


def test_everybody_who_is_signed_in_reads_workflows(office: Office) -> None:
    mallory = office.calls(office.mallory)

    assert [workflow["name"] for workflow in mallory.get(WORKFLOWS).json()["items"]] == ["purchase"]
    one = mallory.get(ONE)
    assert (one.headers["ETag"], one.json()["current"]["text"]) == ('"1"', PURCHASE)
    assert mallory.get(ONE, If_None_Match='"1"').status_code == 304
    assert mallory.get(f"{WORKFLOWS}other/").status_code == 404
    assert [version["number"] for version in mallory.get(f"{ONE}versions/").json()["items"]] == [1]
    assert mallory.get(f"{ONE}versions/1/").json()["definition"]["workflow"] == "purchase"
    assert mallory.get(f"{ONE}versions/2/").status_code == 404
    assert mallory.get(f"{ONE}versions/99999999999999999999/").status_code == 404


def test_a_text_is_deployed_as_it_is(office: Office) -> None:
    answer = _deploy(office.calls(office.oscar), HARMLESS_CHANGE, query="?note=plural")

    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    current = answer.json()["current"]
    assert (current["number"], current["note"], current["published_by"]) == (2, "plural", "Oscar")
    assert current["text"] == HARMLESS_CHANGE


def test_a_text_is_deployed_as_json(office: Office) -> None:
    answer = office.calls(office.engineer).put(ONE, {"text": HARMLESS_CHANGE, "note": "plural"})

    assert (answer.status_code, answer.json()["current"]["note"]) == (200, "plural")


def test_the_same_content_publishes_nothing(office: Office) -> None:
    answer = _deploy(office.calls(office.engineer), "# a comment\n" + PURCHASE)

    assert (answer.status_code, answer.json()["current"]["number"]) == (200, 1)


def test_a_new_workflow_is_made(office: Office) -> None:
    text = PURCHASE.replace("workflow: purchase", "workflow: rental").replace("path: purchases", "path: rentals")
    answer = _deploy(office.calls(office.engineer), text, f"{WORKFLOWS}rental/")

    assert (answer.status_code, answer.json()["current"]["number"]) == (201, 1)


def test_a_faulty_text_lists_its_faults_with_lines_and_the_published_version_stays(office: Office) -> None:
    answer = _deploy(office.calls(office.engineer), FAULTY)

    assert (answer.status_code, answer.json()["type"]) == (422, "/api/problems/workflow-faults/")
    faults = answer.json()["faults"]
    lines = FAULTY.splitlines()
    assert any("finanse" in lines[fault["line"] - 1] and "finance" in fault["message"] for fault in faults)
    assert office.calls(office.engineer).get(ONE).json()["current"]["number"] == 1


def test_a_text_goes_to_the_address_of_its_own_name(office: Office) -> None:
    answer = _deploy(office.calls(office.engineer), PURCHASE, f"{WORKFLOWS}rental/")

    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, "/text")
    assert not api.workflows().filter(name="rental").exists()


def test_a_deployment_that_rests_on_an_older_version_is_refused(office: Office) -> None:
    engineer = office.calls(office.engineer)
    assert _deploy(engineer, HARMLESS_CHANGE, If_Match='"1"').status_code == 200

    stale = _deploy(engineer, PURCHASE, If_Match='"1"')

    assert (stale.status_code, stale.json()["type"]) == (412, "/api/problems/stale/")
    assert engineer.get(ONE).json()["current"]["number"] == 2


def test_who_may_not_publish_does_not(office: Office) -> None:
    for who in (office.alice, office.carol, office.mallory):
        assert _deploy(office.calls(who), HARMLESS_CHANGE).status_code == 403
        assert office.calls(who).post(f"{ONE}versions/1/activation/").status_code == 403
    assert _deploy(office.calls(office.engineer, "workflows:read"), HARMLESS_CHANGE).status_code == 403
    assert _deploy(office.calls(office.oscar), PURCHASE, f"{WORKFLOWS}other/").status_code == 403


def test_going_back_is_one_call(office: Office) -> None:
    engineer = office.calls(office.engineer)
    _deploy(engineer, HARMLESS_CHANGE)

    back = engineer.post(f"{ONE}versions/1/activation/")

    assert (back.status_code, back.json()["current"]["number"]) == (200, 1)
    assert engineer.post(f"{ONE}versions/7/activation/").status_code == 404
    assert engineer.post(f"{WORKFLOWS}other/versions/1/activation/").status_code == 404


def test_a_body_of_another_kind_is_not_taken(office: Office) -> None:
    engineer = office.calls(office.engineer)

    assert engineer.send("PUT", ONE, PURCHASE.encode(), "text/html").status_code == 415
    assert engineer.send("PUT", ONE, b"\xff\xfe", "application/yaml").status_code == 400
    assert engineer.put(ONE, {"text": "a: 1\n\x00"}).status_code in (400, 422)
    assert engineer.send("PUT", ONE, b"a: 1\n\x00", "application/yaml").status_code == 422


def test_a_workflow_is_paused_and_goes_on(office: Office) -> None:
    oscar = office.calls(office.oscar)
    assert oscar.get(ONE).json()["paused"] is None
    assert oscar.post(f"{ONE}pause/", {}).status_code == 422
    assert office.calls(office.engineer).post(f"{ONE}pause/", {"reason": "x"}).status_code == 403
    paused = oscar.post(f"{ONE}pause/", {"reason": "The ERP moves", "holds_open": False}).json()["paused"]
    assert (paused["by"], paused["reason"], paused["holds_open"]) == ("Oscar", "The ERP moves", False)
    assert oscar.post(f"{ONE}pause/", {"reason": "again"}).status_code == 409
    assert oscar.send("DELETE", f"{ONE}pause/").json()["paused"] is None
    assert oscar.send("DELETE", f"{ONE}pause/").status_code == 409
    assert oscar.post(f"{WORKFLOWS}other/pause/", {"reason": "x"}).status_code == 404


def test_who_has_a_workflow_from_before_a_pause_is_shown_the_pause(office: Office) -> None:
    oscar = office.calls(office.oscar)
    oscar.post(f"{ONE}pause/", {"reason": "The ERP moves"})

    held = oscar.get(ONE, If_None_Match='"1"')
    assert (held.status_code, held.json()["paused"]["reason"]) == (200, "The ERP moves")
    assert oscar.get(ONE, If_None_Match=held.headers["ETag"]).status_code == 304
    deployed = _deploy(oscar, HARMLESS_CHANGE, If_Match=held.headers["ETag"])
    assert (deployed.status_code, deployed.json()["current"]["number"]) == (200, 2)
    oscar.send("DELETE", f"{ONE}pause/")
    assert oscar.get(ONE, If_None_Match=held.headers["ETag"]).status_code == 200
