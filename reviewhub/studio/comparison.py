"""Two texts against one another, as rows that can be shown side by side or under one another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

CONTEXT = 3  # unchanged lines kept around a change
MANY_LINES = 2000  # from here on lines that occur everywhere do not guide the matching, or it would take too long
LONG_LINE = 1000  # characters; a longer line is not taken apart


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line; `changed` parts differ from the other side."""

    text: str
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Side:
    """One line of one text, with its number in it, from 1."""

    number: int
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the comparison. `kind`: same, changed, added, removed, or skipped with how many lines."""

    kind: str
    old: Side | None = None
    new: Side | None = None
    skipped: int = 0


def compare(old: str, new: str, context: int = CONTEXT) -> tuple[Row, ...]:
    """Every change with `context` unchanged lines around it. Empty when the texts are equal line by line."""
    before, after = old.splitlines(), new.splitlines()
    if before == after:
        return ()
    matcher = SequenceMatcher(None, before, after, autojunk=max(len(before), len(after)) > MANY_LINES)
    return tuple(_rows(matcher, before, after, context))


def _rows(matcher: SequenceMatcher[str], before: list[str], after: list[str], context: int) -> Iterator[Row]:
    seen = 0  # lines of the old text that were shown or counted as skipped
    for group in matcher.get_grouped_opcodes(context):
        yield from _skip(group[0][1] - seen)
        for tag, old_from, old_to, new_from, new_to in group:
            old_lines = list(enumerate(before[old_from:old_to], start=old_from + 1))
            new_lines = list(enumerate(after[new_from:new_to], start=new_from + 1))
            yield from _block(tag, old_lines, new_lines)
        seen = group[-1][2]
    yield from _skip(len(before) - seen)


def _skip(count: int) -> Iterator[Row]:
    if count > 0:
        yield Row("skipped", skipped=count)


def _block(tag: str, old: Sequence[tuple[int, str]], new: Sequence[tuple[int, str]]) -> Iterator[Row]:
    for left, right in zip_longest(old, new):
        if left is None:
            yield Row("added", new=_plain(right))
        elif right is None:
            yield Row("removed", old=_plain(left))
        elif tag == "equal":
            yield Row("same", _plain(left), _plain(right))
        else:
            yield _changed(left, right)


def _plain(line: tuple[int, str]) -> Side:
    return Side(line[0], (Piece(line[1]),))


def _changed(old: tuple[int, str], new: tuple[int, str]) -> Row:
    if max(len(old[1]), len(new[1])) > LONG_LINE:
        return Row("changed", _plain(old), _plain(new))
    before, after = _words(old[1]), _words(new[1])
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if matcher.ratio() < 0.5:
        return Row("changed", _plain(old), _plain(new))
    left: list[Piece] = []
    right: list[Piece] = []
    for tag, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        left.append(Piece("".join(before[old_from:old_to]), tag != "equal"))
        right.append(Piece("".join(after[new_from:new_to]), tag != "equal"))
    return Row("changed", Side(old[0], _kept(left)), Side(new[0], _kept(right)))


def _words(line: str) -> list[str]:
    return re.findall(r"\w+|\W", line)


def _kept(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    return tuple(piece for piece in pieces if piece.text)
