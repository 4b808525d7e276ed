"""Hints to workers that a step is ready. The row is the truth: a hint that is lost costs a few seconds, no more."""

from __future__ import annotations

import logging

from orchestration.core.language.definition import Step
from orchestration.runtime.tools import tools

logger = logging.getLogger(__name__)


def queue_of(step: Step) -> str:
    """Which pool does the work: ai, or the tool's own (tools where it is not registered)."""
    if step.kind == "ai":
        return "ai"
    known = tools().get(f"{step.spec['tool']}@{step.spec['version']}")
    return known.queue if known is not None else "tools"


def send(run_id: str, path: str, queue: str) -> None:
    """Publishes the hint. A broker that is away is no error: the sweeper says it again."""
    from orchestration.tasks import execute_step

    try:
        execute_step.apply_async(args=(run_id, path), queue=queue, retry=False, ignore_result=True)
    except Exception as error:  # noqa: BLE001 - whatever the transport raises, the ready row is still there
        logger.warning("No hint for %s of run %s, the sweeper will find it: %s", path, run_id, type(error).__name__)
