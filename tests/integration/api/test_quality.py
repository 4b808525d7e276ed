"""How alike a queue decides, over the API."""

from __future__ import annotations

from orchestration import api
from reviewhub.reviews.models import ReviewTask
from tests.integration.api.office import Office


def test_leads_and_auditors_read_how_alike_a_queue_decides(office: Office) -> None:
    (found,) = office.calls(office.carol).get("/api/v1/quality/").json()["items"]
    assert found["queue"] == "finance"
    assert found["agreement"] == {"pairs": 0, "same": 0, "kappa": None, "low": None, "high": None}
    assert office.calls(office.alice).get("/api/v1/quality/").json() == {"items": []}
    assert office.calls(office.engineer, kind="service").get("/api/v1/quality/").status_code == 403


def test_a_lead_marks_lists_and_retires_known_answers(office: Office) -> None:
    task, other = office.task("pens"), office.task("paper")
    address, carol = f"/api/v1/tasks/{task.pk}/known-answer/", office.calls(office.carol)
    assert carol.put(address, {"outcome": "reject"}).status_code == 422  # it is open
    ReviewTask.objects.filter(pk__in=(task.pk, other.pk)).update(status="closed", closed_at=task.created_at)
    assert office.calls(office.alice).put(address, {"outcome": "reject"}).status_code == 403
    assert office.calls(office.mallory).put(address, {"outcome": "reject"}).status_code == 404
    assert office.calls(office.engineer, kind="service").put(address, {"outcome": "reject"}).status_code == 403
    marked = carol.put(address, {"outcome": "reject"}).json()
    assert (marked["outcome"], marked["given"], marked["marked_by"]["username"]) == ("reject", 0, "carol")
    assert carol.put(address, {"outcome": "perhaps"}).status_code == 422
    carol.put(f"/api/v1/tasks/{other.pk}/known-answer/", {"outcome": "approve"})
    page = carol.get("/api/v1/known-answers/?limit=1&queue=finance").json()
    assert [each["title"] for each in page["items"]] == ["Buy paper"]
    assert [each["title"] for each in carol.get(page["next"]).json()["items"]] == ["Buy pens"]
    assert carol.get("/api/v1/known-answers/?queue=elsewhere").json()["items"] == []
    assert office.calls(office.alice).get("/api/v1/known-answers/").json()["items"] == []
    assert carol.delete(address).status_code == 204
    assert [each["title"] for each in carol.get("/api/v1/known-answers/").json()["items"]] == ["Buy paper"]
    kinds = [entry.kind for entry in api.chain_entries("queue:finance")]
    assert kinds[-3:] == ["queue.known_answer_marked", "queue.known_answer_marked", "queue.known_answer_removed"]
