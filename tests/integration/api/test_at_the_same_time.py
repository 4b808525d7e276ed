"""Many requests at once: one run, one answer, one comment. Threads meet on the test's database, whichever it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from orchestration import api
from reviewhub.reviews.models import Comment, Decision
from tests.integration.api.office import Caller, Office, signed

PENS = b'{"request": "pens", "amount": 12}'
THREADS = 6


@pytest.fixture
def office(transactional_db: None) -> Office:
    return Office()


def _at_once(act: Callable[[int], Any]) -> list[Any]:
    barrier = Barrier(THREADS)

    def one(number: int) -> Any:
        barrier.wait()
        try:
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(one, range(THREADS)))


def test_one_event_sent_many_times_at_once_starts_one_run(office: Office) -> None:
    headers = signed(PENS)

    answers = _at_once(lambda _: Caller().post("/hooks/purchases/", PENS, **headers))

    assert Counter(answer.status_code for answer in answers) == {202: 1, 200: THREADS - 1}
    assert len({answer.json()["run_id"] for answer in answers}) == 1
    assert api.runs().count() == 1
    assert api.verify_audit().ok


def test_several_events_about_one_request_at_once_start_one_run(office: Office) -> None:
    headers = [signed(PENS, f"msg_{number}") for number in range(THREADS)]

    answers = _at_once(lambda number: Caller().post("/hooks/purchases/", PENS, **headers[number]))

    assert Counter(answer.status_code for answer in answers) == {202: 1, 200: THREADS - 1}
    assert api.runs().count() == 1


def test_one_key_sent_many_times_at_once_acts_once(office: Office) -> None:
    task = office.task()
    secret = office.token(office.alice)[1]

    def say(_: int) -> Any:
        alice = Caller({"Authorization": f"Bearer {secret}"})
        return alice.post(f"/api/v1/tasks/{task.pk}/comments/", {"text": "once"}, Idempotency_Key="k")

    answers = _at_once(say)

    assert {answer.status_code for answer in answers} <= {201, 409}
    assert 201 in {answer.status_code for answer in answers}
    assert Comment.objects.count() == 1


def test_many_decisions_at_once_are_one(office: Office) -> None:
    task = office.task()
    secrets = [office.token(who)[1] for who in (office.alice, office.bob, office.carol) for _ in range(2)]

    def decide(number: int) -> Any:
        caller = Caller({"Authorization": f"Bearer {secrets[number]}"})
        return caller.post(f"/api/v1/tasks/{task.pk}/decision/", {"outcome": "approve"}, If_Match='"1"')

    answers = _at_once(decide)

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: THREADS - 1}
    assert Decision.objects.count() == 1
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert refused.json()["happened"]["status"] in ("decided", "closed")
