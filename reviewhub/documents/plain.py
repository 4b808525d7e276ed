"""Documents that are texts: as text, as a table and as a tree. All are cut off where nobody reads any further."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

MOST_TEXT = 200_000  # characters that are shown
MOST_READ = 4_000_000  # bytes of a table or a tree that are read
MOST_ROWS = 200
MOST_COLUMNS = 40
LONGEST_CELL = 500
MOST_NODES = 2_000
DEEPEST = 20
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass(frozen=True, slots=True)
class Sheet:
    rows: tuple[tuple[str, ...], ...]
    more: bool  # there are further rows or columns


@dataclass(frozen=True, slots=True)
class Node:
    """Something in a tree: with its own value, or with what is below it."""

    name: str
    value: str
    below: tuple[Node, ...]
    count: int  # of what is below it in the file, shown or not


def text_of(data: bytes) -> str:
    """As UTF-8, or what its first bytes say; what is neither is read as Windows does, so that nothing is lost."""
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    return text.replace("\r\n", "\n")


def sheet_of(data: bytes) -> Sheet:
    """Raises ValueError where it is no table."""
    text = text_of(_whole_lines(data))
    first = text.partition("\n")[0]
    delimiter = max(("\t", ";", ","), key=first.count)
    rows: list[tuple[str, ...]] = []
    more = False
    try:
        for row in csv.reader(io.StringIO(text), delimiter=delimiter):
            if len(rows) == MOST_ROWS:
                more = True
                break
            more = more or len(row) > MOST_COLUMNS
            rows.append(tuple(cell[:LONGEST_CELL] for cell in row[:MOST_COLUMNS]))
    except csv.Error as error:
        raise ValueError(str(error)) from error
    return Sheet(tuple(rows), more)


def _whole_lines(data: bytes) -> bytes:
    """A letter that is cut in two would make all the others unreadable."""
    end = data.rfind(b"\n", 0, MOST_READ) + 1 if len(data) > MOST_READ else 0
    return data[: end or MOST_READ]


def tree_of(data: bytes) -> Node:
    """Raises ValueError where it is no JSON."""
    if len(data) > MOST_READ:
        raise ValueError("It is too large for a tree.")
    try:
        value = json.loads(text_of(data))
    except RecursionError as error:
        raise ValueError("It is nested too deeply.") from error
    return _node("", value, iter(range(MOST_NODES)), 0)


def _node(name: str, value: Any, left: Iterator[int], depth: int) -> Node:
    if not isinstance(value, dict | list) or not value:
        return Node(name, json.dumps(value, ensure_ascii=False)[:2000], (), 0)
    named = value.items() if isinstance(value, dict) else ((str(index), each) for index, each in enumerate(value, 1))
    below = []
    if depth < DEEPEST:
        for key, each in named:
            if next(left, None) is None:
                break
            below.append(_node(str(key), each, left, depth + 1))
    return Node(name, "", tuple(below), len(value))
