"""Which workflow an address starts, or which event it tells, among the current versions of all workflows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from django.db import connection
from django.db.models import Subquery

from orchestration.models import Connection, Workflow, WorkflowVersion
from orchestration.ports import Actor
from orchestration.runtime.definitions import definition_of
from orchestration.runtime.sql import fetch
from orchestration.runtime.starting import startable


@dataclass(frozen=True, slots=True)
class WebhookTrigger:
    """An address that starts a workflow or tells an event, as both stand at this moment."""

    path: str
    workflow: Workflow
    connection: str
    event: Mapping[str, Any] | None  # {"name", "key", "schema"} of what it tells; None where it starts the workflow
    secret: str = field(repr=False)  # proves the sender; empty where the connection is missing or switched off

    @property
    def sender(self) -> Actor:
        return Actor("system", f"connection:{self.connection}", f"Webhook {self.path}"[:150])


class _Address:
    """Where an address leads, for as long as the workflow's current version is this one.

    Whether it still stands is one row. While that row says the same, secret included, what was made of it is kept.
    """

    def __init__(self, webhook: Mapping[str, Any], workflow: str, version: int, content_hash: str) -> None:
        self._path, self._connection, self._event = webhook["path"], webhook["secret"], webhook.get("event")
        secret = Connection.objects.filter(name=self._connection, enabled=True).values("secret")
        unchanged = {"current_id": version, "current__content_hash": content_hash}
        self._rows = startable().filter(name=workflow, **unchanged).annotate(secret=Subquery(secret))
        text, self._given = self._rows.query.sql_with_params()
        self._text = text.replace("%s", "?") if connection.vendor == "sqlite" else text
        self._made: tuple[Any, WebhookTrigger | None] = ((), None)

    def trigger(self) -> WebhookTrigger | None:
        """One query, and none of Django's work around it."""
        stands = self._read()
        known, made = self._made
        if made is None or stands != known:
            made = self._anew()
            if self._read() == stands:  # nothing moved meanwhile
                self._made = (stands, made)
        return made

    def _read(self) -> list[tuple[Any, ...]]:
        return fetch(self._text, self._given)

    def _anew(self) -> WebhookTrigger | None:
        row = self._rows.first()
        if row is None:
            return None
        return WebhookTrigger(self._path, row, self._connection, self._event, row.secret or "")


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
    return address.trigger() if address is not None else None


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
            webhook = trigger.get("webhook")
            if webhook and webhook["path"] not in found:
                found[webhook["path"]] = _Address(webhook, name, current, content_hash)
    return found
