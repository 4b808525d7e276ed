"""Paths of a run: which step, in which iteration of which loop."""

from __future__ import annotations

import pytest

from orchestration.core import paths


@pytest.mark.parametrize(
    ("path", "written", "iteration"),
    [
        ("check", "check", ""),
        ("fork/left/check", "fork/left/check", ""),
        ("lines", "lines", ""),
        ("lines#3/check", "lines/check", "lines#3"),
        ("lines#3/fork/left/check", "lines/fork/left/check", "lines#3"),
        ("orders#2/lines", "orders/lines", "orders#2"),  # the block itself stands outside its own iterations
        ("orders#2/lines#17/check", "orders/lines/check", "orders#2/lines#17"),
        ("lines#3", "lines", "lines#3"),
    ],
)
def test_a_path_tells_the_step_and_the_iteration(path: str, written: str, iteration: str) -> None:
    assert paths.written(path) == written
    assert paths.iteration_of(path) == iteration


def test_an_iteration_tells_its_block_and_its_number() -> None:
    assert paths.block_of("orders#2/lines#17") == ("orders#2/lines", 17)
    assert paths.iteration_at("orders#2/lines#17/check", 1) == "orders#2"
    assert paths.iteration_at("orders#2/lines#17/check", 2) == "orders#2/lines#17"
    assert paths.iteration_at("orders#2/check", 2) is None


@pytest.mark.parametrize(
    ("timer", "subject"),
    [("lines#3/check:retry", "lines#3/check"), ("lines#3/check!2:undo", "lines#3/check"), (":limit", "")],
)
def test_a_timer_tells_the_step_it_is_about(timer: str, subject: str) -> None:
    assert paths.subject_of(timer) == subject


@pytest.mark.parametrize(
    ("path", "within", "inside"),
    [
        ("lines#3/check", "lines", True),
        ("lines#3/check", "lines#3", True),
        ("lines#30/check", "lines#3", False),
        ("lines", "lines", False),
        ("lines2/left/check", "lines", False),
        ("fork/left/check", "fork/left", True),
        ("anything", "", True),
    ],
)
def test_what_stands_inside_what(path: str, within: str, inside: bool) -> None:
    assert paths.stands_in(path, within) is inside
