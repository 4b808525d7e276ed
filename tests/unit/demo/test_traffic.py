"""The record of accepted events and the figures of the traffic."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import LazySettings

from reviewhub.demo.traffic import Tally, accepted_events, record_path


@pytest.fixture
def data_dir(settings: LazySettings, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


def test_without_traffic_nothing_was_accepted(data_dir: Path) -> None:
    assert accepted_events() == []


def test_a_line_that_a_crash_cut_off_is_left_out(data_dir: Path) -> None:
    record_path().write_text('{"event_id": "a", "request_id": "A", "run": "1"}\n{"event_id": "b", "requ')
    assert [event["event_id"] for event in accepted_events()] == ["a"]


def test_quantiles_of_the_answers() -> None:
    tally = Tally(milliseconds=[float(number) for number in range(100)])
    assert (tally.quantile(0.5), tally.quantile(0.99)) == (50.0, 99.0)


def test_quantiles_of_no_answers_are_nothing() -> None:
    assert Tally().quantile(0.99) == 0.0
