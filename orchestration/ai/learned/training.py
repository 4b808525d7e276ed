"""Learns outcomes from people's decisions. Runs in a process of its own, the only one that imports scikit-learn."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import StratifiedKFold
from threadpoolctl import threadpool_limits

from orchestration.ai.facts import Fact, flatten
from orchestration.ai.learned.customs import learn_customs
from orchestration.ai.learned.fitting import calibrate, calibration_error
from orchestration.ai.learned.layout import learn_layout
from orchestration.ai.learned.parameters import Parameters
from orchestration.ai.learned.space import Grouped, Space
from orchestration.ai.learned.unlearnable import Unlearnable
from orchestration.ports import LabelledCase

SEED = 20
FOLDS = 5
FEWEST_LABELS = 40
FEWEST_OF_AN_OUTCOME = 5
MOST_LABELS = 20_000  # the latest ones
MOST_WEIGHTS = 1_500_000  # terms times outcomes
STRENGTHS = (0.3, 1.0, 3.0, 10.0)  # how freely the weights may follow the cases
TOLERANCE = 1e-3  # of the fit; ten times finer takes three times as long and guesses no better
TRIED_BELOW = 3_000  # labels; above, the last strength is taken

Floats = NDArray[np.float64]
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Trained:
    parameters: Parameters
    metrics: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sample:
    """The cases that are learned from, oldest first."""

    facts: tuple[tuple[Fact, ...], ...]
    answers: Places  # places in `outcomes`
    outcomes: tuple[str, ...]
    left_out: dict[str, int]  # outcomes too rare to learn


def learn_outcomes(cases: Sequence[LabelledCase]) -> Trained:
    """Raises `Unlearnable`. The same cases always give the same numbers."""
    with threadpool_limits(1):  # more threads gain nothing on such sizes, and take the processors from those who wait
        return _learned(_sample(cases))


def _learned(sample: Sample) -> Trained:
    space = learn_layout(sample.facts, min(20_000, MOST_WEIGHTS // len(sample.outcomes)))
    if space.size == 0:
        raise Unlearnable("the past cases hold no facts that could be learned from")
    matrix = _matrix(sample.facts, space)
    strength, guesses = _out_of_fold(matrix, sample)
    loss, base = _losses(guesses, sample)
    if loss >= base:
        raise Unlearnable("past decisions show no pattern in these facts that would do better than the usual share")
    calibration = calibrate(guesses, sample.answers, sample.outcomes)
    model = _fit(matrix, sample.answers, strength)
    weights, intercepts = _exported(model, len(sample.outcomes))
    answers = [sample.outcomes[place] for place in sample.answers]
    customs = learn_customs(space, list(zip(map(Grouped.of, sample.facts), answers, strict=True)))
    parameters = Parameters(sample.outcomes, space, weights, intercepts, calibration, customs)
    return Trained(parameters, _metrics(guesses, sample, strength, loss, base, len(space.vocabulary)))


def _sample(cases: Sequence[LabelledCase]) -> Sample:
    latest = sorted((case for case in cases if case.trains), key=lambda case: (case.decided_at, case.case_id))
    latest = latest[-MOST_LABELS:]
    counted = Counter(case.outcome for case in latest)
    outcomes = tuple(sorted(outcome for outcome, count in counted.items() if count >= FEWEST_OF_AN_OUTCOME))
    used = [case for case in latest if case.outcome in outcomes]
    if len(used) < FEWEST_LABELS:
        raise Unlearnable(f"only {len(used)} past decisions to learn from; {FEWEST_LABELS} are needed")
    if len(outcomes) < 2:
        raise Unlearnable(f"people have chosen only “{outcomes[0]}” so far")
    places = {outcome: place for place, outcome in enumerate(outcomes)}
    answers = np.array([places[case.outcome] for case in used], dtype=np.int64)
    left_out = {outcome: count for outcome, count in sorted(counted.items()) if outcome not in places}
    return Sample(tuple(flatten(case.facts) for case in used), answers, outcomes, left_out)


def _matrix(cases: Sequence[Sequence[Fact]], space: Space) -> csr_matrix:
    rows, columns, amounts = [], [], []
    for row, facts in enumerate(cases):
        for column, amount in space.vector(facts).items():
            rows.append(row)
            columns.append(column)
            amounts.append(amount)
    return csr_matrix((amounts, (rows, columns)), shape=(len(cases), space.size))


def _out_of_fold(matrix: csr_matrix, sample: Sample) -> tuple[float, Floats]:
    """Every case's shares, guessed by a model that has not seen the case; the strength that guessed best."""
    strengths = STRENGTHS if len(sample.answers) < TRIED_BELOW else STRENGTHS[-1:]
    tried = []
    for strength in strengths:
        guesses = np.zeros((len(sample.answers), len(sample.outcomes)))
        folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
        for learned, held in folds.split(matrix, sample.answers):
            model = _fit(matrix[learned], sample.answers[learned], strength)
            guesses[held] = model.predict_proba(matrix[held])
        tried.append((_loss(guesses, sample), strength, guesses))
    _, strength, guesses = min(tried, key=lambda entry: entry[:2])
    return strength, guesses


def _fit(matrix: csr_matrix, answers: Places, strength: float) -> LogisticRegression:
    return LogisticRegression(C=strength, max_iter=2_000, tol=TOLERANCE, random_state=SEED).fit(matrix, answers)


def _exported(model: LogisticRegression, outcomes: int) -> tuple[array[float], tuple[float, ...]]:
    """Feature by feature; two outcomes share scikit-learn's one row, half each way."""
    rows, intercepts = model.coef_, model.intercept_
    if outcomes == 2:
        rows = np.vstack((-rows[0] / 2, rows[0] / 2))
        intercepts = np.array((-intercepts[0] / 2, intercepts[0] / 2))
    weights = array("f", rows.T.astype(np.float32).ravel().tobytes())
    return weights, tuple(float(value) for value in intercepts)


def _losses(guesses: Floats, sample: Sample) -> tuple[float, float]:
    """The log loss of the guesses, and that of always naming the usual shares."""
    usual = np.bincount(sample.answers, minlength=len(sample.outcomes)) / len(sample.answers)
    return _loss(guesses, sample), _loss(np.tile(usual, (len(sample.answers), 1)), sample)


def _loss(guesses: Floats, sample: Sample) -> float:
    return float(log_loss(sample.answers, guesses, labels=list(range(len(sample.outcomes)))))


def _metrics(guesses: Floats, sample: Sample, strength: float, loss: float, base: float, terms: int) -> dict[str, Any]:
    right = guesses.argmax(axis=1) == sample.answers
    return {
        "labels": len(sample.answers),
        "outcomes": {name: int((sample.answers == place).sum()) for place, name in enumerate(sample.outcomes)},
        "left_out": sample.left_out,
        "agreement": round(float(right.mean()), 4),  # out of fold, with people
        "usual_share": round(float(np.bincount(sample.answers).max() / len(sample.answers)), 4),
        "log_loss": round(loss, 4),
        "log_loss_of_usual_shares": round(base, 4),
        "calibration_error": round(calibration_error(guesses, sample.answers, sample.outcomes), 4),
        "strength": strength,
        "terms": terms,
        "seed": SEED,
    }
