"""Every error is a problem that a program can read, whatever goes wrong and wherever."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import OperationalError

from reviewhub.api.conf import BODY_MAX_BYTES
from reviewhub.api.problems import PROBLEMS
from reviewhub.api.throttling import PerCaller
from reviewhub.api.views import runs as views
from tests.integration.api.office import Caller, Office

RUNS = "/api/v1/runs/"


def _is_problem(answer: Any, status: int, kind: str) -> bool:
    body = answer.json()
    known = PROBLEMS[kind]
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert (answer.status_code, body["status"], known.status) == (status, status, status)
    assert (body["type"], body["title"]) == (f"/api/problems/{kind}/", known.title)
    return bool(body["detail"])


@pytest.mark.parametrize(
    "path", ["/api/", "/api/v1/", "/api/v1/nothing/", "/api/v1/runs/7/", "/api/v2/runs/", "/api/%00/"]
)
def test_an_address_that_does_not_exist(stranger: Caller, path: str) -> None:
    assert _is_problem(stranger.get(path), 404, "not-found")
    assert _is_problem(stranger.post(path, {}), 404, "not-found")


def test_an_address_without_its_slash_says_so(stranger: Caller) -> None:
    answer = stranger.post("/api/v1/runs", {})

    assert _is_problem(answer, 404, "not-found")
    assert "slash" in answer.json()["detail"]


def test_a_method_that_is_not_allowed(office: Office) -> None:
    answer = office.calls(office.alice).delete(RUNS)

    assert _is_problem(answer, 405, "method")
    assert answer.headers["Allow"] == "GET, HEAD, POST"
    assert _is_problem(office.calls(office.alice).send("PATCH", RUNS), 405, "method")


def test_a_representation_that_there_is_not(office: Office) -> None:
    answer = office.calls(office.alice).get(RUNS, Accept="text/html")

    assert _is_problem(answer, 406, "not-acceptable")


def test_a_media_type_that_is_not_taken(office: Office) -> None:
    program = office.calls(office.engineer)

    assert _is_problem(program.send("POST", RUNS, b"a=1", "application/x-www-form-urlencoded"), 415, "media-type")
    assert _is_problem(program.send("POST", RUNS, b"<a/>", "text/xml"), 415, "media-type")


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"\xff", b'{"a": NaN}', b'{"a": 1, "a": 2}', b"[" * 100_000, b'{"a": "\\u0000"}']
)
def test_a_body_that_cannot_be_read(office: Office, body: bytes) -> None:
    answer = office.calls(office.engineer).send("POST", RUNS, body)

    assert answer.status_code in (400, 422)
    assert _is_problem(answer, *((400, "malformed") if body else (422, "invalid")))


def test_a_body_that_is_too_large(office: Office) -> None:
    body = json.dumps({"workflow": "x" * BODY_MAX_BYTES}).encode()

    assert _is_problem(office.calls(office.engineer).send("POST", RUNS, body), 413, "too-large")


def test_too_many_requests_are_told_when_to_come_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PerCaller, "THROTTLE_RATES", {"caller": "2/min", "stranger": "2/min"})
    alice, bob = office.calls(office.alice), office.calls(office.bob)

    assert [alice.get(RUNS).status_code for _ in range(2)] == [200, 200]
    answer = alice.get(RUNS)
    assert _is_problem(answer, 429, "throttled")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert bob.get(RUNS).status_code == 200


def test_a_database_that_is_away(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: Any, **kwargs: Any) -> Any:
        raise OperationalError("the database system is shutting down")

    monkeypatch.setattr(views, "runs_in_parts_for", away)
    answer = office.calls(office.alice).get(RUNS)

    assert _is_problem(answer, 503, "unavailable")
    assert answer.headers["Retry-After"] == "5"
    assert "shutting" not in answer.content.decode()


def test_a_fault_of_ours_tells_nothing_of_our_insides(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*args: Any, **kwargs: Any) -> Any:
        raise ZeroDivisionError("the secret of the house")

    monkeypatch.setattr(views, "runs_in_parts_for", broken)
    answer = office.calls(office.alice).get(RUNS)

    assert _is_problem(answer, 500, "broken")
    assert "secret of the house" not in answer.content.decode()
    assert "secret of the house" in caplog.text


def test_every_kind_of_problem_has_an_address_that_explains_it(stranger: Caller) -> None:
    for kind, known in PROBLEMS.items():
        answer = stranger.get(f"/api/problems/{kind}/")
        assert (answer.status_code, answer.json()["title"]) == (200, known.title)
    assert _is_problem(stranger.get("/api/problems/other/"), 404, "not-found")


def test_no_answer_is_kept_by_a_cache_in_between(office: Office) -> None:
    alice = office.calls(office.alice)

    assert alice.get(RUNS).headers["Cache-Control"] == alice.get(f"{RUNS}x/").headers["Cache-Control"] == "no-store"
