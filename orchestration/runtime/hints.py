"""Hints to workers that a step is ready. The row is the truth: a hint that is lost costs a few seconds, no more."""

from __future__ import annotations

import logging
import threading
import time

from orchestration.core.language.definition import Step
from orchestration.runtime.tools import tools

logger = logging.getLogger(__name__)

APART = 0.005  # seconds between two hints of this process for one queue

_lock = threading.Lock()
_sent_at: dict[str, float] = {}  # by queue, on the monotonic clock
_to_be_sent: dict[str, tuple[str, str]] = {}  # by queue: the last one, that a timer sends


def queue_of(step: Step) -> str:
    """Which pool does the work: ai, or the tool's own (tools where it is not registered)."""
    if step.kind == "ai":
        return "ai"
    known = tools().get(f"{step.spec['tool']}@{step.spec['version']}")
    return known.queue if known is not None else "tools"


def queues() -> list[str]:
    """Every queue in which a step can be ready."""
    return sorted({"ai", "tools"} | {known.queue for known in tools().values()})


def send(run_id: str, path: str, queue: str) -> None:
    """Wakes a worker of the queue. It takes whatever is ready there, so of many hints at once the first and a last
    one are enough: the last is sent after all of them were asked for."""
    with _lock:
        if queue in _to_be_sent:
            return
        wait = _sent_at.get(queue, 0.0) + APART - time.monotonic()
        if wait > 0:
            _to_be_sent[queue] = (run_id, path)
            threading.Timer(wait, _send_the_last, (queue,)).start()
            return
        _sent_at[queue] = time.monotonic()
    _publish(run_id, path, queue)


def _send_the_last(queue: str) -> None:
    with _lock:
        run_id, path = _to_be_sent.pop(queue)
        _sent_at[queue] = time.monotonic()
    _publish(run_id, path, queue)


def _publish(run_id: str, path: str, queue: str) -> None:
    """A broker that is away is no error: the sweeper says it again."""
    from orchestration.tasks import execute_step

    try:
        execute_step.apply_async(args=(run_id, path, queue), queue=queue, retry=False, ignore_result=True)
    except Exception as error:  # noqa: BLE001 - whatever the transport raises, the ready row is still there
        logger.warning("No hint for %s of run %s, the sweeper will find it: %s", path, run_id, type(error).__name__)
