"""The Celery tasks: one line each. A task carries a hint; the database knows whether there is anything to do."""

from __future__ import annotations

from celery import shared_task

from orchestration.runtime import execute, outbox


@shared_task(name="orchestration.execute_step", ignore_result=True)
def execute_step(run_id: str, path: str, queue: str = "") -> None:
    execute.execute(run_id, path, queue)


@shared_task(name="orchestration.send_message", ignore_result=True)
def send_message(message_id: int) -> None:
    outbox.send(message_id)
