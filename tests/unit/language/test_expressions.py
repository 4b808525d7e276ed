"""What values mean, and how they fail."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.core.language.expressions import ExpressionError, compile_value, evaluate_or_say
from orchestration.core.language.reading import COMPREHENSIONS, FUNCTIONS

CONTEXT: dict[str, Any] = {
    "input": {"amount": 10.0, "count": 3, "name": "ACME", "note": None, "lines": [{"sum": 4.0}, {"sum": 6.0}]},
    "steps": {"budget": {"remaining": 5.0}, "skipped": None, "told-owner": {"ok": True}},
    "run": {"id": "r1"},
}


def evaluated(raw: Any) -> Any:
    return compile_value(raw).evaluate(CONTEXT)


DAY = "timestamp('2026-02-03T04:05:06.789Z')"
OF_FUNCTIONS = {
    "size": ("'abc'.size()", 3),
    "contains": ("'abc'.contains('b')", True),
    "startsWith": ("'abc'.startsWith('b')", False),
    "endsWith": ("'abc'.endsWith('c')", True),
    "matches": ("'a12'.matches('^a[0-9]+$')", True),
    "has": ("has(input.name)", True),
    "int": ("int('7') + int(2.9)", 9),
    "uint": ("uint(7) == 7u", True),
    "double": ("double('2.5')", 2.5),
    "string": ("string(7)", "7"),
    "bytes": ("bytes('abc').size()", 3),
    "type": ("type(1) == type(2)", True),
    "dyn": ("dyn(1) == 1", True),
    "timestamp": ("timestamp('2026-01-01T00:00:00Z') < timestamp('2026-01-02T00:00:00Z')", True),
    "duration": ("duration('90m') > duration('1h')", True),
    "getFullYear": (f"{DAY}.getFullYear()", 2026),
    "getMonth": (f"{DAY}.getMonth()", 1),  # January is 0, as CEL has it
    "getDate": (f"{DAY}.getDate()", 3),
    "getDayOfMonth": (f"{DAY}.getDayOfMonth()", 2),  # from 0
    "getDayOfYear": (f"{DAY}.getDayOfYear()", 33),  # from 0
    "getDayOfWeek": (f"{DAY}.getDayOfWeek()", 2),  # Sunday is 0
    "getHours": (f"{DAY}.getHours()", 4),
    "getMinutes": (f"{DAY}.getMinutes()", 5),
    "getSeconds": (f"{DAY}.getSeconds()", 6),
    "getMilliseconds": (f"{DAY}.getMilliseconds()", 789),
    "all": ("[1, 2].all(n, n > 0)", True),
    "exists": ("[1, 2].exists(n, n > 1)", True),
    "exists_one": ("[1, 2].exists_one(n, n > 0)", False),
    "existsOne": ("[1, 2].existsOne(n, n > 1)", True),
    "map": ("[1, 2].map(n, n * 2)", [2, 4]),
    "filter": ("[1, 2].filter(n, n > 1)", [2]),
}


@pytest.mark.parametrize("name", sorted({*FUNCTIONS, *COMPREHENSIONS}))
def test_every_function_does_what_cel_says(name: str) -> None:
    written, result = OF_FUNCTIONS[name]
    assert evaluated(f"${{ {written} }}") == result


@pytest.mark.parametrize(
    ("raw", "result"),
    [
        ("${ input.amount }", 10.0),  # alone: keeps its type
        ("  ${ input.amount }\n", 10.0),  # white space around it does not count
        ("${ input.lines }", [{"sum": 4.0}, {"sum": 6.0}]),
        ("${ null }", None),
        ("Sum: ${ input.amount }", "Sum: 10"),  # a whole number without a point
        ("${ 2.5 } and ${ true }", "2.5 and true"),
        ("[${ input.note }]", "[]"),  # null as nothing
        ("x${ [1, 2] }", "x[1, 2]"),  # lists and mappings as JSON
        ("$${ input.amount }", "${ input.amount }"),
        ({"a": ["${ 1 + 1 }", "b"], "c": 3}, {"a": [2, "b"], "c": 3}),
        ("${ input.amount * 1.2 }", 12.0),
        ("${ input.count + 1 }", 4),
        ("${ input.amount > steps.budget.remaining }", True),
        ("${ steps.skipped }", None),
        ("${ steps.skipped == null }", True),
        ("${ steps['told-owner'].ok }", True),
        ("${ has(steps.budget.remaining) }", True),
        ("${ has(steps.skipped.remaining) }", False),  # looks through null
        ("${ has(steps.skipped) }", False),
        ("${ has(input.note) }", False),  # there, but null
        ("${ has(input.nothing.at.all) }", False),
        ("${ input.lines.map(l, l.sum) }", [4.0, 6.0]),
        ("${ input.lines.filter(l, l.sum > 5.0) }", [{"sum": 6.0}]),
        ("${ input.lines.map(l, l.sum > 5.0, l.sum) }", [6.0]),
        ("${ input.lines.exists(l, l.sum == 4.0) }", True),
        ("${ input.lines.all(l, l.sum == 4.0) }", False),
        ("${ input.lines.exists_one(l, l.sum == 4.0) }", True),
        ("${ input.lines.map(l, input.lines.filter(m, m.sum > l.sum).size()) }", [1, 0]),
        ("${ input.lines.filter(l, l.sum > 0.0).map(l, l.sum) }", [4.0, 6.0]),
        ("${ input.lines.map(l, l.sum).map(s, s * 2.0) }", [8.0, 12.0]),
        ("${ [].map(x, x) }", []),
        ("${ [1, 2].map(x, [3].map(y, x + y)) }", [[4], [5]]),
        ("${ input.name.startsWith('AC') ? 'yes' : 'no' }", "yes"),
        ("${ timestamp('2026-01-01T00:00:00Z') + duration('1h') }", "2026-01-01T01:00:00Z"),
        ("${ duration('90s') }", 90.0),
        ("${ {'a': 1} }", {"a": 1}),
    ],
)
def test_a_value_means_what_the_reference_says(raw: Any, result: Any) -> None:
    found = evaluated(raw)
    assert found == result
    assert type(found) is type(result)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("${ input.amont }", "input has no 'amont'; did you mean 'amount'?"),
        ("${ steps.skipped.remaining > 1.0 }", "steps.skipped is null, so it has no 'remaining'"),
        ("${ input.name.first }", "input.name has no 'first': it is text"),
        ("${ 10 * 1.2 }", "whole and decimal numbers do not mix"),
        ("${ 1 / 0 }", "division by zero"),
        ("${ input.lines[7] }", "index out of bounds"),
        ("${ 9223372036854775807 + 1 }", "overflow"),
        ("${ int('x') }", "invalid digit"),
        ("${ 1.0 / 0.0 }", "not a finite number"),
        ("${ b'raw' }", "neither text, number"),
        ("${ item.id }", "item is not known here"),
        ("${ 'a'.matches('(') }", "regex"),
    ],
)
def test_an_error_says_the_expression_the_values_and_the_reason(raw: str, reason: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        evaluated(raw)
    assert reason in caught.value.reason
    assert caught.value.expression == raw[2:-1]
    assert raw[2:-1].strip() in str(caught.value)


def test_an_error_shows_the_values_it_saw() -> None:
    with pytest.raises(ExpressionError) as caught:
        evaluated("${ input.amount > steps.skipped.remaining }")
    assert caught.value.values == {"input.amount": 10.0, "steps.skipped": None}
    assert "input.amount = 10.0, steps.skipped = null" in str(caught.value)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("${ 1 + }", "too early"),
        ("${ }", "empty"),
        ("${ input.amount", "not closed"),
        ("${ foo(1) }", "no function foo"),
        ("${ input.name.startWith('A') }", "did you mean startsWith?"),
        ("${ _tick(0) }", "no function _tick"),  # what guards evaluation is not for writers
        ("${ steps }", "followed by the id of a step"),
        ("${ steps[input.name] }", "followed by the id of a step"),
        ("${ input.lines.map(input, 1) }", "choose another name"),
        ("${ [1].map(a, [1].map(b, [1].map(c, c))) }", "at most one comprehension"),
        ("${ (1 }", "'(' is not closed"),
        ("${ ) }", "closes nothing"),
        ("${ '" + "a" * 2100 + "' }", "at most 2048 bytes"),
        ("${ " + " || ".join(["'a'.matches('a')"] * 11) + " }", "at most 10 times"),
    ],
)
def test_what_cannot_be_compiled_says_why(raw: str, reason: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_value(raw)
    assert reason in caught.value.reason
    assert 0 <= caught.value.offset <= len(raw)


@pytest.mark.parametrize(
    ("raw", "references"),
    [
        ("${ steps.a.x + steps['b-c'].y }", {"a", "b-c"}),
        ("${ has(steps.a.y) }", {"a"}),
        ({"x": ["${ steps.a }", "text ${ steps.b.z }"]}, {"a", "b"}),
        ("${ 'steps.no' }", set()),
        ("${ input.steps.no }", set()),
        ("plain", set()),
    ],
)
def test_a_value_knows_the_steps_it_reads(raw: Any, references: set[str]) -> None:
    assert compile_value(raw).references == references


def test_a_text_for_people_says_what_could_not_be_shown_and_keeps_the_rest() -> None:
    value = compile_value("${ input.name }: ${ steps.skipped.total } of ${ input.amount }")
    assert evaluate_or_say(value, CONTEXT) == "ACME: (could not be shown) of 10"


def test_the_same_expression_is_compiled_once() -> None:
    first, second = compile_value("${ input.amount }"), compile_value("x ${ input.amount }")
    assert first.expressions[0] is second.expressions[0]


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@given(JSON)
def test_a_value_alone_comes_back_as_it_went_in(value: Any) -> None:
    assert compile_value("${ input.v }").evaluate({"input": {"v": value}}) == value


@given(st.text(alphabet="inputsteps.abc()[]{}'\"&|<>=!+-*/?:, 019", max_size=60))
def test_any_expression_gives_a_value_or_an_explained_error(source: str) -> None:
    assert _reason_of(source) != ""


def _reason_of(source: str) -> str | None:
    try:
        compile_value("${ " + source + "\n}").evaluate(CONTEXT)
    except ExpressionError as error:
        return error.reason
    return None
