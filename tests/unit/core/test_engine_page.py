"""docs/engine.md says what the code has: its statuses, its tables, its retry policy."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps

from orchestration.core.retry import RetryPolicy
from orchestration.models.runs import Attempt, Run, StepRun, Timer
from reviewhub.reviews.models import ReviewTask
from tests.unit.core.recorded import RECORDED

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "engine.md").read_text()


@pytest.mark.parametrize("model", [Run, StepRun, Attempt, Timer, ReviewTask])
def test_every_status_is_on_the_page(model: type[Run | StepRun | Attempt | Timer | ReviewTask]) -> None:
    said = set(re.findall(r"[a-z]+", PAGE))
    assert {status.value for status in model.Status} <= said


def test_every_table_of_the_engine_is_on_the_page_and_every_one_on_the_page_exists() -> None:
    rows = [line for line in PAGE.split("## Tables")[1].splitlines() if line.startswith("| `")]
    said = {name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[1])}
    assert said == {model.__name__ for model in apps.get_app_config("orchestration").get_models()}


def test_every_kind_of_event_is_on_the_page_and_every_one_on_the_page_is_recorded() -> None:
    section = PAGE.split("## What is recorded")[1].split("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    assert {name for row in rows for name in re.findall(r"`([\w.]+)`", row.split("|")[1])} == RECORDED


def test_the_retry_policy_on_the_page_is_the_one_in_force() -> None:
    policy = RetryPolicy()
    assert f"{policy.attempts} attempts, {policy.first.total_seconds():g} s before the second" in PAGE
    assert f"at most {policy.cap.total_seconds():g} s, varied by {policy.jitter * 100:g} %" in PAGE


def test_every_file_that_the_page_names_is_there() -> None:
    for name in re.findall(r"`((?:core|runtime|models)/\w+\.py)`", PAGE):
        assert (ROOT / "orchestration" / name).is_file()
    for name in re.findall(r"`((?:tests|reviewhub)/[\w/.]+)`", PAGE):
        assert (ROOT / name).exists()
