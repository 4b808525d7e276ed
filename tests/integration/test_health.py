"""What `/readyz` says when a part is away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from celery import Celery
from django.db import DatabaseError
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from orchestration import api as engine
from orchestration.api import heart_of
from reviewhub import health
from reviewhub.workers import QUEUES
from tests.support.machines import free_port

pytestmark = pytest.mark.django_db

HEARTS = [*map(heart_of, QUEUES), "sweeper"]


@pytest.fixture(autouse=True)
def migrations_unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_migrated", False)


@pytest.fixture
def all_hearts_beat() -> None:
    for name in HEARTS:
        engine.beat(name)


def missing(client: Client) -> dict[str, str]:
    said: dict[str, str] = client.get("/readyz").json().get("missing", {})
    return said


def test_alive_asks_nobody(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert client.get("/healthz").json() == {"status": "alive"}


def test_ready_when_every_part_lives(client: Client, all_hearts_beat: None) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready"})


def test_a_worker_that_fell_silent_is_named(
    client: Client, all_hearts_beat: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    signs = dict(engine.heartbeats()) | {"worker.tools": datetime.now(UTC) - timedelta(seconds=31)}
    monkeypatch.setattr(engine, "heartbeats", lambda: signs)
    assert client.get("/readyz").status_code == 503
    assert missing(client) == {"workers": "No sign of life from worker.tools for 30 s."}


def test_a_broker_that_is_away_is_said(
    client: Client, all_hearts_beat: None, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    monkeypatch.setattr(health, "app", Celery(broker=settings.REDIS_URL, set_as_current=False))
    assert list(missing(client)) == ["broker"]


def test_a_database_that_is_away_is_said_without_details(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> str:
        raise DatabaseError("could not connect as reviewhub with password hunter2")

    monkeypatch.setattr(health, "_database", away)
    assert missing(client) == {"database": "The check failed (DatabaseError)."}


def test_tools_that_open_runs_need_are_named(
    client: Client, all_hearts_beat: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "unregistered_tools", lambda: ["erp.create_order@1"])
    assert missing(client) == {"tools": "Open runs need tools that are not registered: erp.create_order@1."}


def test_probes_may_come_under_any_host_name(client: Client) -> None:
    assert client.get("/healthz", headers={"host": "10.1.2.3"}).status_code == 200
