"""What other engines promise, written anew in our language: each text names its origin and carries its tests.

What a text alone cannot show is in test_promises_of_others.py.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.core.language.check import Catalogue, check_text
from orchestration.core.rehearsal.outcome import Rehearsed
from orchestration.runtime.rehearsing import rehearse_offline

SCENARIOS = sorted((Path(__file__).parent / "scenarios").glob("*.yaml"))


def rehearsed_from(path: Path) -> tuple[Rehearsed, ...]:
    checked = check_text(path.read_text(), Catalogue())
    assert checked.faults == ()
    return rehearse_offline(checked)


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_it_holds_here_as_well(path: Path) -> None:
    tests = rehearsed_from(path)
    assert tests
    failed = [f"line {one.line}: {one.expected} | {one.found}" for test in tests for one in test.failures]
    assert failed == [], "\n".join(f"{told.after} {told.what}" for test in tests for told in test.trail)


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_it_names_its_origin(path: Path) -> None:
    assert path.read_text().startswith("# Origin: ")
