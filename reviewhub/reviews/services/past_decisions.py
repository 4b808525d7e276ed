"""Bringing along decisions from before ReviewHub."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from orchestration import api
from orchestration.ports import Actor
from reviewhub.reviews.models import PastDecision

_BATCH = 500


@dataclass(frozen=True, slots=True)
class PastCase:
    """One decided case. `reference` names it where it came from, and makes importing twice harmless."""

    reference: str
    facts: Mapping[str, Any]
    outcome: str
    decided_at: datetime
    text: str = ""
    trains: bool = True


@transaction.atomic
def import_past_decisions(*, decision_point: str, cases: Iterable[PastCase], actor: Actor) -> int:
    """Store what is not there yet; returns how many cases that were."""
    before = PastDecision.objects.filter(decision_point=decision_point).count()
    rows = [
        PastDecision(
            decision_point=decision_point,
            reference=case.reference,
            facts=dict(case.facts),
            outcome=case.outcome,
            text=case.text,
            decided_at=case.decided_at,
            trains=case.trains,
            imported_by=actor.label,
        )
        for case in cases
    ]
    PastDecision.objects.bulk_create(rows, batch_size=_BATCH, ignore_conflicts=True)
    added = PastDecision.objects.filter(decision_point=decision_point).count() - before
    if added:
        api.record_change(
            chain=f"decision_point:{decision_point}",
            kind="past_decisions.imported",
            data={"cases": added},
            actor=actor,
        )
    return added
