"""The planner knows how large the engine's tables are, and what is looked up in them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection

from orchestration.runtime import sql, statistics, store


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


@pytest.mark.postgres
@pytest.mark.django_db
def test_many_rows_of_a_young_table_are_looked_up_one_by_one() -> None:
    kinds = (store.END_ATTEMPT, store._MOVE_STEP, store._UPDATE_TIMER)
    many = json.dumps([[]] * 200)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql._joined(kinds)}", {f"rows_{index}": many for index in range(len(kinds))})
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert plan.count("Nested Loop") == len(kinds), plan  # and none puts a whole table into a hash


@pytest.mark.sqlite
def test_sqlite_needs_none_of_it(db: Any) -> None:
    assert connection.vendor == "sqlite"
    assert statistics.analyse_what_has_grown() == []
