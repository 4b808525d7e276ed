"""Recommendations that a case brings along: made elsewhere, and told with it.

They stand beside the decision like our own, and are never learned from: nobody here asked the question.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from orchestration.core.readings import readings_of, share
from orchestration.models import DecisionPoint, DecisionPointVersion, Recommendation
from orchestration.ports import clock

POINT = "brought-along"
TITLE = "Recommendations of other systems"


def keep_advice(*, run_id: Any, advice: Mapping[str, Any], at: datetime) -> Recommendation:
    """`advice` is {"outcome", "confidence" (0 to 1), "reasons", "evidence": [{"source", "quote"}], "would_change",
    "fields": {name: {"value", "confidence", "source", "quote"}}, "model"}; what does not fit is left out. It has no
    step's path, and so no labels are ever made of it."""
    evidence = [each for each in _list(advice.get("evidence")) if isinstance(each, Mapping)]
    return Recommendation.objects.create(
        run_id=run_id,
        path="",
        decision_point=_question(),
        outcome=str(advice.get("outcome") or "")[:100],
        confidence=share(advice.get("confidence")),
        reasons=[str(reason) for reason in _list(advice.get("reasons"))],
        evidence=[{name: str(each.get(name, "")) for name in ("source", "quote")} for each in evidence],
        would_change=str(advice.get("would_change") or ""),
        fields=readings_of(advice.get("fields")),
        provenance={"brought_along": True, "model": str(advice.get("model") or "")},
        created_at=at,
    )


def _question() -> DecisionPointVersion:
    """There is one, without a current version: nobody can ask it."""
    point, _ = DecisionPoint.objects.get_or_create(name=POINT, defaults={"title": TITLE})
    fresh = {"prompt": "", "published_at": clock().process_now()}
    version, _ = DecisionPointVersion.objects.get_or_create(point=point, number=1, defaults=fresh)
    return version


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []
