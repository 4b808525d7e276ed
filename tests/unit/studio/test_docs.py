"""What docs/studio.md promises by name is there to be seen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docs" / "studio.md").read_text()
SHOWN = "\n".join(path.read_text() for path in (ROOT / "templates").rglob("*.html"))
SIDEBAR = (ROOT / "reviewhub" / "web" / "context.py").read_text()
NAMED = sorted({name.replace("\n", " ") for name in re.findall(r"\*\*([^*]+)\*\*", TEXT)})


@pytest.mark.parametrize("name", NAMED)
def test_every_name_in_the_text_is_on_a_page(name: str) -> None:
    assert name.lower() in f"{SHOWN}\n{SIDEBAR}".lower()


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([a-z./-]+)\)", TEXT))))
def test_every_link_leads_somewhere(target: str) -> None:
    assert (ROOT / "docs" / target).is_file()
