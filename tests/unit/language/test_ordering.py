"""In which order the names of a value come out of an expression."""

from __future__ import annotations

from typing import Any

import pytest

from orchestration.core.language.expression import expression

NAMES = [f"name {number}" for number in (7, 3, 9, 1, 8, 2, 6, 4, 5)]
CASE = {name: {"to": 1, "from": 2, "at": 3, "by": 4, "of": 5} for name in NAMES}
CONTEXT = {"input": {"case": CASE, "lines": [CASE, CASE], "none": {}}}


@pytest.mark.parametrize(
    ("source", "within"),
    [
        ("input.case", lambda value: value),
        ("input.lines", lambda value: value[1]),
        ("input.lines.filter(line, size(line) > 1)", lambda value: value[0]),
        ("size(input.none) > 0 ? input.none : input.case", lambda value: value),
    ],
)
def test_names_come_in_the_order_in_which_they_were_given(source: str, within: Any) -> None:
    value = within(expression(source).evaluate(CONTEXT))
    assert list(value) == NAMES
    assert [list(each) for each in value.values()] == [["to", "from", "at", "by", "of"]] * len(NAMES)


def test_a_mapping_that_is_made_has_its_names_by_the_alphabet() -> None:
    made = expression("{'zeta': 1, 'beta': 2, 'eta': 3, 'alpha': input.case}").evaluate(CONTEXT)
    assert list(made) == ["alpha", "beta", "eta", "zeta"]
    assert list(made["alpha"]) == NAMES


def test_what_is_nested_deeper_than_a_value_may_be_breaks_nothing_beside_it() -> None:
    deep: Any = 1
    for _ in range(900):
        deep = [deep]
    assert expression("[input.a]").evaluate({"input": {"a": 1, "deep": deep}}) == [1]
