"""Where is measured: PostgreSQL with its own durability, Redis, and the Procfile's processes, all of our own."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import django
import psycopg

from tests.support.installation import ROOT, Installation
from tests.support.machines import postgres_cluster, redis_server

if TYPE_CHECKING:
    from reviewhub.accounts.models import Person

WORKFLOW = "bench-approval"
HOOK = "bench"
SERVER = "BENCHMARK_SERVER"  # the environment's name for a PostgreSQL that several measures share
MIGRATED = "migrated"  # its database with all tables and nothing in them
TEXT = f"""
workflow: {WORKFLOW}
title: Approval
owner: carol
input:
  type: object
  required: [request_id, requester, amount]
  properties:
    request_id: {{type: string}}
    requester: {{type: string, format: email}}
    amount: {{type: number, minimum: 0}}
triggers:
  - webhook: {{path: {HOOK}, secret: bench-hook}}
steps:
  - id: approval
    review:
      title: "Request ${{ input.request_id }}"
      outcomes: [approve, reject]
      highlights: {{Amount: "${{ input.amount }}"}}
      concerns:
        - {{when: "${{ input.amount > 500.0 }}", say: More than the rule allows}}
      assign: {{queue: bench, exclude: ["${{ input.requester }}"]}}
      sla: {{due: 8h}}
      escalate:
        - {{after: 24h, to: {{backup_of: queue}}}}
        - {{after: 48h, to: {{manager_of: assignee}}}}
  - id: told
    tool: mail.send@1
    with: {{to: "${{ input.requester }}", subject: Decided, text: "${{ steps.approval.outcome }}"}}
"""


@contextmanager
def production(
    imports: str = "", tool_workers: int = 1, more: Mapping[str, str] | None = None
) -> Iterator[Installation]:
    """Every process of the Procfile, ready, on an empty database; Django is set up in this process over the same.

    The workers import `imports`; `tool_workers` is how many of them call tools.
    """
    with _database() as url, redis_server() as redis_url, tempfile.TemporaryDirectory() as place:
        installation = _installed(Path(place), url, redis_url)
        installation.environment |= more or {}
        if imports:
            for name, command in installation.commands.items():
                installation.commands[name] = f"{command} -I {imports}" if name.startswith("worker") else command
        os.environ.update(installation.environment)
        django.setup()
        installation.start()
        for number in range(1, tool_workers):
            installation.launch(f"worker-tools.{number}")
        try:
            yield installation
        finally:
            _let_go()
            installation.close()


@contextmanager
def one_server() -> Iterator[dict[str, str]]:
    """One PostgreSQL for several measures, which spares each the making of its tables. Yields what tells it to a
    measure's process: `production` takes an empty database of its own there, and drops it in the end."""
    with postgres_cluster() as server, tempfile.TemporaryDirectory() as place:
        _execute(f"{server}/postgres", f"CREATE DATABASE {MIGRATED}")
        _installed(Path(place), f"{server}/{MIGRATED}").manage("migrate", "--verbosity", "0")
        yield {SERVER: server}


@contextmanager
def _database() -> Iterator[str]:
    """The URL of an empty database with all tables."""
    if SERVER in os.environ:
        server, name = os.environ[SERVER], f"measured_{os.getpid()}"
        _execute(f"{server}/postgres", f"CREATE DATABASE {name} TEMPLATE {MIGRATED}")
        _execute(f"{server}/postgres", "CHECKPOINT")  # what others have left to write is none of what is measured
        yield f"{server}/{name}"
        _execute(f"{server}/postgres", f"DROP DATABASE {name} WITH (FORCE)")
        return
    with postgres_cluster() as server, tempfile.TemporaryDirectory() as place:
        _installed(Path(place), f"{server}/postgres").manage("migrate", "--verbosity", "0")
        yield f"{server}/postgres"


def _installed(place: Path, database_url: str, redis_url: str = "") -> Installation:
    installation = Installation(place, database_url, redis_url)
    installation.environment |= {
        "REVIEWHUB_MODE": "embedded",
        "EMAIL_URL": "dummymail://",
        "LOG_LEVEL": "WARNING",
        "PYTHONPATH": str(ROOT),
    }
    return installation


def _execute(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


def furnish(secret: str, undo_seconds: int = 1) -> Person:
    """A queue with one reviewer, a connection for webhooks and the workflow. Returns the reviewer."""
    from orchestration import api
    from reviewhub.accounts.models import Person
    from reviewhub.reviews.services.settings import save_queue, set_member

    alice = Person.objects.create_user(email="alice@example.com", username="alice", display_name="Alice Moreau")
    Person.objects.create_user(email="carol@example.com", username="carol", display_name="Carol Diaz")
    queue = save_queue(slug="bench", title="Bench", actor=api.SYSTEM, undo_seconds=undo_seconds)
    set_member(queue=queue, person=alice, actor=api.SYSTEM)
    api.save_connection(name="bench-hook", kind="webhook", secret=secret, actor=api.SYSTEM)
    api.publish_workflow(text=TEXT, note="for measuring", actor=api.SYSTEM)
    return alice


def _let_go() -> None:
    from django.db import connection

    connection.close()
    connection.close_pool()  # type: ignore[attr-defined] # PostgreSQL's has one
