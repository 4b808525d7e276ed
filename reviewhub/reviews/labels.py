"""People's decisions as something to learn from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from orchestration import api
from orchestration.ports import KeptReading, LabelledCase
from reviewhub.reviews.models import Decision, PastDecision

_BATCH = 500
_LATEST = 300  # answers of a version whose readings are compared with what people left


class DecisionLabels:
    """Implements `orchestration.ports.LabelSource`: standing decisions that count, and those brought along.

    A case made here is named by its run. A decision whose reasons never train a model is told with `trains` false.
    """

    def labels(self, decision_point: str) -> Iterable[LabelledCase]:
        yield from _past(decision_point)
        yield from _made_here(decision_point)

    def count(self, decision_point: str) -> int:
        """How many of the labels train."""
        past = _past_rows(decision_point).filter(trains=True)
        here = _decisions(decision_point).exclude(override__trains=False)
        return past.count() + here.count()

    def kept(self, decision_point: str, version: int) -> Sequence[KeptReading]:
        """Of the latest 300 answers of this version, those whose tasks are closed by a decision."""
        answers = api.recommendations().filter(
            decision_point__point__name=decision_point, decision_point__number=version
        )
        read = dict(answers.exclude(fields={}).order_by("-created_at").values_list("run_id", "fields")[:_LATEST])
        rows = Decision.objects.filter(
            task__run_id__in=read, task__status="closed", taken_back_at__isnull=True, outcome=F("task__outcome")
        )
        told = rows.order_by("-received_at", "-id").values_list("task__run_id", "fields", "task__fields")
        return [each for run, final, shown in told for each in _kept(read[run], final, shown)]


def _kept(
    read: Mapping[str, Any], final: Mapping[str, Any], shown: Sequence[Mapping[str, Any]]
) -> Iterator[KeptReading]:
    """A reading was right where the field was left with its value."""
    for field in shown:
        name = next((name for name, each in read.items() if field.get("read") and _same(each, field["read"])), None)
        own = read[name].get("own_confidence") if name else None
        if name and own is not None and field["read"].get("value") is not None:
            yield KeptReading(name, float(own), final.get(field["name"]) == field["read"]["value"])


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return all(one.get(name) == other.get(name) for name in ("value", "quote", "document"))


def _past_rows(decision_point: str) -> QuerySet[PastDecision]:
    return PastDecision.objects.filter(decision_point=decision_point)


def _past(decision_point: str) -> Iterator[LabelledCase]:
    for row in _past_rows(decision_point).order_by("decided_at", "id").iterator(chunk_size=_BATCH):
        yield LabelledCase(
            case_id=f"past:{row.reference}",
            facts=row.facts,
            outcome=row.outcome,
            text=row.text or None,
            decided_at=row.decided_at,
            trains=row.trains,
        )


def _decisions(decision_point: str) -> QuerySet[Decision]:
    """Decisions that count, on tasks whose recommendation came from this decision point, with the facts it was
    asked on: the input of the step that made the recommendation. Of several people's decisions on one task it is the
    last of those that agree with what counted."""
    agreeing = Decision.objects.filter(
        task=OuterRef("task"), outcome=OuterRef("outcome"), taken_back_at__isnull=True, seat__gt=OuterRef("seat")
    )
    return Decision.objects.filter(
        Q(task__approvals__isnull=True) | ~Exists(agreeing),
        taken_back_at__isnull=True,
        task__status="closed",
        outcome=F("task__outcome"),
        task__kind="review",
        task__recommendation__decision_point__point__name=decision_point,
        task__run__steps__path=F("task__recommendation__path"),
    )


def _made_here(decision_point: str) -> Iterator[LabelledCase]:
    rows = (
        _decisions(decision_point)
        .order_by("received_at", "id")
        .values(
            "task__run_id",
            "outcome",
            "fields",
            "received_at",
            "override__trains",
            said=F("task__recommendation__text"),
            shown=F("task__fields"),
            facts=F("task__run__steps__input"),
        )
    )
    for row in rows.iterator(chunk_size=_BATCH):
        yield LabelledCase(
            case_id=str(row["task__run_id"]),
            facts=row["facts"] or {},
            outcome=row["outcome"],
            text=_written(row),
            decided_at=row["received_at"],
            trains=row["override__trains"] is not False,
        )


def _written(row: Mapping[str, Any]) -> str | None:
    """What the draft had become when it left: the final value of the field that showed it."""
    if not row["said"]:
        return None
    shown = next((field["name"] for field in row["shown"] if field["value"] == row["said"]), None)
    final = row["fields"].get(shown) if shown else None
    return str(final) if final is not None else None
