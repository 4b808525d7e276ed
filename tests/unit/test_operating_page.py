"""The operator's page names every setting, process and part of readiness, and no other."""

from __future__ import annotations

import re

from tests.support.installation import ROOT, procfile

PAGE = (ROOT / "docs/operating.md").read_text()
OF_THE_WEB_SERVER = {"WEB_CONCURRENCY"}


def rows_of(heading: str) -> list[str]:
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"^\| (`[^|]+) \|", section, re.MULTILINE)


def test_every_variable_is_on_the_page() -> None:
    source = (ROOT / "reviewhub/settings/environment.py").read_text()
    read = set(re.findall(r'(?:env\.\w+|variables\.get)\("([A-Z_]+)"', source)) - {"DEBUG"}
    read |= set(re.findall(r"\$\{([A-Z_]+):-", (ROOT / "Procfile").read_text()))
    told = {name for row in rows_of("Settings") for name in re.findall(r"`([A-Z_]+)`", row)}
    assert told == read | OF_THE_WEB_SERVER


def test_every_process_is_on_the_page() -> None:
    assert [row.strip("`") for row in rows_of("Two ways to run")] == list(procfile())


def test_every_part_of_readiness_is_on_the_page() -> None:
    source = (ROOT / "reviewhub/health.py").read_text()
    for part in re.findall(r'yield "(\w+)"', source):
        assert f"`{part}`" in PAGE


def test_every_command_on_the_page_exists() -> None:
    from django.core.management import get_commands

    assert set(re.findall(r"manage\.py (\w+)", PAGE)) <= set(get_commands())
