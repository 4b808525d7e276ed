"""Policies that a text names are pinned when the task is created: what is changed later is for tasks to come."""

from __future__ import annotations

from datetime import timedelta

from reviewhub.reviews.models import ReviewTask
from reviewhub.reviews.services.settings import save_calendar, save_escalation_policy, save_sla_policy
from tests.support.bench import OSCAR
from tests.support.desk import Desk

NAMED = """
workflow: named
owner: oscar
input: {type: object}
steps:
  - id: approval
    review: {outcomes: [approve, reject], assign: {queue: finance}, sla: standard, escalate: standard}
"""


def kept(due: str, after: str, opens: str) -> None:
    week = {day: [f"{opens}-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
    save_calendar(name="office", title="Office", zone="UTC", week=week, actor=OSCAR)
    save_sla_policy(name="standard", title="Standard", text=f"{{due: {due}, calendar: office}}", actor=OSCAR)
    chain = f"[{{after: {after}, business: true, to: {{backup_of: queue}}}}]"
    save_escalation_policy(name="standard", title="Standard", text=chain, actor=OSCAR)


def started(desk: Desk) -> ReviewTask:
    return ReviewTask.objects.get(run_id=desk.bench.start("named"))


def test_a_task_keeps_the_policies_that_it_was_created_with(desk: Desk) -> None:
    kept(due="2h", after="4h", opens="09:00")  # it is Monday noon
    desk.bench.publish(NAMED)
    before = started(desk)
    kept(due="1h", after="1h", opens="08:00")
    after = started(desk)
    assert before.policies == {"sla:standard": 1, "escalation:standard": 1, "calendar:office": 1}
    assert after.policies == {"sla:standard": 2, "escalation:standard": 2, "calendar:office": 2}
    desk.bench.clock.forward(hours=1)
    desk.bench.sweep()
    levels = dict(ReviewTask.objects.values_list("pk", "level"))
    assert levels == {before.pk: 0, after.pk: 1}
    assert before.due_at is not None
    assert before.due_at - before.created_at == timedelta(hours=2)
