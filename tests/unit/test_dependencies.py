"""Every dependency has its reason, and every reason its dependency."""

from __future__ import annotations

import re

from tests.support.installation import ROOT


def named_in(file: str) -> set[str]:
    lines = (ROOT / file).read_text().splitlines()
    return {re.split(r"[\[=<>]", line)[0] for line in lines if line}


def pinned_in(file: str) -> set[str]:
    return set(re.findall(r"^([a-z0-9._-]+)==", (ROOT / file).read_text(), re.MULTILINE))


def test_each_dependency_has_a_reason() -> None:
    table = (ROOT / "docs/dependencies.md").read_text()
    cells = re.findall(r"^\| ([a-z][^|]*) \|", table, re.MULTILINE)
    explained = {name.strip() for cell in cells for name in re.sub(r"\([^)]*\)", "", cell).split(",")} - {"package"}
    assert explained == named_in("requirements.in") | named_in("requirements-dev.in")


def test_each_dependency_is_pinned_with_a_hash_and_names_no_registry() -> None:
    for file in ("requirements", "requirements-dev"):
        text = (ROOT / f"{file}.txt").read_text()
        assert {name.replace(".", "-") for name in named_in(f"{file}.in")} <= pinned_in(f"{file}.txt")
        assert text.count("==") <= text.count("--hash=sha256:")
        assert "://" not in text
        assert "--index" not in text
