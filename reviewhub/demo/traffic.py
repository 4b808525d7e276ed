"""A load of signed events over HTTP, and a record of every one that was accepted.

The events are small purchases that purchasing's own rule buys, so that all of them must end without a person.
A sender that got no answer sends the same event again, as a careful client does; the record is a file beside the
data, so that it owes nothing to the database that it will be compared with.
"""

from __future__ import annotations

import json
import secrets
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

import httpx
from django.conf import settings

from reviewhub.demo.cases import SMALL
from reviewhub.demo.sending import PURCHASES, Answer, Sender, as_body

FILE = "demo-traffic.jsonl"
SENDERS = 16
PATIENCE = 60.0  # seconds for which one event is sent again and again
PAUSE = 0.5  # seconds between two of these
COST_CENTER = "LOAD-900"


def record_path() -> Path:
    return Path(settings.DATA_DIR) / FILE


@dataclass(slots=True)
class Tally:
    """What came of the events. Shared by the senders."""

    statuses: Counter[str] = field(default_factory=Counter)
    milliseconds: list[float] = field(default_factory=list)
    accepted: int = 0

    def quantile(self, share: float) -> float:
        """Of the times that an answer took."""
        ordered = sorted(self.milliseconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


class Traffic:
    """Sends `rate` events a second for `seconds`."""

    def __init__(self, rate: float, seconds: float) -> None:
        self._rate, self._count = rate, max(1, round(rate * seconds))
        self._sender = Sender(PURCHASES)
        self._lock = Lock()
        self.tally = Tally()

    def run(self) -> Tally:
        record_path().parent.mkdir(parents=True, exist_ok=True)
        begun = time.monotonic()
        with record_path().open("a", encoding="utf-8") as file, ThreadPoolExecutor(SENDERS) as pool:
            for number in range(self._count):
                time.sleep(max(0.0, begun + number / self._rate - time.monotonic()))
                pool.submit(self._send, file.write, file.flush)
        return self.tally

    def _send(self, write: Callable[[str], object], flush: Callable[[], object]) -> None:
        event_id = f"traffic-{secrets.token_hex(8)}"
        event = {"request_id": event_id.upper(), **SMALL, "cost_center": COST_CENTER}
        answer = self._until_answered(event_id, as_body(event))
        with self._lock:
            self.tally.statuses[str(answer.status) if answer else "no answer"] += 1
            if answer is not None and answer.accepted:
                self.tally.accepted += 1
                write(
                    json.dumps({"event_id": event_id, "request_id": event["request_id"], "run": answer.run_id}) + "\n"
                )
                flush()

    def _until_answered(self, event_id: str, body: str) -> Answer | None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            begun = time.monotonic()
            try:
                answer = self._sender.send(event_id, body)
            except httpx.HTTPError:
                answer = None
            if answer is not None and answer.status < 500:
                self.tally.milliseconds.append((time.monotonic() - begun) * 1000)
                return answer
            time.sleep(PAUSE)
        return None


def accepted_events() -> list[dict[str, Any]]:
    """What `Traffic` has recorded so far; a last line that a crash cut off was not accepted by anybody."""
    if not record_path().exists():
        return []
    lines = record_path().read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.endswith("}")]
