"""What the hot path reads and writes of a long run is found by an index, however young the table is."""

from __future__ import annotations

import json

import pytest
from django.db import connection

from orchestration.runtime import parts, sql, store
from tests.integration.engine.test_loops import LINES
from tests.support.bench import Bench
from tests.support.plans import planned

pytestmark = pytest.mark.postgres
MODES = ("force_generic_plan", "force_custom_plan")
FILL = """
INSERT INTO orchestration_steprun (run_id, path, within, step_id, kind, status, position, attempts, started_at)
SELECT %s, 'lines#' || n || '/order', 'lines#' || n, 'order', 'tool', 'succeeded', 10 + n, 1, now()
FROM generate_series(10, 3000) AS n
"""


@pytest.fixture
def long_run(engine: Bench) -> str:
    """A run of 3,000 items beside a few short ones, in a table of which the planner has not been told."""
    engine.publish(LINES)
    run_id, *_ = [engine.start("lines", lines=[1]) for _ in range(20)]
    with connection.cursor() as cursor:
        cursor.execute(FILL, [run_id])
    return str(run_id)


@pytest.mark.parametrize("mode", MODES)
def test_each_range_is_read_by_the_index_of_sequences(long_run: str, mode: str) -> None:
    runs, numbers = "{" + ",".join([long_run] * 64) + "}", range(100, 164)
    lows, highs = ("{" + ",".join(f"lines#{number}{end}" for number in numbers) + "}" for end in ("", "/"))
    paths = "{" + ",".join(f"lines#{number}/order" for number in numbers) + "}"
    plan = planned(parts.parts_postgres(), [runs, lows, highs, runs, paths], mode)
    assert "Index Scan using step_run_within on orchestration_steprun" in plan
    assert "Seq Scan on orchestration_steprun" not in plan


@pytest.mark.parametrize("mode", MODES)
def test_each_row_that_is_written_is_found_by_its_key(long_run: str, mode: str) -> None:
    rows = json.dumps([[None] * len(store._MOVE_STEP.columns) + [long_run, f"lines#{n}/order"] for n in range(64)])
    plan = planned(sql._joined((store._MOVE_STEP,)), [rows], mode)
    assert "Index Scan using step_run_path_once on orchestration_steprun" in plan
