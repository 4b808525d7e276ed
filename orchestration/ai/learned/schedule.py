"""When to learn again, and who may: one training at a time, held by a claim in the database."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db.models import Q

from orchestration.ai.learned.process import train_in_own_process
from orchestration.models import DecisionPoint, LearnedModel
from orchestration.ports import clock, labels

logger = logging.getLogger(__name__)

FIRST = {"write": 10}  # labels from which a first training is worth its time; FIRST_ELSE for the other kinds
FIRST_ELSE = 40
NEW_LABELS = 25
NEW_SHARE = 0.10
FEWEST_NEW = 5
ABANDONED = timedelta(minutes=15)  # after which a claim counts as left by a process that died


def retrain_due(decision_point: str) -> bool:
    """Whether enough was decided since the last training: 25 new labels or a tenth more."""
    counted = labels().count(decision_point)
    last = (
        LearnedModel.objects.filter(point__name=decision_point, current=True).values_list("metrics", flat=True).first()
    )
    if last is None:
        kind = DecisionPoint.objects.filter(name=decision_point).values_list("kind", flat=True).first()
        return kind is not None and counted >= FIRST.get(kind, FIRST_ELSE)
    before = int(last.get("counted", 0))
    return counted - before >= max(FEWEST_NEW, min(NEW_LABELS, round(NEW_SHARE * before)))


def retrain_where_due() -> str | None:
    """Starts at most one training and does not wait for it; returns the decision point's name."""
    if DecisionPoint.objects.filter(_claimed()).exists():
        return None
    for name in DecisionPoint.objects.values_list("name", flat=True):
        if retrain_due(name):
            return name if _started(name) else None
    return None


def _started(decision_point: str) -> bool:
    try:
        train_in_own_process(decision_point)
    except OSError:
        logger.exception("The training of %s could not be started", decision_point)
        return False
    return True


@contextmanager
def claimed(decision_point: str) -> Iterator[bool]:
    """Holds the claim while its body runs, or yields False where somebody else does.

    A training that fails keeps its claim until it counts as abandoned, so that it is not tried again at once.
    """
    free = DecisionPoint.objects.filter(name=decision_point).exclude(_claimed())
    won = free.update(training_since=clock().system_now()) == 1  # the loser of two updates at once finds no row
    yield won
    if won:
        DecisionPoint.objects.filter(name=decision_point).update(training_since=None)


def _claimed() -> Q:
    return Q(training_since__gt=clock().system_now() - ABANDONED)
