"""A request that is sent twice acts once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from orchestration import api
from orchestration.ports import clock
from reviewhub.api import idempotency
from reviewhub.api.models import IdempotentAnswer
from reviewhub.api.views import runs as views
from reviewhub.reviews.models import Comment
from tests.integration.api.office import Office

RUNS = "/api/v1/runs/"
PENS = {"workflow": "purchase", "input": {"request": "pens", "amount": 12}}
INK = {"workflow": "purchase", "input": {"request": "ink", "amount": 12}}


def test_the_second_answer_is_the_first_one(office: Office) -> None:
    program = office.calls(office.engineer)

    first = program.post(RUNS, PENS, Idempotency_Key="k-1")
    again = program.post(RUNS, PENS, Idempotency_Key="k-1")

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert api.runs().count() == 1


def test_a_comment_that_is_sent_twice_is_said_once(office: Office) -> None:
    alice, task = office.calls(office.alice), office.task()
    for _ in range(2):
        answer = alice.post(f"/api/v1/tasks/{task.pk}/comments/", {"text": "once"}, Idempotency_Key="k")
        assert answer.status_code == 201

    assert Comment.objects.count() == 1


def test_a_refusal_is_replayed_too(office: Office) -> None:
    program = office.calls(office.engineer)
    wrong = {"workflow": "purchase", "input": {}}

    first = program.post(RUNS, wrong, Idempotency_Key="k")
    again = program.post(RUNS, wrong, Idempotency_Key="k")

    assert (first.status_code, again.status_code) == (422, 422)
    assert again.json() == first.json()
    assert again.headers["Content-Type"] == "application/problem+json"


def test_a_key_goes_with_one_body_and_one_address(office: Office) -> None:
    program = office.calls(office.engineer)
    program.post(RUNS, PENS, Idempotency_Key="k")

    answer = program.post(RUNS, INK, Idempotency_Key="k")

    assert (answer.status_code, answer.json()["type"]) == (422, "/api/problems/key-reused/")
    assert api.runs().count() == 1


def test_keys_of_different_callers_have_nothing_to_do_with_each_other(office: Office) -> None:
    office.calls(office.engineer).post(RUNS, PENS, Idempotency_Key="k")

    answer = office.calls(office.engineer).post(RUNS, INK, Idempotency_Key="k")

    assert answer.status_code == 201
    assert "Idempotency-Replayed" not in answer.headers


def test_while_the_first_request_is_under_way_the_second_is_asked_to_wait(office: Office) -> None:
    program = office.calls(office.engineer)
    program.post(RUNS, PENS, Idempotency_Key="k")
    IdempotentAnswer.objects.update(status=None, started_at=clock().system_now())

    answer = program.post(RUNS, PENS, Idempotency_Key="k")

    assert (answer.status_code, answer.headers["Retry-After"]) == (409, "1")
    assert answer.json()["type"] == "/api/problems/in-progress/"


def test_where_a_process_died_the_next_request_goes_on(office: Office) -> None:
    program = office.calls(office.engineer)
    program.post(RUNS, PENS, Idempotency_Key="k")
    long_ago = clock().system_now() - idempotency.GIVEN_UP_AFTER - timedelta(seconds=1)
    IdempotentAnswer.objects.update(status=None, started_at=long_ago)

    answer = program.post(RUNS, PENS, Idempotency_Key="k")

    assert (answer.status_code, answer.json()["reason"]) == (200, "key")


def test_an_old_answer_is_forgotten(office: Office) -> None:
    program = office.calls(office.engineer)
    program.post(RUNS, PENS, Idempotency_Key="k")
    IdempotentAnswer.objects.update(started_at=clock().system_now() - timedelta(hours=25))

    answer = program.post(RUNS, INK, Idempotency_Key="k")

    assert answer.status_code == 201


def test_when_our_side_breaks_nothing_is_kept_and_the_key_is_free(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = office.calls(office.engineer)

    def broken(*args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("after the run was started")

    with monkeypatch.context() as during:
        during.setattr(views, "run_url", broken)
        assert program.post(RUNS, PENS, Idempotency_Key="k").status_code == 500
        assert api.runs().count() == IdempotentAnswer.objects.count() == 0

    assert program.post(RUNS, PENS, Idempotency_Key="k").status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 256, "caf\u00e9", "tab\there"])
def test_a_key_that_is_none_is_refused(office: Office, key: str) -> None:
    answer = office.calls(office.engineer).post(RUNS, PENS, Idempotency_Key=key)

    assert answer.status_code == 400
    assert api.runs().count() == 0
