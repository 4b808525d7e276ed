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
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from orchestration.core.changes import Change
from orchestration.models import AuditChain, AuditCheckpoint, AuditEvent, AuditPayload
from orchestration.ports import Actor, clock


def canonical(value: Any) -> str:
    """The one JSON text of a value: sorted keys, no spaces."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest_of(salt: str, body: str) -> str:
    return hashlib.sha256(f"{salt}{body}".encode()).hexdigest()


def hash_of(event: AuditEvent) -> str:
    actor = [event.actor_kind, event.actor_id, event.actor_label]
    moments = [_utc(event.at), _utc(event.recorded_at)]
    text = canonical(
        [event.previous, event.chain, event.sequence, event.kind, *moments, actor, event.data, event.digest]
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


@dataclass(frozen=True, slots=True)
class Head:
    """The last event of a chain."""

    sequence: int
    hash: str


def append(chain: str, head: Head, changes: Iterable[Change], actor: Actor, recorded_at: datetime) -> Head:
    """Writes events behind `head`. The caller holds the lock of the row that keeps the head."""
    events: list[AuditEvent] = []
    payloads: list[AuditPayload] = []
    for change in changes:
        event = AuditEvent(
            chain=chain,
            sequence=head.sequence + 1,
            kind=change.kind,
            at=change.at,
            recorded_at=recorded_at,
            actor_kind=actor.kind,
            actor_id=actor.id,
            actor_label=actor.label,
            data=canonical(change.data),
            previous=head.hash,
        )
        if change.values is not None:
            payload = _payload(chain, event.sequence, change.values)
            event.digest = digest_of(payload.salt, payload.body)
            payloads.append(payload)
        event.hash = hash_of(event)
        events.append(event)
        head = Head(event.sequence, event.hash)
    AuditEvent.objects.bulk_create(events)
    if payloads:
        AuditPayload.objects.bulk_create(payloads)
    return head


def _payload(chain: str, sequence: int, values: Mapping[str, Any]) -> AuditPayload:
    return AuditPayload(chain=chain, sequence=sequence, salt=secrets.token_hex(16), body=canonical(values))


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
    """Notes every head that moved since the last checkpoint, signed. None where nothing moved."""
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
