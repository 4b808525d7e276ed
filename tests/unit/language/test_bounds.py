"""Nothing that a person writes can hold a worker."""

from __future__ import annotations

import time
from typing import Any

import pytest

from orchestration.core.language.expressions import ExpressionError, compile_value

NUMBERS = list(range(10_000))
ORDERS = [{"id": n, "tags": ["a", "b"]} for n in range(5_000)]
CONTEXT: dict[str, Any] = {"input": {"numbers": NUMBERS, "orders": ORDERS, "text": "a" * 500_000}}


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "source",
    [
        "input.numbers.all(x, !input.numbers.exists(y, y == -1))",  # the square of a long list
        "input.numbers.exists(x, input.numbers.exists(y, x == -1) || x == -1)",  # an error that || would swallow
        "input.numbers.map(x, input.numbers + input.numbers)",  # memory
        "input.numbers.filter(x, x in input.numbers)",  # a search in each item
        "input.numbers.map(x, input.text + 'b')",
        "input.numbers.exists(x, string(x).matches('(\\\\w{10}){3}z'))",  # patterns are compiled each time
        "[" + ", ".join(["input.orders"] * 120) + "]",  # one large value many times
        "(" + " + ".join(["input.numbers"] * 100) + ").map(x, x)",
    ],
)
def test_an_expression_that_would_take_long_is_refused_soon(source: str) -> None:
    value = compile_value("${ " + source + " }")
    began = time.process_time()
    with pytest.raises(ExpressionError, match=r"too many items|too often|too long|too large"):
        value.evaluate(CONTEXT)
    assert time.process_time() - began < 4  # seconds of processor time


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("input.numbers.filter(x, x > 9997)", [9998, 9999]),
        ("input.orders.exists(o, o.tags.exists(t, t == 'z'))", False),
        ("input.orders.map(o, o.id).size()", 5_000),
    ],
)
def test_lists_within_the_bounds_are_worked_on_at_once(source: str, result: Any) -> None:
    assert compile_value("${ " + source + " }").evaluate(CONTEXT) == result


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (list(range(10_001)), "10001 items"),
        ({str(n): n for n in range(10_001)}, "10001 items"),
        (nested(70), "nested"),
        ([[0] * 9_000] * 40, "too large"),
        ("a" * 4_000_000, "too large"),
    ],
)
def test_values_beyond_the_bounds_are_refused_at_run_time(value: Any, reason: str) -> None:
    with pytest.raises(ExpressionError, match=reason):
        compile_value("${ input.v }").evaluate({"input": {"v": value}})


def test_only_what_an_expression_reads_counts() -> None:
    context = {"input": {"small": 1, "large": list(range(20_000))}}
    assert compile_value("${ input.small }").evaluate(context) == 1


def test_evaluating_is_a_matter_of_microseconds() -> None:
    value = compile_value("${ input.amount > steps.budget.remaining }")
    context = {"input": {"amount": 3.0}, "steps": {"budget": {"remaining": 1.0}}}
    began = time.process_time()
    for _ in range(1_000):
        value.evaluate(context)
    assert time.process_time() - began < 1
