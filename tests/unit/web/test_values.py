"""Values of a case as people read them."""

from __future__ import annotations

from typing import Any

import pytest

from reviewhub.web.presenters.values import shown, spoken_name, typed

SHOWN: list[tuple[Any, str, str]] = [
    (None, "–", "nothing"),
    (True, "Yes", "a yes is no number"),
    (18400.0, "18,400", "a double that is whole"),
    (1250.5, "1,250.50", "two places or none"),
    (0.0035, "0.0035", "a rate keeps its places"),
    (1.999, "1.999", "and is not cut off"),
    (0.1 + 0.2, "0.30", "what only the sum of doubles brought is left out"),
    (-0.00005, "-0.00005", "a small one without a power of ten"),
    (1e-30, "1E-30", "a tiny one with it"),
    (float("inf"), "inf", "what is no number of a case breaks nothing"),
    (["a", 2], "a, 2", "a list"),
    ({"cost_center": "LAB"}, "Cost center LAB", "a mapping"),
]


@pytest.mark.parametrize(("value", "said", "remark"), SHOWN)
def test_a_value_reads_as_people_write_it(value: Any, said: str, remark: str) -> None:
    assert shown(value) == said, remark


HELD: list[tuple[Any, str, str]] = [
    (1200.0, "number", "1200"),
    (True, "boolean", "true"),
    (None, "string", ""),
    ({"a": 1}, "json", '{\n  "a": 1\n}'),
]


@pytest.mark.parametrize(("value", "kind", "held"), HELD)
def test_an_input_holds_what_can_be_sent_back_unchanged(value: Any, kind: str, held: str) -> None:
    assert typed(value, kind) == held


def test_a_name_of_the_workflow_reads_as_words() -> None:
    assert spoken_name("cost_center") == "Cost center"


def test_a_file_keeps_its_name() -> None:
    assert spoken_name("offer_2026-11.pdf") == "offer_2026-11.pdf"
