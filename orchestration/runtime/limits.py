"""Whether a step may be called now: rates, concurrency and breakers, shared by all workers.

Tools and connections without limits cost one look into a dictionary. For the others, `admit` decides under the lock of
the subject's row, in the transaction that leases the step, and `settle` says how the call went. Whoever has to wait
gets a timer and a place in the queue; no worker waits. Locks: every run first, then subjects in the order of names.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from orchestration.core.events import LimitLifted
from orchestration.core.language.definition import Step
from orchestration.core.limits import Adapting, Breaker, Limits, free_at
from orchestration.exceptions import OrchestrationError
from orchestration.models import DecisionPoint, LimitSetting, LimitSlot, LimitState, LimitUse, LimitWaiter
from orchestration.ports import clock
from orchestration.runtime.tools import tools

logger = logging.getLogger(__name__)

KEPT_FOR = timedelta(seconds=30)  # a place for somebody who was woken
FALLBACK = timedelta(seconds=15)  # how long a waiter waits at least before it looks for itself
AT_ONCE = 10  # how many are woken by one call that ended, where no concurrency says it
Because = LimitWaiter.Because


@dataclass(slots=True)
class Known:
    """What people have set, as this process last read it."""

    settings: dict[str, Limits] = field(default_factory=dict)
    connections: dict[str, str] = field(default_factory=dict)  # of decision points


_known = Known()


def refresh() -> None:
    """Reads the settings anew. Every worker process does so every few seconds, beside its work."""
    rows = LimitSetting.objects.all()
    _known.settings = {row.subject: limits_of(row) for row in rows}
    points = DecisionPoint.objects.filter(connection__isnull=False)
    _known.connections = dict(points.values_list("name", "connection__name"))


def limits_of(row: LimitSetting) -> Limits:
    return Limits(row.calls, row.seconds, row.concurrency, row.adaptive, row.failures, row.cool_down)


def of(step: Step) -> Mapping[str, Limits] | None:
    """The limits of a step by subject; None for a step without, which is nearly every one."""
    if step.kind == "tool":
        tool = tools().get(f"{step.spec['tool']}@{step.spec['version']}")
        declared = tool.limits if tool else None
        connection = tool.connection if tool else ""
        subject = f"tool:{step.spec['tool']}"
    elif step.kind == "ai":
        declared, connection, subject = None, _known.connections.get(step.spec["ai"], ""), ""
    else:
        return None
    if declared is None and not _known.settings:
        return None
    found = {subject: _known.settings.get(subject, declared)}
    if connection:
        found[f"connection:{connection}"] = _known.settings.get(f"connection:{connection}")
    return {name: limits for name, limits in found.items() if limits is not None and limits.any} or None


def declared() -> dict[str, Limits]:
    """All limits there are, by subject: those that tools declare, and those that people have set."""
    of_tools = {f"tool:{tool.name}": tool.limits for tool in tools().values() if tool.limits is not None}
    return {**of_tools, **_known.settings}


# ---- admission ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wait:
    """Not now."""

    until: datetime
    because: str
    subject: str


def admit(run_id: Any, path: str, limits: Mapping[str, Limits], lease: timedelta) -> Wait | None:
    """None: the step may be called, and counts as under way until it is settled or the lease has run out. Call it in
    the transaction that leases the step."""
    subjects = sorted(limits)
    if all(_is_free(subject, limits[subject]) for subject in subjects):
        return None
    states = _locked(subjects)
    now = clock().system_now()
    mine = LimitWaiter.objects.filter(run_id=run_id, path=path)
    queued = {waiter.subject: waiter for waiter in mine}
    waits = [
        wait
        for subject in subjects
        if (wait := _refusal(states[subject], limits[subject], queued.get(subject), now)) is not None
    ]
    if waits:
        _queue_up(run_id, path, waits, queued, now)
        return max(waits, key=lambda wait: wait.until)
    if queued:
        mine.delete()
    for subject in subjects:
        _occupy(states[subject], limits[subject], run_id, path, now, lease)
    return None


def _is_free(subject: str, limits: Limits) -> bool:
    """A closed breaker without other limits is looked at without a lock."""
    if not limits.only_breaker:
        return False
    closed = Q(open_until__isnull=False) | Q(rests_until__isnull=False)
    return not LimitState.objects.filter(closed, subject=subject).exists()


def _locked(subjects: Iterable[str]) -> dict[str, LimitState]:
    names = sorted(subjects)
    rows = _rows(names)
    if len(rows) < len(names):
        missing = [LimitState(subject=name) for name in names if name not in rows]
        LimitState.objects.bulk_create(missing, ignore_conflicts=True)
        rows = _rows(names)
    return rows


def _rows(names: list[str]) -> dict[str, LimitState]:
    rows = LimitState.objects.select_for_update().filter(subject__in=names).order_by("subject")
    return {row.subject: row for row in rows}


def _refusal(state: LimitState, limits: Limits, mine: LimitWaiter | None, now: datetime) -> Wait | None:
    """Why the subject cannot be called now, and when to look again."""
    if state.rests_until is not None and now < state.rests_until:
        return Wait(state.rests_until, Because.RESTS, state.subject)
    breaker = _breaker(state)
    if limits.failures is not None and breaker.open_until is not None:
        trying = LimitSlot.objects.filter(subject=state.subject, expires_at__gt=now).exists()
        if breaker.state(now) == "open":
            return Wait(breaker.open_until, Because.BREAKER, state.subject)
        if trying:
            return Wait(now + timedelta(seconds=limits.cool_down), Because.BREAKER, state.subject)
        return None
    ahead = _ahead(state.subject, mine, now)
    if limits.concurrency is not None:
        most = present_concurrency(state, limits)
        if most - _in_flight(state.subject, mine, now) <= ahead:
            return Wait(_fallback(state, ahead, most, now), Because.CONCURRENCY, state.subject)
    turn = free_at(_uses(state.subject, limits, now), limits, ahead, now)
    return Wait(turn, Because.RATE, state.subject) if turn > now else None


def present_concurrency(state: LimitState, limits: Limits) -> int:
    most = limits.concurrency or 0
    return min(most, int(state.concurrency)) if limits.adaptive and state.concurrency is not None else most


def _ahead(subject: str, mine: LimitWaiter | None, now: datetime) -> int:
    """How many others come first. Somebody who was woken has a place already; who never came back has lost his."""
    if mine is not None and mine.woken_until is not None:
        return 0
    before = LimitWaiter.objects.filter(subject=subject, woken_until__isnull=True, due_at__gt=now - KEPT_FOR)
    return (before if mine is None else before.filter(pk__lt=mine.pk)).count()


def _in_flight(subject: str, mine: LimitWaiter | None, now: datetime) -> int:
    """Calls under way, and places kept for others who were woken."""
    kept = LimitWaiter.objects.filter(subject=subject, woken_until__gt=now)
    kept = kept.exclude(pk=mine.pk) if mine is not None else kept
    return LimitSlot.objects.filter(subject=subject, expires_at__gt=now).count() + kept.count()


def _uses(subject: str, limits: Limits, now: datetime) -> list[datetime]:
    if limits.calls is None:
        return []
    since = now - timedelta(seconds=limits.seconds)
    recent = LimitUse.objects.filter(subject=subject, at__gt=since).order_by("-at")
    return list(recent.values_list("at", flat=True)[: limits.calls])[::-1]


def _fallback(state: LimitState, ahead: int, most: int, now: datetime) -> datetime:
    rounds = ahead // max(most, 1) + 1
    return now + FALLBACK + timedelta(seconds=rounds * (state.mean_seconds or 1.0))


def _queue_up(run_id: Any, path: str, waits: Iterable[Wait], queued: Mapping[str, LimitWaiter], now: datetime) -> None:
    """Keeps the place in the queues that refuse, and gives up the others."""
    refusing = {wait.subject: wait for wait in waits}
    given_up = [waiter.pk for subject, waiter in queued.items() if subject not in refusing]
    if given_up:
        LimitWaiter.objects.filter(pk__in=given_up).delete()
    for subject, wait in refusing.items():
        values = {"because": wait.because, "due_at": wait.until, "woken_until": None}
        if subject in queued:
            LimitWaiter.objects.filter(pk=queued[subject].pk).update(**values)
        else:
            LimitWaiter.objects.create(subject=subject, run_id=run_id, path=path, since=now, **values)
    LimitState.objects.filter(subject__in=refusing).update(deferred=F("deferred") + 1)


def _occupy(state: LimitState, limits: Limits, run_id: Any, path: str, now: datetime, lease: timedelta) -> None:
    if limits.calls is not None:
        LimitUse.objects.create(subject=state.subject, at=now)
        LimitUse.objects.filter(subject=state.subject, at__lte=now - timedelta(seconds=limits.seconds)).delete()
    LimitSlot.objects.filter(subject=state.subject, expires_at__lte=now).delete()
    LimitSlot.objects.update_or_create(
        subject=state.subject, run_id=run_id, path=path, defaults={"expires_at": now + lease}
    )
    LimitState.objects.filter(pk=state.pk).update(admitted=F("admitted") + 1)


# ---- after the call ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Call:
    """How a call went. `error` is None where it went well."""

    seconds: float
    error: Mapping[str, Any] | None = None

    @property
    def failed(self) -> bool:
        return self.error is not None and self.error["class"] != "permanent"

    @property
    def too_many(self) -> bool:
        return self.error is not None and self.error["code"] in ("http_429", "rate_limited")


def settle(run_id: Any, path: str, limits: Mapping[str, Limits], call: Call) -> None:
    """Frees the place and learns from the call, in a transaction of its own; then wakes whose turn it is."""
    if not call.failed and all(each.only_breaker for each in limits.values()):
        shaken = LimitState.objects.filter(subject__in=list(limits))
        if not shaken.filter(Q(failures__gt=0) | Q(open_until__isnull=False) | Q(rests_until__isnull=False)).exists():
            return
    woken: list[LimitWaiter] = []
    with transaction.atomic():
        for subject, state in _locked(limits).items():
            woken += _settled(state, limits[subject], run_id, path, call)
    for waiter in woken:
        _wake(waiter)


def _settled(state: LimitState, limits: Limits, run_id: Any, path: str, call: Call) -> list[LimitWaiter]:
    now = clock().system_now()
    live = LimitSlot.objects.filter(subject=state.subject, expires_at__gt=now)
    under_way = live.count()
    LimitSlot.objects.filter(subject=state.subject, run_id=run_id, path=path).delete()
    _learn(state, limits, call, under_way, now)
    state.save()
    waiting = LimitWaiter.objects.filter(subject=state.subject, woken_until__isnull=True)
    waiting = waiting.filter(because__in=(Because.CONCURRENCY, Because.BREAKER))
    chosen = list(waiting[: _room(state, limits, now)])
    LimitWaiter.objects.filter(pk__in=[waiter.pk for waiter in chosen]).update(woken_until=now + KEPT_FOR)
    return chosen


def _learn(state: LimitState, limits: Limits, call: Call, under_way: int, now: datetime) -> None:
    before = _breaker(state)
    if call.too_many and call.error is not None:
        state.rests_until = now + timedelta(seconds=min(float(call.error.get("retry_after") or 1.0), 3600.0))
        after = before
    elif call.failed:
        after = before.failed(limits, now)
    else:
        after = before.succeeded(now)
        if state.rests_until is not None and state.rests_until <= now:
            state.rests_until = None
    state.failures, state.open_until, state.cool_down = after.failures, after.open_until, after.cool_down
    state.opened += int(after.open_until is not None and after.open_until != before.open_until)
    state.failed += int(call.failed)
    state.succeeded += int(not call.failed)
    most = limits.concurrency or 1
    adapting = Adapting(state.concurrency or float(most), state.mean_seconds, state.lowered_at)
    learned = adapting.after(failed=call.failed, seconds=call.seconds, in_flight=under_way, most=most, now=now)
    state.mean_seconds = learned.mean
    if limits.adaptive:
        state.concurrency, state.lowered_at = learned.limit, learned.lowered_at


def _room(state: LimitState, limits: Limits, now: datetime) -> int:
    if limits.failures is not None and _breaker(state).state(now) != "closed":
        return 0
    if limits.concurrency is None:
        return AT_ONCE
    return max(0, present_concurrency(state, limits) - _in_flight(state.subject, None, now))


def _breaker(state: LimitState) -> Breaker:
    return Breaker(state.failures, state.open_until, state.cool_down)


def _wake(waiter: LimitWaiter) -> None:
    """A run that has gone another way gives its place up; any other trouble is left to its timer."""
    from orchestration.runtime.advance import advance

    try:
        advance(waiter.run_id, LimitLifted(waiter.path), about=waiter.path)
    except OrchestrationError:
        LimitWaiter.objects.filter(pk=waiter.pk).delete()
    except Exception:
        logger.exception("Waking %s of run %s failed; its timer will", waiter.path, waiter.run_id)


def tidy() -> None:
    """Forgets waiters whose runs have gone another way: a waiter that still waits is looked at when it is due."""
    long_ago = clock().system_now() - timedelta(minutes=10)
    LimitWaiter.objects.filter(due_at__lt=long_ago).delete()
