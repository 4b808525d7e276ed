"""Decision points with something to learn from, for tests with a database."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from orchestration.models import Connection, DecisionPoint, DecisionPointVersion
from orchestration.ports import Actor, LabelledCase, clock
from reviewhub.reviews.services import PastCase, import_past_decisions

OSCAR = Actor("person", "1", "Oscar")
OUTCOMES = ({"id": "approve", "label": "Approve"}, {"id": "reject", "label": "Reject"})


def decision_point(
    name: str = "purchase-assessment",
    kind: str = "recommend",
    *,
    server: Connection | None = None,
    outcomes: Iterable[dict[str, str]] = OUTCOMES,
) -> DecisionPoint:
    point = DecisionPoint.objects.create(name=name, title=name, kind=kind, connection=server)
    version = DecisionPointVersion.objects.create(
        point=point, number=1, prompt="Judge it.", outcomes=list(outcomes), published_at=clock().system_now()
    )
    point.current = version
    point.save(update_fields=("current",))
    return point


def model_server(base_url: str, *, secret: str = "sk-of-the-test", enabled: bool = True) -> Connection:
    return Connection.objects.create(
        name="acme", kind=Connection.Kind.MODEL, base_url=base_url, model="acme-1", secret=secret, enabled=enabled
    )


def decided(point: DecisionPoint, cases: Iterable[LabelledCase]) -> int:
    """As if people had decided these cases before."""
    past = [
        PastCase(case.case_id, case.facts, case.outcome, case.decided_at, case.text or "", case.trains)
        for case in cases
    ]
    return import_past_decisions(decision_point=point.name, cases=past, actor=OSCAR)


def environment_of_this_database() -> dict[str, str]:
    """With this environment another process works on the test's own database."""
    at = connection.settings_dict
    there = f"sqlite:///{at['NAME']}"
    if connection.vendor == "postgresql":
        there = f"postgres://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"
    return {"DATABASE_URL": there, "DJANGO_SETTINGS_MODULE": "reviewhub.settings", "REVIEWHUB_MODE": "embedded"}
