"""Who is told that a run, or a step of it, may be late or is late."""

from __future__ import annotations

from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from orchestration import api
from orchestration.ports import SYSTEM
from orchestration.runtime import outbox
from reviewhub.accounts.models import RoleGrant
from reviewhub.accounts.services import grant_role
from reviewhub.notifications.models import Notice
from tests.support.cast import person
from tests.support.desk import Desk

RESTOCK = """
workflow: restock
title: Restock
OWNER
input: {type: object, properties: {n: {type: string}}}
key: {is: "${ input.n }"}
sla: {due: 8h}
steps:
  - id: delivery
    sla: {due: 4h}
    wait: {event: delivered, key: "${ input.n }"}
"""


def starts(desk: Desk, owner: str = "owner: oscar") -> str:
    desk.bench.publish(RESTOCK.replace("OWNER", owner))
    return desk.bench.start("restock", n="R-1")


def passes(desk: Desk, **span: float) -> list[tuple[str, str, str]]:
    desk.bench.clock.forward(**span)
    desk.bench.sweep()
    return list(Notice.objects.order_by("pk").values_list("person__username", "kind", "path"))


def test_the_owner_is_told_before_a_step_and_its_run_are_late_and_when_they_are(desk: Desk) -> None:
    starts(desk)
    assert passes(desk, hours=2.5) == []  # half is on record, and that is all
    assert passes(desk, hours=1) == [("oscar", "at_risk", "delivery")]
    assert passes(desk, hours=5)[1:] == [
        ("oscar", "late", "delivery"),
        ("oscar", "at_risk", ""),
        ("oscar", "late", ""),
    ]


def test_each_is_told_once_in_words_with_the_way_to_the_step(desk: Desk) -> None:
    run_id = starts(desk)
    passes(desk, hours=5)
    risk, late = Notice.objects.order_by("pk")
    assert (
        risk.text == "Three quarters of the time for the step “delivery” are gone. It waits for the end of “delivery”."
    )
    assert late.subject == "Restock: R-1"
    assert late.address == f"/runs/{run_id}/?step=delivery"
    assert late.due == late.due_at


def test_the_mail_says_what_is_late_and_when_it_was_due_in_the_readers_zone(desk: Desk) -> None:
    desk.people.oscar.zone = "Europe/Helsinki"
    desk.people.oscar.save()
    starts(desk)
    passes(desk, hours=5)
    outbox.send_due()
    risk, late = mail.outbox
    assert isinstance(late, EmailMultiAlternatives)
    assert (risk.subject, late.subject) == ("May be late: Restock: R-1", "Is late: Restock: R-1")
    assert "(Europe/Helsinki)" in str(late.body)
    assert "?step=delivery" in str(late.body)
    assert "Open the run" in str(late.alternatives[0])


def test_where_a_workflow_has_no_owner_the_operators_are_told(desk: Desk) -> None:
    olga = person("olga")
    grant_role(person=olga, role=RoleGrant.Role.OPERATOR, workflow="", actor=SYSTEM)
    starts(desk, owner="")
    assert passes(desk, hours=3) == [("olga", "at_risk", "delivery")]


def test_a_run_that_is_done_in_time_tells_nobody(desk: Desk) -> None:
    starts(desk)
    desk.bench.clock.forward(hours=1)
    api.send_event(name="delivered", key="R-1", event_id="e", payload={}, actor=SYSTEM)
    outbox.send_due()
    assert passes(desk, hours=9) == []


def test_a_notice_about_a_run_leads_to_its_page_and_is_read_then(desk: Desk) -> None:
    run_id = starts(desk)
    passes(desk, hours=3)
    notice = Notice.objects.get()
    page = Client()
    page.force_login(desk.people.oscar)
    assert "Restock: R-1" in page.get("/notices/").content.decode()
    assert page.get(f"/notices/{notice.pk}/").headers["Location"] == f"/runs/{run_id}/?step=delivery"
    notice.refresh_from_db()
    assert notice.read_at is not None
