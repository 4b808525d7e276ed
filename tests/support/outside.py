"""The world outside of a worker that dies: what took effect stays, whoever is killed. A folder, one file an effect."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from orchestration import api
from orchestration.core.effects import ReviewRequest
from orchestration.runtime import outbox
from orchestration.runtime import tools as registry
from orchestration.runtime.tools import ToolCall
from tests.support.bench import Bench, bench

TOPIC = "told"

WORKFLOW = """
workflow: mortal
title: Mortal
owner: oscar
input: {type: object, properties: {}}
steps:
  - id: gather
    parallel:
      branches:
        left: [{id: booked, tool: outside.book@1}, {id: again, tool: outside.book@1}]
        right: [{id: paid, tool: outside.pay@1}]
  - id: approval
    review:
      outcomes: [approve, reject]
      assign: {queue: finance}
      escalate: [{after: 10m, to: {backup_of: queue}}]
      unanswered: {after: 1h, outcome: approve}
  - {id: shipped, tool: outside.book@1}
  - {id: refunded, tool: outside.pay@1}
  - {end: done}
"""
DECIDED = """
workflow: decided
title: Decided
owner: oscar
input: {type: object, properties: {}}
steps:
  - {id: approval, review: {outcomes: [approve, reject], assign: {queue: finance}}}
  - {id: shipped, tool: outside.book@1}
  - {id: refunded, tool: outside.pay@1}
  - {end: done}
"""
INSIDE = """
workflow: inside
title: Inside
owner: oscar
input: {type: object, properties: {}}
steps: [{id: room, tool: outside.pay@1, undo: {tool: outside.free@1}}, {end: done}]
"""
FAMILY = """
workflow: family
title: Family
owner: oscar
input: {type: object, properties: {}}
steps:
  - id: seats
    each:
      in: ${ [1, 2] }
      concurrency: 1
      steps: [{id: seat, tool: outside.book@1, undo: {tool: outside.free@1}}]
  - {id: nap, wait: {for: 10m}}
  - {id: stay, workflow: inside}
  - {fail: Nobody travels.}
"""
EFFECTS = ("booked", "again", "paid", "shipped", "refunded")


class Outside:
    """Two systems: `book` counts a key once, as an idempotent one does; `pay` counts every call, and can be asked."""

    def __init__(self, place: Path) -> None:
        self._place = place

    def does(self, what: str, key: str) -> None:
        with os.fdopen(os.open(self._file, os.O_WRONLY | os.O_APPEND | os.O_CREAT), "w") as file:
            file.write(f"{what} {key}\n")

    def effects(self) -> Counter[str]:
        """How often each key took effect, by `what key`."""
        return Counter(self._file.read_text().splitlines()) if self._file.exists() else Counter()

    @property
    def _file(self) -> Path:
        return self._place / "effects"

    def book(self, given: Mapping[str, Any], call: ToolCall) -> Mapping[str, Any]:
        if not self.effects()[f"book {call.idempotency_key}"]:
            self.does("book", call.idempotency_key)
        return {}

    def free(self, given: Mapping[str, Any], call: ToolCall) -> Mapping[str, Any]:
        if not self.effects()[f"free {call.idempotency_key}"]:
            self.does("free", call.idempotency_key)
        return {}

    def pay(self, given: Mapping[str, Any], call: ToolCall) -> Mapping[str, Any]:
        self.does("pay", call.idempotency_key)
        return {}

    def paid(self, given: Mapping[str, Any], call: ToolCall) -> Mapping[str, Any] | None:
        return {} if self.effects()[f"pay {call.idempotency_key}"] else None

    def told(self, payload: Mapping[str, Any], key: str) -> None:
        if not self.effects()[f"told {key}"]:
            self.does("told", key)


@contextmanager
def outside_bench(place: Path) -> Iterator[Bench]:
    """The workbench whose tools reach `place`, and whose desk tells of every review by the outbox."""
    outside = Outside(place)
    with bench() as made:
        registry.tool(name="outside.book", version=1, idempotent=True)(outside.book)
        registry.tool(name="outside.free", version=1, idempotent=True)(outside.free)
        registry.tool(name="outside.pay", version=1, reconcile=outside.paid)(outside.pay)
        handlers = dict(outbox._handlers)
        outbox.on_topic(TOPIC)(outside.told)
        opens = made.desk.open

        def open_and_tell(request: ReviewRequest) -> None:
            opens(request)
            api.send_later(topic=TOPIC, key=f"{request.run_id}:{request.key}", payload={})

        made.desk.open = open_and_tell  # type: ignore[method-assign]
        try:
            yield made
        finally:
            outbox._handlers.clear()
            outbox._handlers.update(handlers)
