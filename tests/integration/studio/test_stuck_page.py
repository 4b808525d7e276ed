"""What is stuck: told with its reason, and what can be done about it, by whom."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orchestration import api
from orchestration.exceptions import PermanentError, TransientError
from orchestration.models import LimitSetting, OutboxMessage, ReceivedEvent, Run, StepRun, WorkflowVersion
from orchestration.runtime import limits, outbox
from orchestration.runtime import tools as registry
from tests.support.bench import NOON
from tests.support.studio import Studio

WANTS_A_SUM = """
workflow: wants-a-sum
input: {type: object, required: [sum], properties: {sum: {type: number}}}
triggers: [{event: invoice.paid}]
steps: [{end: done}]
"""


def text(office: Studio, address: str = "/stuck/", who: str = "olga") -> str:
    return office.at(who).get(address).content.decode()


@pytest.fixture
def letter(office: Studio, monkeypatch: pytest.MonkeyPatch) -> OutboxMessage:
    """A message that could not be sent."""

    def refuse(payload: object, key: str) -> None:
        raise ConnectionError("nobody listens")

    monkeypatch.setitem(outbox._handlers, "letters", refuse)
    api.send_later(topic="letters", key="a", payload={"text": "hello"})
    outbox.send_due()
    return OutboxMessage.objects.get()


def failed(office: Studio, request: str = "pens") -> Run:
    office.order.script = [PermanentError("No such cost centre.")]
    run = office.start(request)
    office.decide(run, "approve")
    return run


def test_nothing_is_stuck_and_that_is_said(office: Studio) -> None:
    office.start()
    assert "Nothing is stuck" in text(office)
    assert "Nothing of this kind" in text(office, "/stuck/?kind=run")


def test_a_failed_step_is_told_with_its_error_and_leads_to_its_task(office: Studio) -> None:
    failed(office)
    html = text(office)
    assert "No such cost centre." in html
    assert "/tasks/" in html


def test_a_message_is_told_with_its_last_error_and_can_be_sent_by_hand(
    office: Studio, letter: OutboxMessage, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "nobody listens" in text(office)
    monkeypatch.setitem(outbox._handlers, "letters", lambda payload, key: None)
    office.at("olga").post(f"/stuck/messages/{letter.pk}/sending/")
    assert not OutboxMessage.objects.exists()
    (entry,) = api.chain_entries("outbox:letters")
    assert (entry.kind, entry.data["sent"]) == ("message.sent_by_hand", True)


def test_a_message_is_dropped_with_a_reason_and_what_it_said_is_kept(office: Studio, letter: OutboxMessage) -> None:
    dropping = f"/stuck/messages/{letter.pk}/dropping/"
    office.at("erin").post(dropping, {"reason": " "})
    assert OutboxMessage.objects.exists()
    office.at("erin").post(dropping, {"reason": "sent by post"})
    assert not OutboxMessage.objects.exists()
    (entry,) = api.chain_entries("outbox:letters")
    assert (entry.kind, entry.data["reason"], entry.values) == (
        "message.dropped",
        "sent by post",
        {"payload": {"text": "hello"}},
    )
    assert "no message" in office.at("erin").post(dropping, {"reason": "again"}, follow=True).content.decode()


@pytest.fixture
def refused(office: Studio) -> ReceivedEvent:
    """An event that should have started a run, and does not fit the workflow's input."""
    office.publish(WANTS_A_SUM)
    api.send_event(name="invoice.paid", key="I-<1>", payload={}, actor=api.SYSTEM, event_id="e1")
    outbox.send_due()
    return ReceivedEvent.objects.get()


def test_an_event_that_was_refused_is_told_with_every_fault_and_tried_again(
    office: Studio, refused: ReceivedEvent
) -> None:
    assert "It did not start wants-a-sum: /: &#x27;sum&#x27; is a required property" in text(office)
    starting = f"/stuck/events/{refused.pk}/starting/"
    assert "refused this time too" in office.at("olga").post(starting, follow=True).content.decode()
    office.publish(WANTS_A_SUM.replace("required: [sum], ", ""))
    assert "Its run is started." in office.at("olga").post(starting, follow=True).content.decode()
    assert Run.objects.get().source == "event:invoice.paid"
    assert "no refused event" in office.at("olga").post(starting, follow=True).content.decode()


def test_a_refused_event_is_dropped_with_a_reason_by_those_who_may(office: Studio, refused: ReceivedEvent) -> None:
    dropping = f"/stuck/events/{refused.pk}/dropping/"
    assert office.at("ada").post(dropping, {"reason": "no"}).status_code == 403
    assert "Say why" in office.at("erin").post(dropping, {"reason": " "}, follow=True).content.decode()
    assert (
        "starts nothing any more"
        in office.at("erin").post(dropping, {"reason": "a test"}, follow=True).content.decode()
    )
    assert not api.stuck("event")


def test_a_queue_that_no_worker_serves_is_told(office: Studio) -> None:
    office.start(works=False)
    assert "No worker serves the queue tools." in text(office)
    api.beat(api.heart_of("tools"))
    assert "No worker serves" not in text(office)


def test_a_run_that_nothing_moves_on_is_told(office: Studio) -> None:
    run = office.start(works=False)
    StepRun.objects.filter(run=run, status="ready").delete()
    assert "no step, timer, review or event will move it on" in text(office)


def test_many_runs_that_nothing_moves_on_cost_no_more_statements_than_one(office: Studio) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as made:
            assert "no step, timer, review or event will move it on" in text(office)
        return len(made)

    run = office.start(works=False)
    StepRun.objects.filter(run=run, status="ready").delete()
    statements()
    few = statements()
    for number in range(5):
        run = office.start(f"ink-{number}", works=False)
        StepRun.objects.filter(run=run, status="ready").delete()
    assert statements() == few <= 20
    assert api.stuck_counts()["run"] == 6


def test_a_tool_that_is_not_here_is_told(office: Studio) -> None:
    office.start()
    del registry._registered["erp.order@1"]
    assert "erp.order@1" in text(office)


def test_who_may_see_and_who_may_act(office: Studio, letter: OutboxMessage) -> None:
    assert "Send now" not in text(office, who="ada")  # an auditor reads
    assert office.at("ada").post(f"/stuck/messages/{letter.pk}/sending/").status_code == 403
    assert office.at("alice").get("/stuck/").status_code == 403
    assert OutboxMessage.objects.exists()


def test_every_failed_step_stands_on_exactly_one_page_and_hundreds_cost_no_more_statements(office: Studio) -> None:
    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as made:
            text(office, "/stuck/?kind=incident")
        return len(made)

    failed(office)
    few = statements()
    version = WorkflowVersion.objects.get(number=1)
    runs = Run.objects.bulk_create(
        Run(workflow=version.workflow, version=version, input={}, source="api", started_at=NOON) for _ in range(230)
    )
    StepRun.objects.bulk_create(
        StepRun(
            run=run, path="x", step_id=f"step-{number:03}", kind="tool", status="incident", position=1,
            started_at=NOON + timedelta(seconds=number), error={"message": "no"},
        )
        for number, run in enumerate(runs)
    )  # fmt: skip
    assert statements() <= few
    seen, after = 0, ""
    while True:
        found = api.stuck("incident", after=after)
        if not found:
            break
        seen, after = seen + len(found), found[-1].id
    assert seen == 231
    assert "More of these" in text(office, "/stuck/?kind=incident")


def test_the_command_tells_the_same_and_its_status_says_whether_there_is_anything(office: Studio) -> None:
    out = StringIO()
    call_command("runs", "stuck", stdout=out)
    assert "Nothing is stuck." in out.getvalue()
    failed(office)
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("runs", "stuck", "--json", stdout=out)
    assert json.loads(out.getvalue())["counts"]["incident"] == 1


def test_the_page_of_limits_tells_where_each_stands(office: Studio) -> None:
    assert "No limits" in text(office, "/limits/")
    LimitSetting.objects.create(subject="tool:erp.order", calls=2, seconds=60, concurrency=3, failures=1)
    limits.refresh()
    try:
        office.order.script = [TransientError("down")]
        for request in ("pens", "ink"):
            office.decide(office.start(request), "approve")
        html = text(office, "/limits/")
        assert "Left alone" in html
        assert "0 under way of 3 at a time, 1 of 2 calls left" in html
        assert "Waiting: 1 for the breaker." in html
        (figure,) = api.limit_figures()
        assert (figure.breaker, figure.admitted, figure.deferred, figure.opened) == ("open", 1, 1, 1)
        renewed = office.at("olga").get("/limits/", headers={"HX-Request": "true"}).content.decode()
        assert renewed.lstrip().startswith('<div id="figures"')
        assert "Waiting: 1 for the breaker." in renewed
        assert office.at("alice").get("/limits/").status_code == 403
    finally:
        LimitSetting.objects.all().delete()
        limits.refresh()


def test_calls_are_counted_by_tool_and_outcome(office: Studio) -> None:
    def counted() -> dict[tuple[str, str], int]:
        return {(figure.tool, figure.outcome): figure.calls for figure in api.call_figures()}

    before = counted()
    failed(office)
    after = counted()
    for key in (("erp.order@1", "permanent"), ("finance.budget@1", "succeeded")):
        assert after[key] == before.get(key, 0) + 1
