"""Figures that operations and metrics read: how calls went in this process, and where every limit stands."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count

from orchestration.core.language.definition import Step
from orchestration.core.limits import Breaker, Limits
from orchestration.models import ConnectionCredential, LimitSlot, LimitState, LimitUse, LimitWaiter
from orchestration.ports import clock
from orchestration.runtime.limits import declared, present_concurrency, refresh

_lock = threading.Lock()
_calls: defaultdict[tuple[str, str], list[float]] = defaultdict(lambda: [0, 0.0])


@dataclass(frozen=True, slots=True)
class CallFigure:
    """Since this process began. `outcome` is succeeded, transient, permanent or ambiguous."""

    tool: str  # name@version, or ai:<decision point>
    outcome: str
    calls: int
    seconds: float  # of all of them together


@dataclass(frozen=True, slots=True)
class LimitFigure:
    """Where a subject stands now. None: it has no such limit."""

    subject: str
    limits: Limits
    breaker: str | None  # closed | open | half_open
    open_until: datetime | None
    rests_until: datetime | None  # told to wait by the other side
    in_flight: int
    concurrency: int | None  # at the moment
    calls_left: int | None  # of the rate, at the moment
    waiting: Mapping[str, int]  # steps by what they wait for
    admitted: int
    deferred: int
    succeeded: int
    failed: int
    opened: int  # times that the breaker opened


@dataclass(frozen=True, slots=True)
class CredentialFigure:
    connection: str
    label: str
    in_flight: int
    rests_until: datetime | None
    rests_because: str


def count_call(step: Step, outcome: str, seconds: float) -> None:
    tool = f"{step.spec['tool']}@{step.spec['version']}" if step.kind in ("tool", "undo") else f"ai:{step.spec['ai']}"
    with _lock:
        counted = _calls[tool, outcome]
        counted[0] += 1
        counted[1] += seconds


def call_figures() -> list[CallFigure]:
    with _lock:
        return [CallFigure(tool, outcome, int(calls), seconds) for (tool, outcome), (calls, seconds) in _calls.items()]


def limit_figures() -> list[LimitFigure]:
    """Of every subject that has limits, in the order of names, as the database knows them now."""
    refresh()
    now = clock().system_now()
    known = declared()
    states = {row.subject: row for row in LimitState.objects.filter(subject__in=list(known))}
    slots = _counted(list(known), now)
    waiting: dict[str, Counter[str]] = defaultdict(Counter)
    for subject, because in LimitWaiter.objects.values_list("subject", "because"):
        waiting[subject][because] += 1
    return [
        _figure(states.get(name) or LimitState(subject=name), known[name], slots[name], waiting[name], now)
        for name in sorted(known)
    ]


def _counted(subjects: list[str], now: datetime) -> Counter[str]:
    live = LimitSlot.objects.filter(subject__in=subjects, expires_at__gt=now).order_by().values("subject")
    return Counter({row["subject"]: row["calls"] for row in live.annotate(calls=Count("pk"))})


def _figure(state: LimitState, limits: Limits, in_flight: int, waiting: Counter[str], now: datetime) -> LimitFigure:
    breaker = Breaker(state.failures, state.open_until, state.cool_down)
    rests = state.rests_until if state.rests_until is not None and state.rests_until > now else None
    return LimitFigure(
        subject=state.subject,
        limits=limits,
        breaker=breaker.state(now) if limits.failures is not None else None,
        open_until=breaker.open_until,
        rests_until=rests,
        in_flight=in_flight,
        concurrency=present_concurrency(state, limits) if limits.concurrency is not None else None,
        calls_left=_left(state.subject, limits, now),
        waiting=dict(waiting),
        admitted=state.admitted,
        deferred=state.deferred,
        succeeded=state.succeeded,
        failed=state.failed,
        opened=state.opened,
    )


def _left(subject: str, limits: Limits, now: datetime) -> int | None:
    if limits.calls is None:
        return None
    since = now - timedelta(seconds=limits.seconds)
    return max(0, limits.calls - LimitUse.objects.filter(subject=subject, at__gt=since).count())


def credential_figures() -> list[CredentialFigure]:
    now = clock().system_now()
    rows = list(ConnectionCredential.objects.filter(enabled=True).select_related("connection"))
    slots = _counted([f"credential:{row.pk}" for row in rows], now)
    return [
        CredentialFigure(
            connection=row.connection.name,
            label=row.label,
            in_flight=slots[f"credential:{row.pk}"],
            rests_until=row.rests_until if row.rests_until is not None and row.rests_until > now else None,
            rests_because=row.rests_because,
        )
        for row in rows
    ]
