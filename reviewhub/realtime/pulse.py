"""Whether what is told over the channel layer comes through.

A process speaks to itself over the layer that all changes take, once a second and in numbers. Where a number is
missing, changes may be missing as well. Where none comes for a while, nothing else does.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import time
import uuid
from collections.abc import Mapping
from typing import Any, Protocol

from reviewhub.realtime import groups

log = logging.getLogger(__name__)

EVERY = 1.0  # seconds; a connection to Redis that was lost takes longer to come back
UNHEARD_FOR = 3.0  # seconds
KIND = "pulse"


class Patient(Protocol):
    def miss(self) -> None:
        """Something may have been told that did not come through."""
        ...

    def turn_deaf(self) -> None:
        """Nothing comes through."""
        ...

    def hear_again(self) -> None: ...


class Pulse:
    def __init__(self, patient: Patient) -> None:
        self.is_deaf = False
        self.begun = asyncio.Event()
        self._patient = patient
        self._name = uuid.uuid4().hex
        self._last: int | None = None
        self._felt_at = float("inf")

    async def beat(self, layer: Any, channel: str) -> None:
        is_sent = True
        for number in itertools.count():
            try:
                await layer.group_add(groups.DESK, channel)  # again: a layer in memory forgets it within a day
                await layer.group_send(groups.DESK, {"type": "desk.told", "told": [self.told(number)]})
                is_sent = True
            except Exception:
                if is_sent:
                    log.warning("Changes cannot be told at the moment.", exc_info=True)
                is_sent = False
            await asyncio.sleep(EVERY)

    def told(self, number: int) -> dict[str, Any]:
        return {"to": [], "said": {"type": KIND, "of": self._name, "number": number}}

    def feel(self, said: Mapping[str, Any]) -> None:
        """What was told before the first is not known, nor what was told while another did not come through. Where all
        came, late, everything did: only a process with much to tell was behind, and gets no more to do by it."""
        if said["of"] != self._name:
            return
        self._felt_at = time.monotonic()
        if self.is_deaf:
            self.is_deaf = False
            self._patient.hear_again()
        if self._last is None or said["number"] != self._last + 1:
            self._patient.miss()
        self._last = said["number"]
        self.begun.set()

    async def watch(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            self.look(time.monotonic())

    def look(self, now: float) -> None:
        if not self.is_deaf and now - self._felt_at > UNHEARD_FOR:
            self.is_deaf = True
            self._patient.turn_deaf()
