"""`manage.py stuck`: what an operator does about messages and events without a page."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command

from orchestration import api
from orchestration.models import AuditEvent, OutboxMessage, ReceivedEvent
from orchestration.runtime import outbox
from tests.support.bench import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def message(monkeypatch: pytest.MonkeyPatch) -> OutboxMessage:
    """One that waits, and goes where its payload says so."""

    def take(payload: dict[str, bool], key: str) -> None:
        if not payload["goes"]:
            raise ConnectionError("nobody listens")

    monkeypatch.setitem(outbox._handlers, "letters", take)
    api.send_later(topic="letters", key="a", payload={"goes": False})
    return OutboxMessage.objects.get()


def stuck(*words: object) -> tuple[int, str]:
    """The exit status, and what was said."""
    said = StringIO()
    try:
        call_command("stuck", *map(str, words), stdout=said, stderr=said)
    except SystemExit as ended:
        return int(str(ended.code)), said.getvalue()
    return 0, said.getvalue()


def on_record() -> list[tuple[str, str]]:
    return list(AuditEvent.objects.order_by("id").values_list("kind", "actor_label"))


def test_a_message_is_sent_once_it_goes_and_says_so_before_and_after(message: OutboxMessage) -> None:
    assert stuck("send", message.pk) == (1, f"{message.pk}: tried, and it is stuck still\n")
    OutboxMessage.objects.update(payload={"goes": True})
    assert stuck("send", message.pk) == (0, f"{message.pk}: sent\n")
    status, said = stuck("send", message.pk)
    assert (status, "There is no message" in said) == (1, True)
    assert on_record() == [("message.sent_by_hand", "Command line")] * 2


def test_each_of_many_is_done_and_what_is_not_there_is_named(message: OutboxMessage) -> None:
    status, said = stuck("drop", 999_999, message.pk, "--reason", "sent by post")
    assert (status, said.splitlines()[1]) == (1, f"{message.pk}: dropped")
    assert not OutboxMessage.objects.exists()
    assert on_record() == [("message.dropped", "Command line")]


def test_a_refused_event_is_tried_again_and_let_go(db: None) -> None:
    refused = ReceivedEvent.objects.create(
        name="invoice.paid", key="I-1", event_id="e1", payload={}, sender="ERP",
        received_at=NOON, stored_at=NOON, refused_at=NOON,
        refusals=[{"workflow": "gone", "message": "It does not fit.", "faults": []}],
    )  # fmt: skip
    stuck("start-event", refused.pk)
    if not api.stuck("event"):  # nothing is there that it could start any more
        ReceivedEvent.objects.update(refused_at=NOON)
    assert stuck("drop-event", refused.pk, "--reason", "paid by hand") == (0, f"{refused.pk}: dropped\n")
    assert stuck("drop-event", refused.pk, "--reason", "paid by hand")[0] == 1
    assert [kind for kind, _ in on_record()] == ["event.tried_again", "event.dropped"]
