"""Signed events, sent at a steady rate by several clients."""

from __future__ import annotations

import base64
import http.client
import json
import os
import queue
import threading
import time
from datetime import UTC, datetime
from urllib.parse import urlsplit

from standardwebhooks.webhooks import Webhook

from benchmarks.place import HOOK

CLIENTS = 8
SECRET = "whsec_" + base64.b64encode(b"thirty-two bytes only to measure").decode()


def take_events(url: str, rate: int, seconds: int) -> list[float]:
    """Sends signed events at a steady rate, whatever the answers take. Returns milliseconds from each due time."""
    due: queue.SimpleQueue[float | None] = queue.SimpleQueue()
    taken: list[float] = []
    clients = [threading.Thread(target=_send_due, args=(url, due, taken)) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    first = time.perf_counter() + 0.2
    for number in range(rate * seconds):
        at = first + number / rate
        time.sleep(max(0.0, at - time.perf_counter()))
        due.put(at)
    for _ in clients:
        due.put(None)
    for client in clients:
        client.join()
    assert len(taken) == rate * seconds
    return taken


def _send_due(url: str, due: queue.SimpleQueue[float | None], taken: list[float]) -> None:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    webhook = Webhook(SECRET)
    while (at := due.get()) is not None:
        event, now = os.urandom(12).hex(), datetime.now(UTC)
        body = json.dumps({"request_id": event, "requester": "ann@example.com", "amount": 740.0})
        headers = {
            "Content-Type": "application/json",
            "webhook-id": event,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": webhook.sign(event, now, body),
        }
        connection.request("POST", f"/hooks/{HOOK}/", body, headers)
        answer = connection.getresponse()
        said = answer.read()
        assert answer.status == http.client.ACCEPTED, said
        taken.append((time.perf_counter() - at) * 1000)
    connection.close()
