"""Queues over the API: what a lead may, by the same door as on the pages."""

from __future__ import annotations

from reviewhub.reviews.models import Queue, QueueMembership
from tests.integration.api.office import Office

QUEUE = "/api/v1/queues/finance/"


def _lead(office: Office) -> None:
    queue = Queue.objects.get(slug="finance")
    QueueMembership.objects.update_or_create(queue=queue, person=office.alice, defaults={"role": "lead"})


def test_whoever_does_not_lead_finds_no_queue(office: Office) -> None:
    Queue.objects.update(manager=None)
    QueueMembership.objects.update(role="reviewer")
    alice = office.calls(office.alice)
    assert alice.get("/api/v1/queues/").json() == {"items": [], "next": None}
    assert alice.get(QUEUE).status_code == 404
    assert alice.post(f"{QUEUE}hold/", {"reason": "no"}).status_code == 404


def test_a_lead_sees_holds_and_hands_over(office: Office) -> None:
    _lead(office)
    task = office.task("pens")
    alice = office.calls(office.alice)
    shown = alice.get(QUEUE).json()
    assert shown["waiting"]["all"] == 1
    assert [each["id"] for each in shown["next_breaches"]] == [str(task.pk)]
    assert "alice" in {each["person"]["username"] for each in shown["people"]}
    stale = {"tasks": [str(task.pk)], "to": "alice", "versions": {str(task.pk): task.version + 1}}
    assert "has changed since" in alice.post(f"{QUEUE}handovers/", stale).json()["held_back"][0]["why"]
    handed = alice.post(
        f"{QUEUE}handovers/", {"tasks": [str(task.pk)], "to": "alice", "versions": {str(task.pk): task.version}}
    ).json()
    assert handed == {"tasks": [str(task.pk)], "held_back": []}
    assert alice.post(f"{QUEUE}handovers/", {"tasks": [str(task.pk)], "to": "nobody"}).status_code == 422
    nudged = alice.post(f"{QUEUE}nudges/", {"tasks": [str(task.pk)]}).json()
    assert (nudged["tasks"], [each["task"] for each in nudged["held_back"]]) == ([], [str(task.pk)])  # it is her own
    held = alice.post(f"{QUEUE}hold/", {"reason": "Moving"}).json()
    assert (held["hold_reason"], held["held_by"]) == ("Moving", office.alice.display_name)
    assert alice.delete(f"{QUEUE}hold/").json()["held_at"] is None
    stopped = alice.post(f"{QUEUE}outage/", {"reason": "Down"})
    assert (stopped.status_code, stopped.json()["clocks_stopped_for"]) == (202, "Down")
    assert alice.delete(f"{QUEUE}outage/").json()["clocks_stopped_at"] is None
    assert alice.post(f"{QUEUE}pull-only/").json()["pull_only"] is True
    assert alice.delete(f"{QUEUE}pull-only/").json()["pull_only"] is False
    span = {"starts_at": "2040-01-01T00:00:00Z", "ends_at": "2040-01-02T00:00:00Z"}
    away = alice.post(f"{QUEUE}absences/", {"person": "alice", **span})
    assert away.status_code == 201
    assert alice.delete(f"{QUEUE}absences/{away.json()['id']}/").status_code == 204
    assert alice.delete(f"{QUEUE}absences/{away.json()['id']}/").status_code == 404
