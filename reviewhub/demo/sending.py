"""Sends an event as any client would: over HTTP, signed after the Standard Webhooks specification."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
from django.conf import settings
from standardwebhooks.webhooks import Webhook

from orchestration import api

PURCHASES, MESSAGES = "purchase-requests", "customer-messages"  # paths below /hooks/
SIGNED_BY = {PURCHASES: "erp-hook", MESSAGES: "shop-hook"}
TIMEOUT = 10.0  # seconds


@dataclass(frozen=True, slots=True)
class Answer:
    """What the webhook answered. 202: a run was started; 200: the event was seen before."""

    status: int
    run_id: str
    text: str

    @property
    def accepted(self) -> bool:
        return self.status in (200, 202)


class Sender:
    """Signs and posts events for one path. May be shared by threads."""

    def __init__(self, path: str) -> None:
        self._url = f"{settings.PUBLIC_URL}/hooks/{path}/"
        self._webhook = Webhook(api.connection(SIGNED_BY[path]).secret)
        self._client = httpx.Client(timeout=TIMEOUT)

    def send(self, event_id: str, body: str) -> Answer:
        """Raises `httpx.HTTPError` where nothing was answered."""
        at = datetime.now(UTC)
        headers = {
            "Content-Type": "application/json",
            "webhook-id": event_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": self._webhook.sign(event_id, at, body),
        }
        answer = self._client.post(self._url, content=body.encode(), headers=headers)
        return Answer(answer.status_code, _run_of(answer), answer.text)


def as_body(event: Mapping[str, Any]) -> str:
    return json.dumps(event, ensure_ascii=False)


def _run_of(answer: httpx.Response) -> str:
    try:
        found = answer.json()
    except ValueError:
        return ""
    return str(found.get("run_id", "")) if isinstance(found, dict) else ""
