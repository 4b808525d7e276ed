"""Writing and verifying the audit chains. See `orchestration.models.audit` for what they promise.

hash = SHA-256 over the canonical JSON of [previous hash, chain, sequence, kind, at, recorded at, actor, data, digest];
digest = SHA-256 over the salt and the canonical JSON of the values.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from orchestration.core.changes import Change
from orchestration.models import AuditChain, AuditCheckpoint, AuditEvent, AuditPayload
from orchestration.ports import Actor, clock
from orchestration.runtime.sql import Insert, write

_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode


def canonical(value: Any) -> str:
    """The one JSON text of a value: sorted keys, no spaces."""
    return _canonical(value)


def digest_of(salt: str, body: str) -> str:
    return hashlib.sha256(f"{salt}{body}".encode()).hexdigest()


def hash_of(event: AuditEvent) -> str:
    actor = Actor(event.actor_kind, event.actor_id, event.actor_label)
    moments = (_utc(event.at), _utc(event.recorded_at))
    link = (event.previous, event.chain, event.sequence, event.kind)
    return _hash(link, moments, actor, event.data, event.digest)


def _hash(link: tuple[str, str, int, str], moments: tuple[str, str], actor: Actor, data: str, digest: str) -> str:
    """`link` is the hash before, the chain, the sequence number and the kind."""
    text = _canonical([*link, *moments, [actor.kind, actor.id, actor.label], data, digest])
    return hashlib.sha256(text.encode()).hexdigest()


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


@dataclass(frozen=True, slots=True)
class Head:
    """The last event of a chain."""

    sequence: int
    hash: str


@dataclass(frozen=True, slots=True)
class Links:
    """Events that continue a chain, as rows to be written, and the chain's new head."""

    head: Head
    events: list[tuple[Any, ...]]  # in the order of EVENT_COLUMNS
    payloads: list[tuple[Any, ...]]  # in the order of PAYLOAD_COLUMNS


EVENT_COLUMNS = (
    *("chain", "sequence", "kind", "at", "recorded_at", "actor_kind", "actor_id", "actor_label"),
    *("data", "digest", "previous", "hash"),
)
PAYLOAD_COLUMNS = ("chain", "sequence", "salt", "body")
INSERT_EVENT, INSERT_PAYLOAD = Insert(AuditEvent, EVENT_COLUMNS), Insert(AuditPayload, PAYLOAD_COLUMNS)


def chained(chain: str, head: Head, changes: Iterable[Change], actor: Actor, recorded_at: datetime) -> Links:
    """Events behind `head`, which writes nothing yet."""
    events: list[tuple[Any, ...]] = []
    payloads: list[tuple[Any, ...]] = []
    recorded = _utc(recorded_at)
    sequence, previous = head.sequence, head.hash
    for change in changes:
        sequence += 1
        data, digest = _canonical(change.data), ""
        if change.values is not None:
            salt, body = secrets.token_hex(16), _canonical(change.values)
            digest = digest_of(salt, body)
            payloads.append((chain, sequence, salt, body))
        found = _hash((previous, chain, sequence, change.kind), (_utc(change.at), recorded), actor, data, digest)
        known = (chain, sequence, change.kind, change.at, recorded_at, actor.kind, actor.id, actor.label)
        events.append((*known, data, digest, previous, found))
        previous = found
    return Links(Head(sequence, previous), events, payloads)


def append(chain: str, head: Head, changes: Iterable[Change], actor: Actor, recorded_at: datetime) -> Head:
    """Writes events behind `head`. The caller holds the lock of the row that keeps the head."""
    links = chained(chain, head, changes, actor, recorded_at)
    write({INSERT_EVENT: links.events, INSERT_PAYLOAD: links.payloads})
    return links.head


def record_change(
    *, chain: str, kind: str, data: Mapping[str, Any], actor: Actor, values: Mapping[str, Any] | None = None
) -> None:
    """One event about a configured object (workflow:<name>, role:<person>, connection:<name>, policy:<name> …)."""
    with transaction.atomic():
        AuditChain.objects.get_or_create(name=chain)
        row = AuditChain.objects.select_for_update().get(name=chain)
        change = Change(kind, clock().process_now(), data, values)
        head = append(chain, Head(row.sequence, row.head), [change], actor, clock().system_now())
        row.sequence, row.head = head.sequence, head.hash
        row.save()


# ---- checkpoints -------------------------------------------------------------------------------


def checkpoint() -> AuditCheckpoint | None:
    """Notes every head that moved since the last checkpoint, signed. None where nothing moved, or where another process
    was noting it at the same moment."""
    with suppress(IntegrityError):
        return _checkpoint()
    return None


def _checkpoint() -> AuditCheckpoint | None:
    with transaction.atomic():
        last = AuditCheckpoint.objects.select_for_update().order_by("-number").first()
        heads = _moved_heads(last)
        if not heads:
            return None
        made = AuditCheckpoint(
            number=last.number + 1 if last else 1,
            at=clock().system_now(),
            heads=canonical(heads),
            previous=last.digest if last else "",
        )
        made.digest = checkpoint_digest(made)
        made.signature = signature(made.digest)
        made.save(force_insert=True)
        return made


def _moved_heads(last: AuditCheckpoint | None) -> list[list[Any]]:
    events = AuditEvent.objects.order_by("chain", "sequence")
    if last is not None:
        events = events.filter(recorded_at__gte=last.at)
    heads = {
        chain: [chain, sequence, digest] for chain, sequence, digest in events.values_list("chain", "sequence", "hash")
    }
    return list(heads.values())


def checkpoint_digest(made: AuditCheckpoint) -> str:
    text = canonical([made.number, _utc(made.at), made.heads, made.previous])
    return hashlib.sha256(text.encode()).hexdigest()


def signature(digest: str) -> str:
    key = hashlib.sha256(b"reviewhub.audit:" + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, digest.encode(), hashlib.sha256).hexdigest()
