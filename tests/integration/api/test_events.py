"""Events over the API: told to whoever waits, once."""

from __future__ import annotations

from orchestration.models import ReceivedEvent
from tests.integration.api.office import Office

EVENTS = "/api/v1/events/"
PAID = {"name": "invoice.paid", "key": "R-1", "event_id": "e-1", "payload": {"sum": 3}}


def test_an_event_is_taken_in_once(office: Office) -> None:
    program = office.calls(office.engineer)
    first, again = program.post(EVENTS, PAID), program.post(EVENTS, PAID)

    assert (first.status_code, again.status_code) == (202, 200)
    assert first.json() == {"event_id": "e-1", "created": True, "runs": []}
    assert again.json() == {"event_id": "e-1", "created": False, "runs": []}
    assert ReceivedEvent.objects.get().payload == {"sum": 3}


def test_a_request_sent_twice_under_one_key_sends_one_event(office: Office) -> None:
    without_id = {name: value for name, value in PAID.items() if name != "event_id"}
    program = office.calls(office.engineer)
    first = program.post(EVENTS, without_id, Idempotency_Key="k-1")
    again = program.post(EVENTS, without_id, Idempotency_Key="k-1")

    assert first.json() == again.json()
    assert ReceivedEvent.objects.count() == 1


def test_who_may_not_send_events_is_refused(office: Office) -> None:
    for who in (office.alice, office.mallory):
        assert office.calls(who).post(EVENTS, PAID).status_code == 403
    assert not ReceivedEvent.objects.exists()


def test_a_name_that_is_none_is_named_by_its_path(office: Office) -> None:
    answer = office.calls(office.engineer).post(EVENTS, {**PAID, "name": "Invoice paid"})

    assert answer.status_code == 422
    assert [fault["path"] for fault in answer.json()["errors"]] == ["/name"]
