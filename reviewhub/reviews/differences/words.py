"""Two texts word by word: what stayed, what went, what came."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

MOST_WORDS = 800  # of a stretch that are laid beside each other; a longer one is told as replaced
MOST_LINES = 1_000
_WORD = re.compile(r"\s*\S+|\s+")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """`how` is same, gone or new."""

    text: str
    how: str


def words_between(was: str, now: str) -> tuple[Piece, ...]:
    """By lines first and by words in the lines that differ, so that a long text costs no more than it has changed."""
    return tuple(_joined(_by(_LINE, MOST_LINES, was, now, inner=True)))


def _by(cut: re.Pattern[str], most: int, was: str, now: str, *, inner: bool) -> Iterator[Piece]:
    old, new = cut.findall(was), cut.findall(now)
    head = _alike(old, new)
    tail = _alike(old[head:][::-1], new[head:][::-1])
    yield Piece("".join(new[:head]), "same")
    yield from _middle(old[head : len(old) - tail], new[head : len(new) - tail], most, inner=inner)
    yield Piece("".join(new[len(new) - tail :]), "same")


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """How many are the same from the beginning."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _middle(old: list[str], new: list[str], most: int, *, inner: bool) -> Iterator[Piece]:
    if max(len(old), len(new)) > most:
        yield from _replaced("".join(old), "".join(new), inner=False)
        return
    for tag, start, end, at, until in SequenceMatcher(None, old, new).get_opcodes():
        gone, come = "".join(old[start:end]), "".join(new[at:until])
        if tag == "equal":
            yield Piece(come, "same")
        else:
            yield from _replaced(gone, come, inner=inner and tag == "replace")


def _replaced(gone: str, come: str, *, inner: bool) -> Iterator[Piece]:
    if inner:
        yield from _by(_WORD, MOST_WORDS, gone, come, inner=False)
    else:
        yield Piece(gone, "gone")
        yield Piece(come, "new")


def _joined(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Neighbours of a kind as one, and nothing empty."""
    held: Piece | None = None
    for piece in (each for each in pieces if each.text):
        if held is not None and held.how == piece.how:
            held = Piece(held.text + piece.text, held.how)
            continue
        if held is not None:
            yield held
        held = piece
    if held is not None:
        yield held
