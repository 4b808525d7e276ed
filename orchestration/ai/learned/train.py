"""One training of one decision point, from its labels to a new version in force. Runs in the training process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from orchestration.ai.learned import store
from orchestration.ai.learned.parameters import FORM, to_json
from orchestration.ai.learned.schedule import claimed
from orchestration.ai.learned.text_training import learn_texts
from orchestration.ai.learned.track import learn_track
from orchestration.ai.learned.training import learn_outcomes
from orchestration.ai.learned.unlearnable import Unlearnable
from orchestration.models import DecisionPoint, LearnedModel
from orchestration.ports import LabelledCase, clock, labels


def train(point: DecisionPoint) -> LearnedModel | None:
    """The new version; None where another process is training this point."""
    with claimed(point.name) as won:
        if not won:
            return None
        source = labels()
        counted = source.count(point.name)
        cases = [case for case in source.labels(point.name) if case.trains]
        body, metrics = _learned(point, cases)
        body["track"] = {key: curves.to_json() for key, curves in learn_track(point, cases).items()}
        return store.save(
            point,
            body=body,
            labels=len(cases),
            metrics={**metrics, "counted": counted},
            trained_at=clock().process_now(),
        )


def _learned(point: DecisionPoint, cases: Sequence[LabelledCase]) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        if point.kind == DecisionPoint.Kind.WRITE:
            written = learn_texts(cases)
            return written.texts.to_json(), written.metrics
        trained = learn_outcomes(cases)
        return to_json(trained.parameters), trained.metrics
    except Unlearnable as why:
        return {"form": FORM, "kind": "nothing", "why": str(why)}, {"unlearnable": str(why)}
