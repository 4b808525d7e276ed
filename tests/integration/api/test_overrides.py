"""Who may export decisions."""

from __future__ import annotations

import json

import pytest

from reviewhub.reviews.services import decide_task
from tests.integration.api.office import Office


@pytest.mark.parametrize(
    ("who", "query", "status"),
    [
        ("alice", "", 403),
        ("alice", "?workflow=purchase", 403),
        ("oscar", "", 403),  # of all workflows he owns one
        ("oscar", "?workflow=purchase", 200),
        ("auditor", "", 200),
        ("auditor", "?workflow=nowhere", 200),
        ("auditor", "?since=yesterday", 422),
    ],
)
def test_an_auditor_reads_all_and_an_owner_their_own(office: Office, who: str, query: str, status: int) -> None:
    office.mallory.grants.create(role="auditor", granted_by="test")
    person = office.mallory if who == "auditor" else getattr(office, who)
    assert office.calls(person).get(f"/api/v1/overrides/{query}").status_code == status


def test_it_is_an_object_a_line(office: Office) -> None:
    task = office.task()
    decide_task(task_id=task.pk, actor=office.alice, outcome="destroy", confirmed=True)
    answer = office.calls(office.oscar).get("/api/v1/overrides/?workflow=purchase")
    assert answer["Content-Type"] == "application/x-ndjson"
    (line,) = answer.content.decode().splitlines()
    assert json.loads(line)["outcome"] == "destroy"
