"""Whether the promises held: every accepted event's run ended, and no order exists twice."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Count

from orchestration import api
from reviewhub.demo.models import Order
from reviewhub.demo.people import PURCHASES
from reviewhub.demo.traffic import accepted_events

BATCH = 500


@dataclass(frozen=True, slots=True)
class Report:
    """Counts of accepted events, and what is wrong with them."""

    accepted: int
    ended: int
    open: tuple[str, ...]  # runs that have not ended
    missing: tuple[str, ...]  # events that were accepted and have no run
    unordered: tuple[str, ...]  # requests that ended as ordered and have no order
    twice: tuple[str, ...]  # requests with more than one order

    @property
    def holds(self) -> bool:
        return not (self.open or self.missing or self.unordered or self.twice)


def check(patience: float = 0.0) -> Report:
    """Looks again until everything has ended, for up to `patience` seconds."""
    until = time.monotonic() + patience
    report = _look()
    while report.open and time.monotonic() < until:
        time.sleep(0.5)
        report = _look()
    return report


def _look() -> Report:
    events = {event["event_id"]: event["request_id"] for event in accepted_events()}
    runs = {event_id: (run_id, status, outcome) for event_id, run_id, status, outcome in _runs(list(events))}
    ordered = set(Order.objects.values_list("request_id", flat=True))
    twice = Order.objects.values("request_id").annotate(orders=Count("id")).filter(orders__gt=1)
    return Report(
        accepted=len(events),
        ended=sum(status != "running" for _, status, _ in runs.values()),
        open=tuple(run_id for run_id, status, _ in runs.values() if status == "running"),
        missing=tuple(sorted(set(events) - set(runs))),
        unordered=tuple(
            events[event_id]
            for event_id, (_, status, outcome) in runs.items()
            if status != "running" and (outcome != "ordered" or events[event_id] not in ordered)
        ),
        twice=tuple(twice.order_by("request_id").values_list("request_id", flat=True)),
    )


def _runs(event_ids: Sequence[str]) -> Iterator[tuple[str, str, str, str]]:
    runs = api.runs().filter(workflow__name=PURCHASES)
    for start in range(0, len(event_ids), BATCH):
        for run in runs.filter(event_id__in=event_ids[start : start + BATCH]):
            yield run.event_id or "", str(run.id), run.status, run.outcome
