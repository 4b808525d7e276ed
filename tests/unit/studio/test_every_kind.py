"""Nothing is recorded that the pages cannot tell: every kind of audit event has its words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reviewhub.studio.settings_told import SETTINGS
from reviewhub.studio.tellings import TELLINGS
from tests.unit.core.recorded import RECORDED

ROOT = Path(__file__).parents[3]
DESK = "\n".join(path.read_text() for path in (ROOT / "reviewhub" / "reviews" / "services").glob("*.py"))
SAID = "\n".join(
    path.read_text()
    for package in ("orchestration/runtime", "reviewhub/accounts", "reviewhub/reviews", "reviewhub/api")
    for path in (ROOT / package).rglob("*.py")
)
OF_RUNS = RECORDED | set(re.findall(r'"(desk\.[a-z_]+)"', DESK))
SUBJECTS = "workflow|role|queue|calendar|policy|reason|connection|token"
OF_SETTINGS = set(re.findall(rf'"((?:{SUBJECTS})\.[a-z_]*(?:ed|set|withdrawn))"', SAID))


@pytest.mark.parametrize("kind", sorted(OF_RUNS))
def test_every_event_of_a_run_has_its_words(kind: str) -> None:
    assert kind in TELLINGS


@pytest.mark.parametrize("kind", sorted(OF_SETTINGS))
def test_every_change_of_a_setting_has_its_words(kind: str) -> None:
    assert kind in SETTINGS


def test_the_tables_tell_nothing_that_is_never_recorded() -> None:
    assert set(TELLINGS) <= OF_RUNS
