"""Mappings in the order in which they came. Those of the CEL library have none: each time they come back in another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from orchestration.core.language.bounds import MAX_NESTING

Orders = dict[frozenset[str], tuple[str, ...]]


def as_it_came(result: Any, read: Iterable[Any]) -> Any:
    """`result` with its mappings ordered like those in what was `read` that have the same names, else by name."""
    if not isinstance(result, dict | list):
        return result
    orders: Orders = {}
    for value in read:
        _learn(value, orders, 0)
    return _ordered(result, orders)


def _learn(value: Any, orders: Orders, depth: int) -> None:
    if depth > MAX_NESTING:
        return
    if isinstance(value, Mapping):
        orders.setdefault(frozenset(value), tuple(value))
        value = value.values()
    elif not isinstance(value, list | tuple):
        return
    for each in value:
        _learn(each, orders, depth + 1)


def _ordered(value: Any, orders: Orders) -> Any:
    if isinstance(value, dict):
        names = orders.get(frozenset(value)) or sorted(value)
        return {name: _ordered(value[name], orders) for name in names}
    if isinstance(value, list):
        return [_ordered(each, orders) for each in value]
    return value
