"""Fits the calibration curves on out-of-fold guesses. Imported by training alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold

from orchestration.ai.learned.calibration import REMEMBERED, Calibration, Curve, Judged, log_odds

ISOTONIC_FROM = 1_000  # cases; fewer would make steps out of noise
OWN_CURVE_FROM = 150  # cases in which an outcome was recommended
FEWEST_WRONG = 10  # before an outcome's own curve is worth fitting
BINS = 15

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Places = NDArray[np.int64]


def calibrate(guesses: Floats, answers: Places, outcomes: Sequence[str]) -> Calibration:
    """`guesses` are out-of-fold shares, in the order in which people decided."""
    chosen = guesses.argmax(axis=1)
    return calibrate_judged(guesses.max(axis=1), [outcomes[place] for place in chosen], chosen == answers)


def calibrate_judged(scores: Floats, said: Sequence[str], right: Bools) -> Calibration:
    """Scores, the outcomes that they spoke for, and whether people agreed; the oldest first."""
    curves = Calibration(fit_curve(scores, right), _own_curves(scores, np.array(said), right))
    judged: defaultdict[str, list[Judged]] = defaultdict(list)
    for score, outcome, agreed in zip(scores, said, right, strict=True):
        judged[outcome].append(Judged(round(curves.confidence(outcome, float(score)), 4), bool(agreed)))
    return Calibration(curves.shared, curves.own, {name: tuple(found[-REMEMBERED:]) for name, found in judged.items()})


def _own_curves(scores: Floats, said: NDArray[np.str_], right: Bools) -> dict[str, Curve]:
    found = {}
    for outcome in np.unique(said):
        here = said == outcome
        enough = here.sum() >= OWN_CURVE_FROM and min(right[here].sum(), (~right[here]).sum()) >= FEWEST_WRONG
        if enough:
            found[str(outcome)] = fit_curve(scores[here], right[here])
    return found


def fit_curve(scores: Floats, right: Bools) -> Curve:
    """Isotonic where the sample allows, otherwise a sigmoid over the log-odds."""
    if len(scores) >= ISOTONIC_FROM:
        fitted = IsotonicRegression(out_of_bounds="clip").fit(scores, right.astype(float))
        points = zip(fitted.X_thresholds_, fitted.y_thresholds_, strict=True)
        return Curve("isotonic", tuple((round(float(x), 6), round(float(y), 6)) for x, y in points), len(scores))
    return Curve("sigmoid", (_sigmoid(scores, right),), len(scores))


def _sigmoid(scores: Floats, right: Bools) -> tuple[float, float]:
    """Platt's method with his smoothed targets, as two weighted rows a case."""
    hits, misses = int(right.sum()), int((~right).sum())
    target = np.where(right, (hits + 1) / (hits + 2), 1 / (misses + 2))
    odds = np.array([log_odds(float(score)) for score in scores])
    rows = np.concatenate((odds, odds)).reshape(-1, 1)
    sides = np.concatenate((np.ones(len(odds)), np.zeros(len(odds))))
    fitted = LogisticRegression(C=100.0, max_iter=1_000).fit(
        rows, sides, sample_weight=np.concatenate((target, 1 - target))
    )
    slope = float(fitted.coef_[0, 0])
    if slope <= 0:  # a higher score never means less; then the share of all is what is known
        return 0.0, round(log_odds((hits + 1) / (hits + misses + 2)), 6)
    return round(slope, 6), round(float(fitted.intercept_[0]), 6)


def calibration_error(guesses: Floats, answers: Places, outcomes: Sequence[str]) -> float:
    """Expected calibration error, each case judged by curves fitted on the other folds."""
    stated = np.zeros(len(answers))
    for learned, held in KFold(5, shuffle=True, random_state=20).split(guesses):
        curves = calibrate(guesses[learned], answers[learned], outcomes)
        for row in held:
            place = int(guesses[row].argmax())
            stated[row] = curves.confidence(outcomes[place], float(guesses[row].max()))
    right = guesses.argmax(axis=1) == answers
    bins = np.minimum((stated * BINS).astype(int), BINS - 1)
    gaps = [abs(right[bins == b].mean() - stated[bins == b].mean()) * (bins == b).mean() for b in np.unique(bins)]
    return float(sum(gaps))
