"""Turns a text that people sent into one that another case can use, and only where that is certain.

What the text took from its own case becomes a slot, filled from the same fact of the new case. A text with anything
left in it that may belong to its own case alone (a number, an address) is not used.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orchestration.ai.facts import Fact, Scalar, names_somebody, source_text

Piece = str | tuple[str, str]  # a text, or a slot: path of the fact, and which form of it

_OWN = re.compile(r"[^@\s]+@[^@\s]+\.[a-z]+|\d[\d.,/ -]{2,}\d|\b\w*\d{3,}\w*\b", re.IGNORECASE)  # addresses, numbers
_GREETING = re.compile(r"\A\s*(?:Dear|Hello|Hi|Good (?:morning|afternoon|evening))\b(?P<name>[^,!\n]{1,60})(?=[,!]|\n)")
_SIGNED = re.compile(
    r"(?P<close>(?:regards|sincerely|wishes|thanks),?)[ \t]*\n+(?P<name>[^\n]{1,60})\s*\Z", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A reusable text. `same` are facts that a case must share, since the text speaks of them."""

    pieces: tuple[Piece, ...]
    same: Mapping[str, str]

    def fill(self, facts: Mapping[str, Scalar]) -> str | None:
        """The text for a case with these facts by path; None where one that it needs is missing or differs."""
        if any(path not in facts or source_text(facts[path]) != value for path, value in self.same.items()):
            return None
        filled = []
        for piece in self.pieces:
            if isinstance(piece, str):
                filled.append(piece)
            elif piece[0] in facts and (shown := _FORMS[piece[1]](facts[piece[0]])):
                filled.append(shown)
            else:
                return None
        return "".join(filled)

    def to_json(self) -> list[Any]:
        return [[piece if isinstance(piece, str) else list(piece) for piece in self.pieces], dict(self.same)]

    @classmethod
    def from_json(cls, data: Sequence[Any]) -> Draft:
        pieces, same = data
        return cls(tuple(piece if isinstance(piece, str) else (piece[0], piece[1]) for piece in pieces), same)


def draft_from(facts: Sequence[Fact], text: str, usual: Callable[[str], bool]) -> Draft | None:
    """`usual` says whether a passage stands in many texts and so belongs to no case of its own."""
    slots, same = _slots(facts, text)
    pieces = _cut(_plainly_signed(_plainly_greeted(text, slots), usual), slots)
    rest = [match.group() for piece in pieces if isinstance(piece, str) for match in _OWN.finditer(piece)]
    return None if any(not usual(passage.strip()) for passage in rest) else Draft(pieces, same)


def _slots(facts: Sequence[Fact], text: str) -> tuple[dict[str, tuple[str, str]], dict[str, str]]:
    """Passages of the text that are facts, the longest first; and facts that it speaks of without being replaceable."""
    slots: dict[str, tuple[str, str]] = {}
    same: dict[str, str] = {}
    for fact in facts:
        for form, shown in _forms_in(fact):
            if not _stands_in(shown, text):
                continue
            if _replaceable(fact, shown):
                slots.setdefault(shown, (fact.path, form))
            elif isinstance(fact.value, str):
                same[fact.path] = fact.value
    return dict(sorted(slots.items(), key=lambda entry: (-len(entry[0]), entry[0]))), same


def _forms_in(fact: Fact) -> list[tuple[str, str]]:
    if isinstance(fact.value, bool) or len(source_text(fact.value)) > 60:
        return []
    names = ("as_is", "first_word") if _names_somebody(fact) else ("as_is", "thousands", "cents")
    shown = [(name, _FORMS[name](fact.value)) for name in names]
    shortest = 2 if _names_somebody(fact) else 3
    return [(name, text) for name, text in shown if len(text) >= shortest]


def _replaceable(fact: Fact, shown: str) -> bool:
    return _names_somebody(fact) or any(sign.isdigit() for sign in shown) or "@" in shown


def _names_somebody(fact: Fact) -> bool:
    return isinstance(fact.value, str) and fact.value.istitle() and names_somebody(fact.path)


def _stands_in(passage: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(passage)}(?!\w)", text) is not None


def _cut(text: str, slots: Mapping[str, tuple[str, str]]) -> tuple[Piece, ...]:
    if not slots:
        return (text,)
    parts = re.split(r"(?<!\w)(" + "|".join(map(re.escape, slots)) + r")(?!\w)", text)
    return tuple(slots.get(part, part) if place % 2 else part for place, part in enumerate(parts) if part)


def _plainly_greeted(text: str, slots: Mapping[str, tuple[str, str]]) -> str:
    """Without the name in the greeting, unless the case says whose name it is."""
    match = _GREETING.match(text)
    if not match or match["name"].strip() in slots:
        return text
    return "Hello" + text[match.end() :]


def _plainly_signed(text: str, usual: Callable[[str], bool]) -> str:
    """Without the name under the text, unless most texts are signed alike."""
    match = _SIGNED.search(text)
    return text if not match or usual(match["name"].strip()) else text[: match.end("close")]


def _thousands(value: Scalar) -> str:
    return f"{value:,}" if isinstance(value, int | float) else ""


def _cents(value: Scalar) -> str:
    return f"{value:,.2f}" if isinstance(value, int | float) else ""


def _first_word(value: Scalar) -> str:
    return source_text(value).split()[0] if source_text(value).strip() else ""


_FORMS: Mapping[str, Callable[[Scalar], str]] = {
    "as_is": source_text,
    "thousands": _thousands,
    "cents": _cents,
    "first_word": _first_word,
}
