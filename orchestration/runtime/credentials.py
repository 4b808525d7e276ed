"""Several secrets of one connection, shared out: the one that is least in use, and of those the one longest unused.

A secret that is refused (401, 403) rests for long, one that is told to wait (429) for as long as it is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Count

from orchestration.exceptions import NotFound, PermanentError, ToolError, TransientError
from orchestration.models import Connection, ConnectionCredential, LimitSlot
from orchestration.ports import clock

REFUSED_FOR = timedelta(minutes=10)
BUSY_FOR = timedelta(seconds=60)  # where the other side does not say
REFUSED = frozenset({"http_401", "http_403", "key_refused"})
BUSY = frozenset({"http_429", "rate_limited", "quota"})


@dataclass(frozen=True, slots=True)
class Credential:
    """What a connection is called with. The secret never shows in a representation."""

    connection: Connection
    label: str
    secret: str = field(repr=False)
    id: int | None = None  # None: the connection's own secret

    @property
    def base_url(self) -> str:
        return self.connection.base_url


@contextmanager
def credential(name: str, seconds: float = 60.0) -> Iterator[Credential]:
    """The secret to use for one call of `connection`, for at most `seconds`. How the call went is seen by the error
    that leaves the block. Raises `NotFound`, and `TransientError` while all of them rest."""
    connection = Connection.objects.filter(name=name, enabled=True).first()
    if connection is None:
        raise NotFound(f"There is no enabled connection {name!r}.")
    use = uuid4()
    chosen = _choose(connection, use, seconds)
    try:
        yield chosen
    except ToolError as error:
        rest(chosen, error.code, error.retry_after)
        raise
    finally:
        if chosen.id is not None:
            LimitSlot.objects.filter(subject=_subject(chosen.id), run_id=use).delete()


def rest(chosen: Credential, code: str, retry_after: float | None = None) -> None:
    """Lets a credential rest where the answer was about it."""
    if chosen.id is None or code not in REFUSED | BUSY:
        return
    asked = timedelta(seconds=min(retry_after, 3600.0)) if retry_after is not None else BUSY_FOR
    until = clock().system_now() + (REFUSED_FOR if code in REFUSED else asked)
    ConnectionCredential.objects.filter(pk=chosen.id).update(rests_until=until, rests_because=code)


@transaction.atomic
def _choose(connection: Connection, use: UUID, seconds: float) -> Credential:
    """Under the lock of the connection's credentials, so that two who choose at once choose differently."""
    rows = ConnectionCredential.objects.select_for_update().filter(connection=connection, enabled=True)
    known = list(rows.order_by("pk"))
    if not known:
        return Credential(connection, "", connection.secret)
    now = clock().system_now()
    awake = [row for row in known if row.rests_until is None or row.rests_until <= now]
    if not awake:
        raise _all_rest(connection, known, now)
    uses = _in_use(awake, now)
    chosen = min(awake, key=lambda row: (uses.get(row.pk, 0), row.used_at.timestamp() if row.used_at else 0.0, row.pk))
    ConnectionCredential.objects.filter(pk=chosen.pk).update(used_at=now)
    ends = now + timedelta(seconds=seconds)
    LimitSlot.objects.create(subject=_subject(chosen.pk), run_id=use, path="", expires_at=ends)
    return Credential(connection, chosen.label, chosen.secret, chosen.pk)


def _in_use(rows: Sequence[ConnectionCredential], now: datetime) -> dict[int, int]:
    subjects = {_subject(row.pk): row.pk for row in rows}
    LimitSlot.objects.filter(subject__in=list(subjects), expires_at__lte=now).delete()
    counted: Any = LimitSlot.objects.filter(subject__in=list(subjects)).values_list("subject").annotate(Count("pk"))
    return {subjects[subject]: count for subject, count in counted.order_by()}


def _all_rest(connection: Connection, known: Sequence[ConnectionCredential], now: datetime) -> ToolError:
    if all(row.rests_because in REFUSED for row in known):
        return PermanentError(f"Every credential of {connection.name} was refused.", code="credentials_refused")
    soonest = min((row.rests_until or now for row in known if row.rests_because not in REFUSED), default=now)
    wait = (soonest - now).total_seconds()
    said = f"Every credential of {connection.name} was told to wait."
    return TransientError(said, code="credentials_rest", retry_after=wait)


def _subject(pk: int) -> str:
    return f"credential:{pk}"
