"""What is stuck, over the API."""

from __future__ import annotations

import pytest

from orchestration import api
from orchestration.models import OutboxMessage, ReceivedEvent
from orchestration.runtime import outbox
from reviewhub.accounts.services import grant_role
from tests.integration.api.office import Office
from tests.support.bench import NOON

STUCK = "/api/v1/stuck/"


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch) -> list[OutboxMessage]:
    """Messages that could not be sent."""

    def refuse(payload: object, key: str) -> None:
        raise ConnectionError("nobody listens")

    monkeypatch.setitem(outbox._handlers, "letters", refuse)
    for key in "abc":
        api.send_later(topic="letters", key=key, payload={})
    outbox.send_due()
    return list(OutboxMessage.objects.order_by("pk"))


def test_messages_are_listed_page_by_page(office: Office, letters: list[OutboxMessage]) -> None:
    program = office.calls(office.engineer)
    first = program.get(f"{STUCK}?kind=message&limit=2").json()
    assert [item["id"] for item in first["items"]] == [str(letter.pk) for letter in letters[:2]]
    assert "nobody listens" in first["items"][0]["why"]
    rest = program.get(first["next"]).json()
    assert ([item["id"] for item in rest["items"]], rest["next"]) == ([str(letters[2].pk)], None)


def test_a_message_is_sent_and_dropped(office: Office, letters: list[OutboxMessage]) -> None:
    program = office.calls(office.engineer)
    assert program.post(f"{STUCK}messages/{letters[0].pk}/sending/").json() == {"sent": False}
    assert program.post(f"{STUCK}messages/{letters[0].pk}/dropping/", {}).status_code == 422
    assert program.post(f"{STUCK}messages/{letters[0].pk}/dropping/", {"reason": "old"}).status_code == 204
    assert program.post(f"{STUCK}messages/{letters[0].pk}/dropping/", {"reason": "old"}).status_code == 404
    assert OutboxMessage.objects.count() == 2


def test_a_refused_event_is_tried_again_and_dropped(office: Office) -> None:
    refused = ReceivedEvent.objects.create(
        name="invoice.paid", key="I-1", event_id="e1", payload={}, sender="ERP",
        received_at=NOON, stored_at=NOON, refused_at=NOON,
        refusals=[{"workflow": "gone", "message": "It does not fit.", "faults": []}],
    )  # fmt: skip
    program = office.calls(office.engineer)
    (item,) = program.get(f"{STUCK}?kind=event").json()["items"]
    assert (item["id"], item["why"]) == (str(refused.pk), "It did not start gone: It does not fit.")
    dropping = f"{STUCK}events/{refused.pk}/dropping/"
    assert program.post(dropping, {}).status_code == 422
    assert office.calls(office.alice).post(dropping, {"reason": "no"}).status_code == 403
    assert program.post(f"{STUCK}events/{refused.pk}/starting/").json() == {"started": True}  # nothing asks for it now
    assert program.post(dropping, {"reason": "old"}).status_code == 404


def test_who_may_not_is_refused(office: Office, letters: list[OutboxMessage]) -> None:
    assert office.calls(office.alice).get(f"{STUCK}?kind=message").status_code == 403
    grant_role(person=office.alice, role="auditor", workflow="", actor=api.SYSTEM)
    assert office.calls(office.alice).get(f"{STUCK}?kind=message").status_code == 200
    assert office.calls(office.alice).post(f"{STUCK}messages/{letters[0].pk}/sending/").status_code == 403
