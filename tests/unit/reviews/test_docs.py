"""The page about the desk says what the desk does, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

from reviewhub.notifications.models import Notice
from reviewhub.reviews.models import Breach, OverrideReason, ReviewTask
from reviewhub.reviews.reasons import default_reasons
from reviewhub.reviews.selectors.history import TOLD
from reviewhub.reviews.why import WHY

TEXT = (Path(__file__).parents[3] / "docs" / "desk.md").read_text()


def rows(heading: str) -> dict[str, list[str]]:
    """The table below a heading: {code: the other cells}."""
    section = TEXT.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    found = re.findall(r"^\| `(.+?)` \| (.+?) \|$", section, re.MULTILINE)
    return {code: cells.split(" | ") for code, cells in found}


def test_every_state_is_written_with_who_moves_it_on() -> None:
    assert set(rows("States")) == set(ReviewTask.Status.values)


def test_every_reason_to_look_has_its_words() -> None:
    assert {code: words for code, [words] in rows("Why a person sees a task").items()} == WHY


def test_every_notice_is_written_with_when_and_to_whom() -> None:
    assert set(rows("Who is told")) == set(Notice.Kind.values)


def test_every_cause_of_a_missed_due_time_is_written() -> None:
    assert set(rows("What was missed")) == set(Breach.Cause.values)


def test_every_default_reason_is_written_with_what_it_feeds() -> None:
    feeds = dict(OverrideReason.Feeds.choices)
    expected = {
        row["code"]: [row["label"], feeds[str(row["feeds"])], "yes" if row["trains"] else "no"]
        for row in default_reasons()
    }
    assert rows("Override reasons") == expected


def test_every_event_of_the_desk_is_written_and_told() -> None:
    written = {kind for cell in rows("On record") for kind in cell.split("`, `")}
    sources = Path(ReviewTask.__module__.replace(".", "/")).parents[1] / "services"
    recorded = {
        kind
        for path in (Path(__file__).parents[3] / sources).glob("*.py")
        for kind in re.findall(r'kind="(desk\.\w+)"', path.read_text())
    }
    assert written == recorded
    assert recorded <= TOLD
