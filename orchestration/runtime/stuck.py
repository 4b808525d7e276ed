"""Everything that is stuck and why: nothing is ever only in a log.

Kinds: `incident` (a failed step before a person), `message` (could not be sent so far), `run` (open, and nothing will
move it on), `event` (did not start what it should have started), `pool` (ready steps in a queue that no worker
serves), `tool` (open runs need a version that is not here).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Min, Q, QuerySet

from orchestration.core.state import OPEN_RUN, is_stuck
from orchestration.exceptions import NotFound
from orchestration.models import OutboxMessage, Run, StepRun, Timer
from orchestration.ports import Actor, clock
from orchestration.runtime import outbox
from orchestration.runtime.audit import record_change
from orchestration.runtime.heartbeats import served
from orchestration.runtime.reading import unregistered_tools
from orchestration.runtime.store import states_of
from orchestration.runtime.triggered import refused_events

LATE = timedelta(minutes=1)  # after which an unsent message counts as stuck, tried or not
MOST = 100  # of the kinds that are found by looking closer


@dataclass(frozen=True, slots=True)
class Stuck:
    """`id` is the row's own within its kind, and the cursor for what follows."""

    kind: str
    id: str
    what: str
    why: str
    since: datetime | None  # None: nobody noted it
    run_id: str | None = None
    key: str = ""  # of an incident's review
    attempts: int = 0


def stuck(kind: str, *, after: str = "", limit: int = 50) -> list[Stuck]:
    """What is stuck in this way, the oldest first. Raises `NotFound` for another kind."""
    if kind not in _FIND:
        raise NotFound(f"There is no kind {kind!r} of being stuck: {', '.join(_FIND)}.")
    return _FIND[kind](after, limit)


def stuck_counts() -> Mapping[str, int]:
    return {
        "incident": _incident_rows().count(),
        "message": _late_messages().count(),
        "event": refused_events().count(),
        "run": len(stopped_runs()),
        "pool": sum(row["steps"] for row in _unserved_rows()),
        "tool": len(unregistered_tools()),
    }


def _after(rows: QuerySet[Any], after: str) -> QuerySet[Any]:
    return rows.filter(pk__gt=int(after)) if after.isascii() and after.isdigit() and len(after) < 19 else rows


# ---- incidents ---------------------------------------------------------------------------------


def _incident_rows() -> QuerySet[StepRun]:
    return StepRun.objects.filter(status=StepRun.Status.INCIDENT)


def _incidents(after: str, limit: int) -> list[Stuck]:
    rows = _after(_incident_rows(), after).select_related("run__workflow").order_by("pk")
    return [
        Stuck(
            kind="incident",
            id=str(row.pk),
            what=f"{' '.join(filter(None, (row.run.workflow.title, row.run.business_key)))}: {row.step_id}",
            why=str((row.error or {}).get("message", "")),
            since=datetime.fromisoformat(row.review["created_at"]) if row.review else row.started_at,
            run_id=str(row.run_id),
            key=row.review["key"] if row.review else "",
            attempts=row.attempts,
        )
        for row in rows.defer("run__input", "run__workflow__current", "input", "result")[:limit]
    ]


# ---- messages ----------------------------------------------------------------------------------


def _late_messages() -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(Q(attempts__gt=0) | Q(available_at__lt=clock().system_now() - LATE))


def _messages(after: str, limit: int) -> list[Stuck]:
    return [
        Stuck(
            kind="message",
            id=str(row.pk),
            what=f"{row.topic} {row.key}",
            why=row.last_error or "Nobody has tried to send it: no worker of the orchestration queue is at work.",
            since=None,
            attempts=row.attempts,
        )
        for row in _after(_late_messages(), after).order_by("pk")[:limit]
    ]


def send_message_now(*, message_id: int, actor: Actor) -> bool:
    """Tries at once, whatever its waiting time. Whether it went. Raises `NotFound`."""
    row = _message(message_id)
    outbox_chain = f"outbox:{row.topic}"
    data = {"message": row.pk, "key": row.key, "attempts": row.attempts}
    OutboxMessage.objects.filter(pk=row.pk).update(available_at=clock().system_now())
    sent = outbox.send(row.pk)
    record_change(chain=outbox_chain, kind="message.sent_by_hand", data={**data, "sent": sent}, actor=actor)
    return sent


@transaction.atomic
def drop_message(*, message_id: int, reason: str, actor: Actor) -> None:
    """Gives a message up. What it said stays in the audit trail. Raises `NotFound`."""
    row = _message(message_id)
    data = {"message": row.pk, "key": row.key, "attempts": row.attempts, "reason": reason, "error": row.last_error}
    values = {"payload": row.payload}
    record_change(chain=f"outbox:{row.topic}", kind="message.dropped", data=data, values=values, actor=actor)
    row.delete()


def _message(message_id: int) -> OutboxMessage:
    row = OutboxMessage.objects.filter(pk=message_id).first()
    if row is None:
        raise NotFound(f"There is no message {message_id} any more: it was sent or dropped.")
    return row


# ---- events that did not start what they should ------------------------------------------------


def _events(after: str, limit: int) -> list[Stuck]:
    return [
        Stuck(
            kind="event",
            id=str(row.pk),
            what=f"{row.name} {row.key}",
            why="; ".join(_why_refused(refusal) for refusal in row.refusals),
            since=row.refused_at,
        )
        for row in _after(refused_events(), after).defer("payload").order_by("pk")[:limit]
    ]


def _why_refused(refusal: Mapping[str, Any]) -> str:
    faults = ", ".join(f"{fault['path']}: {fault['message']}" for fault in refusal.get("faults", ())[:5])
    return f"It did not start {refusal['workflow']}: {faults or refusal['message']}"


# ---- runs that nothing moves on ----------------------------------------------------------------


def stopped_runs() -> list[Run]:
    """Open runs that nothing can move on. There are none unless something is broken."""
    moving = Run.objects.filter(status__in=OPEN_RUN, paused_at__isnull=True)
    moving = moving.exclude(timers__status=Timer.Status.ARMED)
    moving = moving.exclude(steps__status__in=("ready", "running", "incident"))
    moving = moving.exclude(steps__kind__in=("review", "wait", "workflow"), steps__status="waiting")
    found = moving.select_related("workflow", "version").defer("version__text", "version__definition")
    rows = list(found.order_by("started_at")[:MOST])
    return [row for row, state in zip(rows, states_of(rows), strict=True) if is_stuck(state)]


def _stopped(after: str, limit: int) -> list[Stuck]:
    said = "Open, and no step, timer, review or event will move it on."
    rows = [Stuck("run", str(row.pk), row.workflow.title, said, row.started_at, str(row.pk)) for row in stopped_runs()]
    return _following(rows, after, limit)


# ---- pools and tools ---------------------------------------------------------------------------


def _unserved_rows() -> list[dict[str, Any]]:
    ready = StepRun.objects.filter(status=StepRun.Status.READY, run__paused_at__isnull=True).order_by()
    counted = ready.values(name=F("queue")).annotate(steps=Count("pk"), since=Min("ready_at"))
    alive = served()
    return [dict(row) for row in counted if row["name"] not in alive]


def unserved_queues() -> list[str]:
    """Queues with ready steps and without a worker that lives."""
    return sorted(row["name"] for row in _unserved_rows())


def _unserved(after: str, limit: int) -> list[Stuck]:
    rows = [
        Stuck(
            kind="pool",
            id=row["name"],
            what=f"{row['steps']} ready in the queue {row['name']}",
            why=f"No worker serves the queue {row['name']}.",
            since=row["since"],
        )
        for row in sorted(_unserved_rows(), key=lambda row: row["name"])
    ]
    return _following(rows, after, limit)


def _unregistered(after: str, limit: int) -> list[Stuck]:
    said = "Open runs may call it, and this installation does not have that version."
    return _following([Stuck("tool", name, name, said, None) for name in unregistered_tools()], after, limit)


def _following(rows: Sequence[Stuck], after: str, limit: int) -> list[Stuck]:
    ids = [row.id for row in rows]
    return list(rows[ids.index(after) + 1 if after in ids else 0 :][:limit])


_FIND: Mapping[str, Callable[[str, int], list[Stuck]]] = {
    "incident": _incidents,
    "message": _messages,
    "event": _events,
    "run": _stopped,
    "pool": _unserved,
    "tool": _unregistered,
}
KINDS = tuple(_FIND)
