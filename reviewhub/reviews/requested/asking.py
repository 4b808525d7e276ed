"""Asking for a review, and withdrawing what was asked."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from orchestration import api
from orchestration.ports import Actor
from reviewhub.reviews.exceptions import InvalidRequest
from reviewhub.reviews.requested import WORKFLOW
from reviewhub.reviews.requested.callbacks import connection_for
from reviewhub.reviews.requested.shape import Faults, faults_of, text_of


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: `key` tells one caller from another for ever, `name` is for people, and `names` may not decide it."""

    key: str
    name: str
    actor: Actor
    names: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        return f"review:{self.key}"


def faults_of_request(wanted: Mapping[str, Any], asker: Asker) -> Faults:
    """Whatever the desk has against it: its shape, and the address that would be called."""
    faults = faults_of(wanted, asker.name)
    url = wanted.get("callback_url")
    if isinstance(url, str) and url and connection_for(url) is None:
        said = "No connection of the settings allows this address to be called back."
        faults.append({"path": "/callback_url", "code": "not_allowed", "message": said})
    return faults


@transaction.atomic
def ask_for_review(*, wanted: Mapping[str, Any], asker: Asker) -> api.Started:
    """Puts the request before people. The same `event_id` of the same asker is the same review, for ever.

    Raises InvalidRequest with every fault, and `InvalidInput` where a text cannot be kept.
    """
    if faults := faults_of_request(wanted, asker):
        raise InvalidRequest(faults)
    version = api.keep_version(text=text_of(wanted, asker.name), actor=asker.actor)
    return api.start_run(
        workflow=WORKFLOW,
        version=version,
        input=_input_of(wanted, asker),
        actor=asker.actor,
        source=asker.source,
        event_id=_event_of(asker, wanted.get("event_id")),
    )


def withdraw_review(*, run: Any, asker: Asker) -> None:
    """Nobody needs to decide it any more. Raises `InvalidTransition` where it has been decided and counts."""
    api.cancel_run(run_id=run.pk, reason=f"{asker.name} withdrew it.", actor=asker.actor)


def _input_of(wanted: Mapping[str, Any], asker: Asker) -> dict[str, Any]:
    requester = [wanted["requester"]] if wanted.get("requester") else []
    fields = wanted.get("fields") or {}
    return {
        "title": wanted["title"],
        "case": _case(wanted.get("context") or {}),
        "fields": {name: field.get("value") for name, field in fields.items()},
        "highlights": list((wanted.get("highlights") or {}).values()),
        "concerns": list(wanted.get("concerns") or ()),
        "exclude": [*requester, *asker.names, *(wanted.get("exclude") or ())],
        "metadata": wanted.get("metadata") or {},
        **{name: wanted[name] for name in ("recommendation", "callback_url") if wanted.get(name)},
    }


def _case(context: Mapping[str, Any]) -> dict[str, Any]:
    """The facts, and each document beneath its title: what it says, or where it is."""
    case = dict(context.get("facts") or {})
    for title, said in _documents(context.get("documents") or ()):
        name, number = title, 2
        while name in case:
            name, number = f"{title} ({number})", number + 1
        case[name] = said
    return case


def _documents(documents: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, Any]]:
    return ((each["title"], each.get("text") or each.get("url") or each.get("document") or "") for each in documents)


def _event_of(asker: Asker, event_id: str | None) -> str | None:
    """Two systems may have the same numbers."""
    return hashlib.sha256(f"{asker.key}\n{event_id}".encode()).hexdigest() if event_id else None
