"""Proving that nothing in the audit trail was altered, added, left out or removed."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from orchestration.models import AuditChain, AuditCheckpoint, AuditEvent, AuditPayload, Run
from orchestration.runtime import values
from orchestration.runtime.audit import Head, checkpoint_digest, digest_of, hash_of, signature


@dataclass(frozen=True, slots=True)
class AuditFault:
    """Where the trail does not verify, and why. `sequence` 0 means the chain as a whole."""

    chain: str
    sequence: int
    message: str


@dataclass(frozen=True, slots=True)
class AuditReport:
    chains: int
    events: int
    checkpoints: int
    faults: tuple[AuditFault, ...]

    @property
    def ok(self) -> bool:
        return not self.faults


def verify_audit() -> AuditReport:
    """Reads every chain once, in order. Memory is one head a chain, not one row an event."""
    faults: list[AuditFault] = []
    heads: dict[str, Head] = {}
    events = 0
    rows = AuditEvent.objects.order_by("chain", "sequence").iterator(chunk_size=2000)
    for chain, members in groupby(rows, key=lambda event: event.chain):
        head = Head(0, "")
        for event in members:
            events += 1
            faults += _event_faults(event, head)
            head = Head(event.sequence, event.hash)
        heads[chain] = head
    faults += _payload_faults()
    faults += _large_faults()
    faults += _head_faults(heads)
    checkpoints = list(AuditCheckpoint.objects.order_by("number"))
    faults += _checkpoint_faults(checkpoints)
    return AuditReport(len(heads), events, len(checkpoints), tuple(faults))


def _event_faults(event: AuditEvent, head: Head) -> Iterator[AuditFault]:
    if event.sequence != head.sequence + 1:
        missing = f"{head.sequence + 1} to {event.sequence - 1}"
        yield AuditFault(event.chain, event.sequence, f"Events {missing} are missing.")
    elif event.previous != head.hash:
        yield AuditFault(event.chain, event.sequence, "The link to the event before it is broken.")
    if hash_of(event) != event.hash:
        yield AuditFault(event.chain, event.sequence, "The event was altered: its hash does not fit its content.")


def _payload_faults() -> Iterator[AuditFault]:
    """A payload that is gone was erased, which is allowed; one that is there must fit its digest."""
    digests = AuditEvent.objects.exclude(digest="").values_list("chain", "sequence", "digest")
    wanted = {(chain, sequence): digest for chain, sequence, digest in digests.iterator(chunk_size=5000)}
    for payload in AuditPayload.objects.order_by("id").iterator(chunk_size=2000):
        if wanted.get((payload.chain, payload.sequence)) != digest_of(payload.salt, payload.body):
            yield AuditFault(payload.chain, payload.sequence, "The values were altered: they do not fit their digest.")


def _large_faults() -> Iterator[AuditFault]:
    """A large value is named by its digest in the event's values, so the chain covers it as well."""
    for run_id, digest in values.altered():
        yield AuditFault(f"run:{run_id}", 0, f"The large value {digest[:12]} was altered: it does not fit its digest.")


def _head_faults(heads: dict[str, Head]) -> Iterator[AuditFault]:
    known = [
        (f"run:{run_id}", sequence, head)
        for run_id, sequence, head in Run.objects.values_list("id", "sequence", "audit_head").iterator(chunk_size=5000)
    ]
    known += list(AuditChain.objects.values_list("name", "sequence", "head"))
    for chain, sequence, head in known:
        found = heads.get(chain, Head(0, ""))
        if (found.sequence, found.hash) != (sequence, head):
            message = f"The chain ends at {found.sequence}, its owner says {sequence}: the end was cut off or altered."
            yield AuditFault(chain, found.sequence, message)
    owned = {chain for chain, _, _ in known}
    for chain in heads.keys() - owned:
        yield AuditFault(chain, 0, "What this chain is about is gone.")


def _checkpoint_faults(checkpoints: list[AuditCheckpoint]) -> Iterator[AuditFault]:
    previous, number = "", 0
    for checkpoint in checkpoints:
        name = f"checkpoint:{checkpoint.number}"
        if checkpoint.number != number + 1 or checkpoint.previous != previous:
            yield AuditFault(name, 0, "A checkpoint before this one is missing.")
        if checkpoint_digest(checkpoint) != checkpoint.digest:
            yield AuditFault(name, 0, "The checkpoint was altered.")
        if not hmac.compare_digest(signature(checkpoint.digest), checkpoint.signature):
            yield AuditFault(name, 0, "The checkpoint's signature is not ours.")
        yield from _noted_heads(checkpoint)
        previous, number = checkpoint.digest, checkpoint.number


def _noted_heads(checkpoint: AuditCheckpoint) -> Iterator[AuditFault]:
    noted = [(chain, sequence, digest) for chain, sequence, digest in json.loads(checkpoint.heads)]
    for start in range(0, len(noted), 500):
        part = noted[start : start + 500]
        rows = AuditEvent.objects.filter(chain__in=[chain for chain, _, _ in part])
        found = {(chain, sequence): digest for chain, sequence, digest in rows.values_list("chain", "sequence", "hash")}
        for chain, sequence, digest in part:
            if found.get((chain, sequence)) != digest:
                message = f"Checkpoint {checkpoint.number} has seen this event otherwise, or it is gone."
                yield AuditFault(chain, sequence, message)
