"""The planner knows how large the engine's tables are."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from orchestration.runtime import statistics


@pytest.mark.postgres
@pytest.mark.django_db
def test_a_table_that_has_grown_is_analysed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statistics, "_GROWN", "SELECT 'orchestration_steprun' WHERE %s > 0")
    assert statistics.analyse_what_has_grown() == ["orchestration_steprun"]


@pytest.mark.postgres
@pytest.mark.django_db
def test_tables_that_stay_as_they_are_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statistics, "FEWEST", 10**9)
    assert statistics.analyse_what_has_grown() == []


@pytest.mark.sqlite
def test_sqlite_needs_none_of_it(db: Any) -> None:
    assert connection.vendor == "sqlite"
    assert statistics.analyse_what_has_grown() == []
