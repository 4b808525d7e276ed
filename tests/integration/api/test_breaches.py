"""Missed due times, over the API."""

from __future__ import annotations

from datetime import timedelta

from reviewhub.reviews.gateway import DeskGateway
from reviewhub.reviews.models import ReviewTask
from tests.integration.api.office import Office
from tests.support.bench import NOON

BREACHES = "/api/v1/breaches/"


def late(office: Office, request: str = "pens") -> ReviewTask:
    task = office.task(request)
    ReviewTask.objects.filter(pk=task.pk).update(due_at=NOON)
    DeskGateway().warn(str(task.run_id), task.key, "breach", NOON + timedelta(minutes=1))
    return task


def test_they_are_listed_with_their_cause_newest_first_page_by_page(office: Office) -> None:
    tasks = [late(office, f"pens {number}") for number in range(3)]
    lead = office.calls(office.engineer)
    office.queue.memberships.create(person=office.engineer, role="lead")
    first = lead.get(f"{BREACHES}?limit=2&open=true").json()
    rest = lead.get(first["next"]).json()
    shown = [*first["items"], *rest["items"]]
    assert [item["task_id"] for item in shown] == [str(task.pk) for task in reversed(tasks)]
    assert (shown[0]["cause"], shown[0]["holder"], shown[0]["kind"]) == ("unclaimed", None, "task")
    assert lead.get(f"{BREACHES}?cause=claimed").json()["items"] == []


def test_who_leads_nothing_sees_none(office: Office) -> None:
    late(office)
    assert office.calls(office.engineer).get(BREACHES).json() == {"items": [], "next": None}
