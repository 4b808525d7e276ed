"""How alike a queue decides, over the API."""

from __future__ import annotations

from tests.integration.api.office import Office


def test_leads_and_auditors_read_how_alike_a_queue_decides(office: Office) -> None:
    (found,) = office.calls(office.carol).get("/api/v1/quality/").json()["items"]
    assert found["queue"] == "finance"
    assert found["agreement"] == {"pairs": 0, "same": 0, "kappa": None, "low": None, "high": None}
    assert office.calls(office.alice).get("/api/v1/quality/").json() == {"items": []}
    assert office.calls(office.engineer, kind="service").get("/api/v1/quality/").status_code == 403
