"""What is wrong with a text: all of it at once, each with its line, what was expected and the nearest valid name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

MAX_FAULTS = 200


@dataclass(frozen=True)
class Fault:
    """`line` and `column` count from 1; `path` is dotted; `level` is error or advice."""

    line: int
    column: int
    path: str
    message: str
    level: str = "error"


class Faults:
    """Collects faults, each once."""

    def __init__(self) -> None:
        self._found: dict[Fault, None] = {}

    def add(self, line: int, column: int, path: str, message: str, level: str = "error") -> None:
        if len(self._found) < MAX_FAULTS:
            self._found[Fault(line, column, path, message, level)] = None

    def in_order(self) -> tuple[Fault, ...]:
        return tuple(sorted(self._found, key=lambda fault: (fault.line, fault.column)))

    @property
    def any_error(self) -> bool:
        return any(fault.level == "error" for fault in self._found)


def nearest(name: str, known: Iterable[str]) -> str:
    """ " Did you mean 'x'?" or the known names, where there are few."""
    names = sorted(known)
    close = difflib.get_close_matches(name[:100], names, n=1)
    if close:
        return f" Did you mean {close[0]!r}?"
    if names and len(names) <= 12:
        return f" Known: {', '.join(names)}."
    return ""
