"""What docs/language.md says a text means, shown by texts: each sentence that a file here names stands in the
reference, word for word, and the file's tests hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from orchestration.core.language.check import Catalogue, check_text
from orchestration.runtime.rehearsing import rehearse_offline

PLACE = Path(__file__).with_name("meanings")
REFERENCE = " ".join((Path(__file__).parents[3] / "docs" / "language.md").read_text().split())
TEXTS = sorted(PLACE.glob("*.yaml"))


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_it_means_what_the_reference_says(path: Path) -> None:
    said = re.findall(r"^# Says: (.+)$", path.read_text(), re.MULTILINE)
    assert said
    assert [sentence for sentence in said if sentence not in REFERENCE] == []
    checked = check_text(path.read_text(), Catalogue())
    assert checked.faults == ()
    tests = rehearse_offline(checked)
    failed = [f"{test.name}: {one.expected} | {one.found}" for test in tests for one in test.failures]
    assert failed == [], "\n".join(f"{told.after} {told.what}" for test in tests for told in test.trail)
