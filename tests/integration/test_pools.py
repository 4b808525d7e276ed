"""Pools of their own: long calls of one kind never hold up the others, in the one process too."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from orchestration import api, ports
from orchestration.ports import Answer, Question
from orchestration.runtime import outbox
from reviewhub.embedded.worker import THREADS, EmbeddedWorker
from tests.support.bench import OSCAR, Bench, Says, bench

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 20.0  # seconds; what works takes a fraction of one
AI = """
workflow: thinks
title: Thinks
input: {type: object, properties: {}}
steps: [{id: think, ai: slow, with: {}}, {end: done}]
"""
CALL = """
workflow: calls
title: Calls
input: {type: object, properties: {}}
steps: [{id: call, tool: a.call@1}, {end: done}]
"""


class Held:
    """Whoever comes in stays until everybody may go."""

    def __init__(self, whole: int) -> None:
        self._entered, self._whole, self._go = threading.Semaphore(0), whole, threading.Event()

    def enter(self) -> None:
        self._entered.release()
        self._go.wait(PATIENCE)

    def is_full(self) -> None:
        for _ in range(self._whole):
            assert self._entered.acquire(timeout=PATIENCE), "the pool has not filled"

    def release(self) -> None:
        self._go.set()


class Slow(Says):
    def __init__(self, held: Held) -> None:
        super().__init__()
        self._held = held

    def recommend(self, question: Question) -> Answer:
        self._held.enter()
        return super().recommend(question)


@pytest.fixture
def engine(transactional_db: None) -> Iterator[Bench]:
    with bench("a.call@1!") as made:
        ports.bind(clock=ports.MachineClock())
        made.publish(CALL)
        outcomes = [{"id": "approve", "label": "Approve"}]
        api.save_decision_point(name="slow", title="Slow", kind="recommend", prompt="?", outcomes=outcomes, actor=OSCAR)
        made.publish(AI)
        yield made


@pytest.fixture
def worker(engine: Bench) -> Iterator[EmbeddedWorker]:
    working = EmbeddedWorker()
    working.start()
    yield working
    working.stop()


def test_models_that_think_for_long_do_not_hold_up_tools(engine: Bench, worker: EmbeddedWorker) -> None:
    held, called = Held(THREADS["ai"]), threading.Event()
    ports.bind(recommender=Slow(held))
    engine.tools["a.call"].before = called.set
    for _ in range(4 * THREADS["ai"]):
        engine.start("thinks")
    held.is_full()
    try:
        engine.start("calls")
        assert called.wait(PATIENCE), "the tool waits for models"
    finally:
        held.release()


def test_tools_that_take_long_do_not_hold_up_what_has_to_leave(
    engine: Bench, worker: EmbeddedWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, sent = Held(THREADS["tools"]), threading.Event()

    def send(payload: Mapping[str, Any], key: str) -> None:
        sent.set()

    monkeypatch.setitem(outbox._handlers, "letters", send)
    engine.tools["a.call"].before = held.enter
    for _ in range(4 * THREADS["tools"]):
        engine.start("calls")
    held.is_full()
    try:
        api.send_later(topic="letters", key="a", payload={})
        assert sent.wait(PATIENCE), "the message waits for tools"
    finally:
        held.release()
