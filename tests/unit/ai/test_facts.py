from __future__ import annotations

import pytest

from orchestration.ai.facts import (
    MOST_FACTS,
    MOST_TEXT,
    flatten,
    label,
    names_somebody,
    number,
    source_text,
    spoken,
    words,
)


def test_leaves_have_dotted_paths_and_nulls_are_left_out() -> None:
    facts = flatten({"request": {"amount": 5, "note": None}, "lines": [{"item": "a"}, {"item": "b"}]})
    assert [(fact.path, fact.kind_of, fact.value) for fact in facts] == [
        ("request.amount", "request.amount", 5),
        ("lines.0.item", "lines.item", "a"),
        ("lines.1.item", "lines.item", "b"),
    ]


def test_hostile_sizes_are_cut_off() -> None:
    deep: dict[str, object] = {"end": 1}
    for _ in range(10_000):
        deep = {"inside": deep}
    assert flatten(deep) == ()
    assert len(flatten({"many": list(range(100_000))})) == MOST_FACTS
    assert sum(len(str(fact.value)) for fact in flatten({"long": ["x" * 1_000_000] * 100})) <= MOST_TEXT


@pytest.mark.parametrize(
    ("path", "read"),
    [
        ("request.cost_center", "cost center"),  # the container says nothing
        ("budget.remaining", "budget remaining"),
        ("lines.0.item", "lines item"),
        ("order", "order"),
        ("history.history", "history"),
    ],
)
def test_a_path_reads_like_words(path: str, read: str) -> None:
    assert label(path) == read


@pytest.mark.parametrize(
    "path", ["customer.name", "name", "request.requester", "from_name", "customer_name", "to.0.contact"]
)
def test_a_person_s_name_is_known_by_its_path(path: str) -> None:
    assert names_somebody(path)


@pytest.mark.parametrize("path", ["supplier.name", "request.supplier", "plan_name", "named", "request.amount"])
def test_other_names_are_no_person_s(path: str) -> None:
    assert not names_somebody(path)


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (18400, "18,400"),
        (18400.0, "18,400"),
        (0.25, "0.25"),
        (1234.5, "1,234.50"),
        (True, "yes"),
        ("x" * 99, "x" * 59 + "…"),
    ],
)
def test_values_are_spoken_as_people_write_them(value: str | float, read: str) -> None:
    assert spoken(value) == read


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("1250.00", 1250.0),
        (7, 7.0),
        (True, None),
        ("ten", None),
        (float("nan"), None),
        (float("inf"), None),
        (10**400, None),
    ],
)
def test_only_finite_numbers_are_numbers(value: str | float, read: float | None) -> None:
    assert number(value) == read


def test_a_number_is_quoted_as_people_read_it() -> None:
    values = (12900.0, 12900, 0.44, 1234.5, True, "x")
    assert [source_text(value) for value in values] == ["12,900", "12,900", "0.44", "1,234.5", "yes", "x"]


def test_words_meet_in_one_spelling_and_keep_their_places() -> None:
    text = "Café №5: DON’T pay 120345!"
    found = list(words(text))
    assert [word.token for word in found] == ["café", "5", "don't", "pay", "#"]
    assert text[found[3].start : found[3].end] == "pay"
