"""Keeps what was learned with its version, and hands the current version to whoever answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from orchestration.ai.learned.calibration import Calibration
from orchestration.ai.learned.parameters import Parameters, compress, decompress, from_json
from orchestration.ai.learned.similar import Texts
from orchestration.models import DecisionPoint, LearnedModel

KEPT_WHOLE = 3  # newest versions that keep their numbers; older ones keep their metrics alone
MOST_CACHED = 16


@dataclass(frozen=True, slots=True)
class Learned:
    """A version as it is served. `numbers` is None where nothing could be learned: `why` says so."""

    id: int
    number: int
    trained_at: datetime
    labels: int
    metrics: Mapping[str, Any]
    numbers: Parameters | Texts | None
    why: str
    track: Mapping[str, Calibration]  # of models asked before: "version|model" to how people judged them

    @property
    def provenance(self) -> dict[str, Any]:
        kept = ("agreement", "usual_share", "calibration_error", "strength", "seed")
        return {
            "learned_version": self.number,
            "trained_at": self.trained_at.isoformat(),
            "labels": self.labels,
            "metrics": {name: self.metrics[name] for name in kept if name in self.metrics},
        }


_cache: dict[tuple[int, datetime], Learned] = {}


def current(point: str) -> Learned | None:
    """The version in force; its numbers are read once a process."""
    rows = LearnedModel.objects.filter(point__name=point, current=True)
    version = rows.values_list("id", "trained_at").first()
    if version is None:
        return None
    found = _cache.get(version)
    if found is None:
        found = _read(LearnedModel.objects.get(id=version[0]))
        _keep(version, found)
    return found


def _keep(version: tuple[int, datetime], learned: Learned) -> None:
    while len(_cache) >= MOST_CACHED:
        _cache.pop(next(iter(_cache)), None)
    _cache[version] = learned


def _read(row: LearnedModel) -> Learned:
    body = decompress(bytes(row.parameters))
    numbers: Parameters | Texts | None = None
    if body["kind"] == "outcome":
        numbers = from_json(body)
    elif body["kind"] == "text":
        numbers = Texts.from_json(body)
    track = {key: Calibration.from_json(curves) for key, curves in body.get("track", {}).items()}
    why = body.get("why", "")
    return Learned(row.id, row.number, row.trained_at, row.labels, row.metrics, numbers, why, track)


def save(
    point: DecisionPoint, *, body: Mapping[str, Any], labels: int, metrics: Mapping[str, Any], trained_at: datetime
) -> LearnedModel:
    """The next version, in force at once."""
    with transaction.atomic():
        DecisionPoint.objects.select_for_update().get(id=point.id)
        rows = LearnedModel.objects.filter(point=point)
        newest = rows.order_by("-number").first()
        number = newest.number + 1 if newest else 1
        rows.filter(current=True).update(current=False)
        rows.filter(number__lte=number - KEPT_WHOLE).update(parameters=b"")
        return LearnedModel.objects.create(
            point=point,
            number=number,
            parameters=compress(body),
            labels=labels,
            metrics=dict(metrics),
            trained_at=trained_at,
            current=True,
        )
