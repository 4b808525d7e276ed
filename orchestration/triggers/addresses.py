"""Which workflow an address starts, among the current versions of all workflows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from django.db.models import Subquery

from orchestration.models import Connection, Workflow, WorkflowVersion
from orchestration.runtime.definitions import definition_of
from orchestration.runtime.starting import startable


@dataclass(frozen=True, slots=True)
class WebhookTrigger:
    """An address that starts a workflow, as both stand at this moment."""

    path: str
    workflow: Workflow
    connection: str
    secret: str = field(repr=False)  # proves the sender; empty where the connection is missing or switched off


@dataclass(frozen=True, slots=True)
class _Address:
    """Where an address leads, for as long as the workflow's current version is this one."""

    workflow: str
    version: int
    content_hash: str
    connection: str


Pointers = tuple[tuple[str, int, str], ...]  # of every published workflow: its name, its version's id and content hash


@dataclass(frozen=True, slots=True)
class _Known:
    pointers: Pointers
    addresses: Mapping[str, _Address]


_known = _Known((), MappingProxyType({}))


def webhook_trigger(path: str) -> WebhookTrigger | None:
    """One query as long as nothing was published: it reads the workflow where it still stands, and the secret."""
    return _trigger(path, _known) or _trigger(path, _looked_up())


def _trigger(path: str, known: _Known) -> WebhookTrigger | None:
    address = known.addresses.get(path)
    if address is None:
        return None
    unchanged = {"current_id": address.version, "current__content_hash": address.content_hash}
    secret = Connection.objects.filter(name=address.connection, enabled=True).values("secret")
    rows = startable().filter(name=address.workflow, **unchanged).annotate(secret=Subquery(secret))
    row = rows.first()
    return WebhookTrigger(path, row, address.connection, row.secret or "") if row is not None else None


def _looked_up() -> _Known:
    """What is known now. Versions are read only when one of the workflows points elsewhere than before."""
    global _known
    published = Workflow.objects.filter(current__isnull=False).order_by("name")
    pointers = tuple(published.values_list("name", "current__id", "current__content_hash"))
    if pointers != _known.pointers:
        _known = _Known(pointers, MappingProxyType(_addresses(pointers)))
    return _known


def _addresses(pointers: Pointers) -> dict[str, _Address]:
    """Should two workflows claim one address, the first by name has it."""
    versions = WorkflowVersion.objects.only("content_hash").in_bulk([current for _, current, _ in pointers])
    found: dict[str, _Address] = {}
    for name, current, content_hash in pointers:
        for trigger in definition_of(versions[current]).triggers:
            if webhook := trigger.get("webhook"):
                found.setdefault(webhook["path"], _Address(name, current, content_hash, webhook["secret"]))
    return found
