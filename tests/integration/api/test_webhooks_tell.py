"""Signed webhooks that tell runs what they wait for: both ways in, once, and nothing that does not fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from orchestration import api
from orchestration.exceptions import InvalidInput
from orchestration.models import OutboxMessage, ReceivedEvent
from orchestration.runtime import outbox
from reviewhub.api.hook_answers import HookAnswer, answer_to
from tests.integration.api.office import Caller, Office, signed

WAITS = """
workflow: settlement
input: {type: object, required: [invoice], properties: {invoice: {type: string}}}
triggers:
  - webhook:
      path: payments
      secret: shop
      event:
        name: invoice.paid
        key: ${ message.payload.invoice }
        schema: {type: object, required: [invoice], properties: {invoice: {type: string}, amount: {type: number}}}
  - webhook: {path: counted, secret: shop, event: {name: invoice.paid, key: "${ message.payload.number }"}}
steps:
  - {id: paid, wait: {event: invoice.paid, key: "${ input.invoice }"}}
  - {end: settled}
"""
PAID = b'{"invoice": "I-1", "amount": 12}'


@dataclass(frozen=True)
class Answer:
    status: int
    said: Any


def by_django(stranger: Caller) -> Callable[..., Answer]:
    def send(body: bytes, message: str = "msg_1", path: str = "payments") -> Answer:
        answer = stranger.post(f"/hooks/{path}/", body, **signed(body, message))
        return Answer(answer.status_code, answer.json())

    return send


def as_the_route_does(_: Caller) -> Callable[..., Answer]:
    def send(body: bytes, message: str = "msg_1", path: str = "payments") -> Answer:
        headers = {name.replace("_", "-"): value for name, value in signed(body, message).items()}
        (taken,) = api.accept_webhooks([api.Arrived(path, headers, body)])
        made: HookAnswer = answer_to(taken, path)
        return Answer(made.status, {**made.said, "runs": list(made.said.get("runs", ()))})

    return send


@pytest.fixture(params=[by_django, as_the_route_does])
def send(request: pytest.FixtureRequest, office: Office, stranger: Caller) -> Callable[..., Answer]:
    api.publish_workflow(text=WAITS, note="first", actor=api.SYSTEM)
    way: Callable[..., Answer] = request.param(stranger)
    return way


def settlement(invoice: str = "I-1") -> str:
    return api.start_run(workflow="settlement", input={"invoice": invoice}, actor=api.SYSTEM, source="api").run_id


def deliver() -> None:
    while OutboxMessage.objects.exists() and outbox.send_due():
        pass


def test_a_signed_message_moves_on_the_run_that_waits_and_the_answer_names_it(send: Callable[..., Answer]) -> None:
    runs = [settlement("I-1"), settlement("I-2")]
    answer = send(PAID)
    assert (answer.status, answer.said) == (202, {"event_id": "payments:msg_1", "created": True, "runs": [runs[0]]})
    deliver()
    assert [api.run_state(run).outcome for run in runs] == ["settled", ""]
    assert api.run_state(runs[0]).steps["paid"].result["payload"] == {"invoice": "I-1", "amount": 12.0}
    assert ReceivedEvent.objects.get().sender == "Webhook payments"


def test_the_same_message_twice_counts_once_and_names_who_took_it(send: Callable[..., Answer]) -> None:
    run = settlement()
    send(PAID)
    deliver()
    later = settlement()
    again = send(PAID)
    with_another_body = send(b'{"amount": "much"}')
    told = {"event_id": "payments:msg_1", "created": False, "runs": sorted([run, later])}
    assert [(answer.status, answer.said) for answer in (again, with_another_body)] == [(200, told)] * 2
    deliver()
    assert api.run_state(later).steps["paid"].status == "waiting"


def test_a_message_that_nobody_waits_for_yet_is_kept_for_a_wait_that_comes(send: Callable[..., Answer]) -> None:
    assert send(PAID).said["runs"] == []
    deliver()
    assert ReceivedEvent.objects.get().key == "I-1"
    assert not api.runs().filter(workflow__name="settlement").exists()


def test_the_same_id_at_two_addresses_is_two_messages_and_a_number_is_a_key(send: Callable[..., Answer]) -> None:
    run = settlement("7")
    assert send(PAID).status == 202
    assert send(b'{"number": 7.0}', path="counted").said["runs"] == [run]
    long = "x" * 255
    assert send(b'{"number": 7}', long, path="counted").said["created"]
    assert send(b'{"number": 7}', long, path="counted").said["created"] is False
    assert send(b'{"number": 7}', "y" * 255, path="counted").said["created"]


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("payments", b'{"amount": 1}', "'invoice' is a required property"),
        ("payments", b'{"invoice": "", "amount": 1}', "The event's key cannot be made"),
        ("counted", b'{"number": [1]}', "The event's key cannot be made"),
        ("counted", b"{}", "The event's key cannot be made"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_faults_and_leaves_nothing(
    send: Callable[..., Answer], path: str, body: bytes, said: str
) -> None:
    answer = send(body, path=path)
    assert (answer.status, answer.said["errors"][0]["path"]) == (422, "/")
    assert answer.said["errors"][0]["message"].startswith(said)
    assert not ReceivedEvent.objects.exists()


def test_a_message_that_is_not_signed_is_refused(office: Office, stranger: Caller) -> None:
    api.publish_workflow(text=WAITS, note="first", actor=api.SYSTEM)
    answer = stranger.post("/hooks/payments/", PAID, **{**signed(PAID), "webhook_id": "msg_2"})
    assert answer.status_code == 401
    assert not ReceivedEvent.objects.exists()


def test_events_and_starts_that_come_together_are_each_answered(office: Office) -> None:
    api.publish_workflow(text=WAITS, note="first", actor=api.SYSTEM)
    bodies = [("payments", PAID), ("purchases", b'{"request": "pens", "amount": 1}'), ("payments", b"{}")]
    arrived = []
    for number, (path, body) in enumerate(bodies):
        headers = {name.replace("_", "-"): value for name, value in signed(body, f"msg_{number}").items()}
        arrived.append(api.Arrived(path, headers, body))
    assert [type(answer) for answer in api.accept_webhooks(arrived)] == [api.Sent, api.Started, InvalidInput]
