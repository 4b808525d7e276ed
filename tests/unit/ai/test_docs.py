"""What docs/ai.md says about recommendations exists, and the other way round."""

from __future__ import annotations

import re
from pathlib import Path

from orchestration.ai import documents, kept, reader
from orchestration.ai.learned import calibration, schedule, store, text_training, track, training
from orchestration.ai.openai import calling, recommender

ROOT = Path(__file__).resolve().parents[3]
TEXT = (ROOT / "docs/ai.md").read_text()
AI = "\n".join(path.read_text() for path in sorted((ROOT / "orchestration/ai").rglob("*.py")))


def test_every_word_of_an_attempt_is_explained() -> None:
    used = set(re.findall(r'(?:Unanswered|_note)\(\s*"(\w+)"', AI)) | set(
        re.findall(r'ChainAttempt\([^)]*?, "(\w+)"', AI)
    )
    used |= {"answered", "abstained"}
    explained = set(re.findall(r"`(\w+)`", TEXT.partition("Words in an attempt's `happened`:")[2]))
    assert used == explained


def test_every_recorded_entry_is_in_the_code() -> None:
    table = TEXT.partition("| entry | meaning |")[2].partition("\n\n")[0]
    entries = {
        name for row in table.splitlines() for name in re.findall(r"`(\w+)`", row.split("|")[1] if "|" in row else "")
    }
    assert len(entries) > 20
    assert not {name for name in entries if f'"{name}"' not in AI}


def test_the_figures_are_those_of_the_code() -> None:
    numbers = {3: "three", 10: "ten"}
    said = (
        f"With fewer than {calibration.FEWEST_ALIKE} such cases",
        f"of the last {calibration.MOST_ALIKE} cases",
        f"with fewer than {training.FEWEST_LABELS} decisions",
        f"once {track.FEWEST_JUDGED} of its\nanswers",
        f"has {schedule.NEW_LABELS} new decisions",
        f"after {schedule.ABANDONED.total_seconds() / 60:.0f} minutes",
        f"takes {calling.LONGEST_SECONDS:.0f} seconds at most",
        f"capped at {recommender.CAP}",
        f"needs {numbers[text_training.FEWEST_TEXTS]} texts",
        f"{documents.MOST_CHARACTERS:,} characters",
        f"Beside the label it says {reader.BESIDE:.0%}".replace("%", " %"),
        f"latest {kept.MOST} readings",
        f"Below {kept.FEWEST}",
        f"{numbers[store.KEPT_WHOLE]} latest versions",
    )
    assert [sentence for sentence in said if sentence not in TEXT] == []
