"""Events that arrived together: one transaction, and to each of them its own answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import httpx
import pytest
from django.db import OperationalError

from orchestration import api
from orchestration.exceptions import InvalidInput, NotFound
from reviewhub.api.hook_answers import RUNS
from reviewhub.api.hook_route import take
from reviewhub.api.serializers.runs import run_url
from reviewhub.reviews.gateway import DeskGateway
from reviewhub.reviews.models import ReviewTask
from tests.integration.api.office import Office, signed
from tests.support.live_site import LiveSite

FORGED: dict[str, Any] = {"webhook-id": "msg_3"}  # not the id that was signed


def arrived(request: str, message: str, *, path: str = "purchases", amount: float = 12, **wrong: Any) -> api.Arrived:
    body = json.dumps({"request": request, "amount": amount}).encode()
    headers = {name.replace("_", "-"): value for name, value in signed(body, message).items()}
    return api.Arrived(path, {**headers, **wrong}, body)


def runs_of(answers: list[api.Taken | Exception]) -> list[str]:
    assert all(isinstance(answer, api.Started) for answer in answers), answers
    return [answer.run_id for answer in answers if isinstance(answer, api.Started)]


def test_each_event_starts_its_own_run(office: Office) -> None:
    answers = api.accept_webhooks([arrived(f"pens {number}", f"msg_{number}") for number in range(5)])

    assert len(set(runs_of(answers))) == api.runs().count() == 5
    assert set(ReviewTask.objects.values_list("title", flat=True)) == {f"Buy pens {number}" for number in range(5)}
    assert api.verify_audit().ok


def test_what_is_wrong_with_one_is_told_to_it_alone(office: Office) -> None:
    answers = api.accept_webhooks(
        [
            arrived("pens", "msg_1"),
            arrived("ink", "msg_2", **FORGED),
            arrived("ink", "msg_4", amount=-1),
            arrived("ink", "msg_5", path="elsewhere"),
            arrived("paper", "msg_6"),
        ]
    )

    kinds = [type(answer) for answer in answers]
    assert kinds == [api.Started, api.BadSignature, InvalidInput, NotFound, api.Started]
    assert {run.input["request"] for run in api.runs()} == {"pens", "paper"}


def test_the_same_event_twice_among_others_is_one_run(office: Office) -> None:
    answers = api.accept_webhooks([arrived("pens", "msg_1"), arrived("ink", "msg_2"), arrived("pens", "msg_1")])

    first, _other, again = runs_of(answers)
    assert first == again
    assert [answer.reason for answer in answers if isinstance(answer, api.Started)] == ["new", "new", "event"]
    assert api.runs().count() == 2


def test_two_events_about_one_request_among_others_are_one_run(office: Office) -> None:
    answers = api.accept_webhooks([arrived("pens", "msg_1"), arrived("ink", "msg_2"), arrived("pens", "msg_3")])

    first, _other, again = runs_of(answers)
    assert first == again
    assert [answer.reason for answer in answers if isinstance(answer, api.Started)] == ["new", "new", "key"]


def test_one_that_cannot_be_stored_does_not_cost_the_others_theirs(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    opens = DeskGateway.open_many

    def refuses_ink(gateway: DeskGateway, requests: Any) -> None:
        assert "Buy ink" not in [request.title for request in requests], "not this one"
        opens(gateway, requests)

    monkeypatch.setattr(DeskGateway, "open_many", refuses_ink)
    answers = api.accept_webhooks([arrived(name, f"msg_{name}") for name in ("pens", "ink", "paper")])

    assert [type(answer) for answer in answers] == [api.Started, AssertionError, api.Started]
    assert {run.input["request"] for run in api.runs()} == {"pens", "paper"}


def test_a_database_that_is_away_takes_none_of_them(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any) -> None:
        raise OperationalError("the connection is lost")

    monkeypatch.setattr(DeskGateway, "open_many", away)
    with pytest.raises(OperationalError):
        api.accept_webhooks([arrived("pens", "msg_1"), arrived("ink", "msg_2")])

    assert not api.runs().exists()


def test_a_connection_that_was_cut_is_made_anew(office: Office) -> None:
    accept = api.accept_webhooks
    cut = [OperationalError("the connection is lost")]

    def once_cut(events: Any) -> Any:
        if cut:
            raise cut.pop()
        return accept(events)

    with patch("reviewhub.api.hook_route.connection"), patch("reviewhub.api.hook_route.api.accept_webhooks", once_cut):
        answers = take([arrived("pens", "msg_1")])

    assert len(runs_of(answers)) == 1


def test_company_is_cheaper_than_coming_alone(
    office: Office, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    api.accept_webhooks([arrived("pens", "msg_0")])
    events = [arrived(f"pens {number}", f"msg_{number}") for number in range(1, 6)]

    with django_assert_max_num_queries(15):
        answers = api.accept_webhooks(events)

    assert len(runs_of(answers)) == len(events)


def test_the_address_of_a_run_is_the_one_that_the_api_serves() -> None:
    run_id = str(uuid4())
    assert f"{RUNS}{run_id}/" == run_url(run_id)


def test_many_senders_at_once_are_all_answered_over_http(live_site: LiveSite) -> None:
    Office()

    def send(number: int) -> httpx.Response:
        body = json.dumps({"request": f"pens {number}", "amount": 12}).encode()
        headers = {name.replace("_", "-"): value for name, value in signed(body, f"msg_{number}").items()}
        return httpx.post(f"{live_site.url}/hooks/purchases/", content=body, headers=headers, timeout=30)

    with ThreadPoolExecutor(8) as senders:
        answers = list(senders.map(send, range(24)))

    assert {answer.status_code for answer in answers} == {202}
    assert api.runs().count() == 24


@pytest.mark.parametrize(
    ("method", "path", "host", "status", "remark"),
    [
        ("GET", "/hooks/purchases/", "localhost", 405, "only POST is taken"),
        ("POST", "/hooks/purchases", "localhost", 404, "no slash at the end"),
        ("POST", "/hooks//", "localhost", 404, "no name"),
        ("POST", "/hooks/purchases/", "elsewhere.example", 400, "another host's name"),
    ],
)
def test_what_is_no_plain_event_is_answered_as_ever(
    live_site: LiveSite, method: str, path: str, host: str, status: int, remark: str
) -> None:
    Office()
    answer = httpx.request(method, f"{live_site.url}{path}", headers={"Host": host})
    assert answer.status_code == status
