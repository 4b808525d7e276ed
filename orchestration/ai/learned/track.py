"""How people judged what models recommended before: the ground for any number shown beside a model's answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from orchestration.ai.learned.calibration import Calibration
from orchestration.ai.learned.fitting import calibrate_judged
from orchestration.models import DecisionPoint, Recommendation
from orchestration.ports import LabelledCase

FEWEST_JUDGED = 40  # answers of one model to one version


def track_key(version: int, model: str) -> str:
    return f"{version}|{model}"


def learn_track(point: DecisionPoint, cases: Sequence[LabelledCase]) -> dict[str, Calibration]:
    """By version and model: from the model's own word to "did people agree", oldest answers first."""
    decided = {case.case_id: case.outcome for case in cases}
    found: defaultdict[str, list[tuple[float, str, bool]]] = defaultdict(list)
    for key, run, said, own in _answers(point):
        if run in decided:
            found[key].append((own, said, decided[run] == said))
    return {key: _fitted(judged) for key, judged in found.items() if len(judged) >= FEWEST_JUDGED}


def _answers(point: DecisionPoint) -> Iterator[tuple[str, str, str, float]]:
    rows = Recommendation.objects.filter(decision_point__point=point).exclude(outcome="").order_by("created_at", "id")
    for run, said, version, provenance in rows.values_list(
        "run_id", "outcome", "decision_point__number", "provenance"
    ).iterator():
        if _is_model(provenance):
            yield track_key(version, provenance["model"]), str(run), said, float(provenance["own_confidence"])


def _is_model(provenance: Mapping[str, object]) -> bool:
    return provenance.get("recommender") == "model" and "model" in provenance and "own_confidence" in provenance


def _fitted(judged: Sequence[tuple[float, str, bool]]) -> Calibration:
    owns, said, right = zip(*judged, strict=True)
    return calibrate_judged(np.array(owns), said, np.array(right))
