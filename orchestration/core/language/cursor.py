"""A place in the text, with what is expected there. What does not fit becomes a fault and reads as absent."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from orchestration.core.language.durations import seconds_of
from orchestration.core.language.faults import Faults, nearest
from orchestration.core.language.source import Node

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,59}")
_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")
NAME_IS = "a name of letters, digits, - and _ that starts with a letter"


class Cursor:
    """One node and its dotted path."""

    def __init__(self, node: Node, path: str, faults: Faults, key_at: tuple[int, int] | None = None) -> None:
        self.node, self.path, self._faults, self._key_at = node, path, faults, key_at

    @property
    def value(self) -> Any:
        return self.node.value

    def plain(self) -> Any:
        return self.node.plain()

    @property
    def line(self) -> int:
        return self.node.line

    def fault(self, message: str, level: str = "error", *, at_key: bool = False) -> None:
        line, column = (self._key_at or (self.node.line, self.node.column)) if at_key else (self.line, self.node.column)
        self._faults.add(line, column, self.path, message, level)

    def expected(self, what: str) -> None:
        self.fault(f"Expected {what}, found {_kind(self.value)}.")

    # ---- mappings and lists --------------------------------------------------------------------

    def mapping(self, known: Iterable[str] = (), later: Mapping[str, str] | None = None) -> bool:
        """Whether it is a mapping; names outside the known ones become faults."""
        if not isinstance(self.value, dict):
            self.expected(f"a mapping with {', '.join(known)}" if known else "a mapping")
            return False
        names = tuple(known)
        for name in self.value if names else ():
            if later and name in later:
                self.at(name).fault(not_available(later[name]), at_key=True)
            elif name not in names:
                self.at(name).fault(f"{name!r} is not known here.{nearest(name, names)}", at_key=True)
        return True

    def at(self, name: str, path: str | None = None) -> Cursor:
        return Cursor(self.value[name], path or self._child(name), self._faults, self.node.keys.get(name))

    def get(self, name: str) -> Cursor | None:
        """The named child, absent where it is not there or null."""
        if not isinstance(self.value, dict) or name not in self.value or self.value[name].value is None:
            return None
        return self.at(name)

    def required(self, name: str, what: str) -> Cursor | None:
        found = self.get(name)
        if found is None:
            self.fault(f"{name!r} is missing: {what}.")
        return found

    def children(self) -> Iterator[tuple[str, Cursor]]:
        for name in self.value:
            yield name, self.at(name)

    def items(self, what: str) -> Iterator[Cursor]:
        if not isinstance(self.value, list):
            self.expected(what)
            return
        for index, node in enumerate(self.value):
            yield Cursor(node, self._child(str(index)), self._faults)

    def _child(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    # ---- scalars -------------------------------------------------------------------------------

    def text(self, what: str = "text", longest: int = 2_000) -> str | None:
        if not isinstance(self.value, str) or not self.value.strip() or len(self.value) > longest:
            self.expected(f"{what} of at most {longest} characters" if isinstance(self.value, str) else what)
            return None
        return self.value

    def name(self, what: str = NAME_IS) -> str | None:
        if not isinstance(self.value, str) or not NAME.fullmatch(self.value):
            self.expected(what)
            return None
        return self.value

    def slug(self, what: str) -> str | None:
        """A name that stands in addresses."""
        if not isinstance(self.value, str) or not _SLUG.fullmatch(self.value):
            self.expected(what)
            return None
        return self.value

    def one_of(self, *choices: str) -> str | None:
        if self.value in choices:
            return str(self.value)
        said = self.value if isinstance(self.value, str) else ""
        self.fault(f"Expected one of {', '.join(choices)}, found {_kind(self.value)}.{_near(said, choices)}")
        return None

    def duration(self, *, least: float = 0) -> float | int | None:
        found = seconds_of(self.value)
        if found is None:
            self.expected("a duration such as 30s, 8h, 10d or P30D")
        elif found < least:
            self.fault("The duration must be longer.")
            return None
        return found

    def number(self, least: float, most: float) -> float | int | None:
        value = self.value
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most:
            self.expected(f"a number from {least:g} to {most:g}")
            return None
        return value

    def integer(self, least: int, most: int) -> int | None:
        value = self.value
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self.expected(f"a whole number from {least} to {most}")
            return None
        return value

    def flag(self) -> bool | None:
        if isinstance(self.value, bool):
            return self.value
        self.expected("true or false")
        return None

    def among(self, known: Iterable[str] | None, what: str) -> str | None:
        """A name that this installation knows; anything goes where the names are not checked."""
        found = self.text(f"the name of {what}", 150)
        if found is not None and known is not None and found not in set(known):
            self.fault(f"There is no {what.partition(' ')[2]} {found!r}.{nearest(found, known)}")
        return found


def not_available(what: str) -> str:
    return f"{what} is not available in this version."


def _near(said: str, choices: Iterable[str]) -> str:
    hint = nearest(said, choices)
    return hint if hint.startswith(" Did") else ""


def _kind(value: Any) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case str():
            return repr(value if len(value) <= 60 else f"{value[:59]}…")
        case int() | float():
            return f"the number {value}"
        case list():
            return "a list"
        case _:
            return "a mapping"
