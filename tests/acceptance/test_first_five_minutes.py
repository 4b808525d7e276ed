"""The first five minutes of a new user, over real HTTP, with real processes and a clock that runs faster still."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest

from orchestration import api
from reviewhub.demo.models import Mail, Order
from reviewhub.reviews.models import Assignment
from tests.support.demo_visitor import DemoVisitor, until
from tests.support.installation import Installation

WAITING = ("Omnipart Trading", "Halden Instruments", "Ines Duarte")


def ordered(supplier: str) -> str:
    return next((order.number for order in Order.objects.filter(supplier=supplier)), "")


def reached(task: str) -> str:
    """The roles that escalation has reached, once all three have been."""
    roles = Assignment.objects.filter(task_id=UUID(task), level__gt=0).order_by("level").values_list("role", flat=True)
    return " ".join(roles) if len(roles) == 3 else ""


@pytest.fixture
def visitor(installation: Installation) -> Iterator[DemoVisitor]:
    installation.environment["DEMO_SPEED"] = "900"  # a second is a quarter of an hour
    visiting = DemoVisitor(installation.start(ready_within=120).url)
    yield visiting
    visiting.close()


def test_the_first_five_minutes(installation: Installation, visitor: DemoVisitor) -> None:
    # The demo opens signed in, and three cases wait.
    assert "Alice Moreau" in visitor.page
    titles = list(visitor.tasks())
    assert len(titles) == 3
    assert all(any(title.startswith(name) for title in titles) for name in WAITING)
    neglected = visitor.task_named("Omnipart Trading")

    # A purchase is sent: the same event twice starts one run.
    assert "accepted (202)" in visitor.send("over-budget")
    assert "seen before (200)" in visitor.send("again")
    assert api.runs().filter(input__supplier="Vela Studio").count() == 1

    # It is decided against the AI, with a reason. After the undo window the order appears, and the requester is told.
    task = visitor.task_named("Vela Studio")
    assert visitor.decide(task, "approve").status_code == 422
    assert not ordered("Vela Studio")
    assert visitor.decide(task, "approve", asked="yes", reason="policy").status_code == 200
    until(lambda: ordered("Vela Studio"), within=30)
    until(lambda: "told" if Mail.objects.filter(subject="Ordered: Trade fair stand").exists() else "", within=15)

    # Another is taken back within the window and decided the other way: nothing is ordered.
    task = visitor.task_named("Halden Instruments")
    assert visitor.decide(task, "approve").status_code == 200
    assert visitor.take_back(task).status_code == 200
    assert visitor.decide(task, "reject", asked="yes", reason="policy").status_code == 200
    refused = "Not ordered: Calibration of the scales"
    until(lambda: "told" if Mail.objects.filter(subject=refused).exists() else "", within=30)
    assert not ordered("Halden Instruments")

    # The third is left alone and reaches backup, manager and owner.
    assert until(lambda: reached(neglected), within=60) == "backup manager owner"
    for username in ("bob", "carol", "oscar"):
        visitor.become(username)
        assert neglected in visitor.tasks("escalated").values(), username

    # A failing ERP ends as an incident, which the process owner retries.
    visitor.switch_erp(down=True)
    assert "accepted (202)" in visitor.send("small")
    incident = visitor.task_named("could not be done", within=40)
    visitor.switch_erp(down=False)
    assert visitor.decide(incident, "retry").status_code == 200
    until(lambda: ordered("Nordlicht Office"), within=30)

    # And the trail says in plain words what happened.
    for said in ("The ERP placed order PO-", "needs a person", "Purchasing&#x27;s own rule buys it"):
        visitor.wait_for(said, at="/demo/")
    installation.manage("audit", "verify")
