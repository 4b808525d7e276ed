"""Where in the case the AI's quotes stand. A quote's number is the same in the document, the field and the advice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of text; `ref` is the number of the quote that it is."""

    text: str
    ref: int | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    ref: int
    source: str  # dotted path into the facts
    text: str

    @property
    def name(self) -> str:
        return self.source.rpartition(".")[2]


class Marks:
    """The quotes of one recommendation; each marks the first place where it is found."""

    def __init__(self, evidence: Sequence[Mapping[str, Any]]) -> None:
        self.quotes = tuple(
            Quote(number, str(each.get("source", "")), str(each.get("quote", "")))
            for number, each in enumerate(evidence, start=1)
            if each.get("quote")
        )
        self._marked: set[int] = set()

    def unmarked(self) -> tuple[Quote, ...]:
        """The quotes that no document or field of the page shows marked, once those have been made."""
        return tuple(quote for quote in self.quotes if quote.ref not in self._marked)

    def ref_of(self, name: str) -> int | None:
        return next((quote.ref for quote in self.quotes if quote.name == name), None)

    def said(self, name: str, raw: Any, shown: str) -> tuple[Part, ...]:
        """`shown` cut into parts, with the quotes of the value called `name` marked."""
        for quote in self.quotes:
            if quote.ref in self._marked or quote.name != name:
                continue
            if quote.text == str(raw):
                self._marked.add(quote.ref)
                return (Part(shown, quote.ref),)
            before, found, after = shown.partition(quote.text)
            if found:
                self._marked.add(quote.ref)
                rest = self.said(name, None, after) if after else ()
                return tuple(part for part in (Part(before), Part(found, quote.ref), *rest) if part.text)
        return (Part(shown),)
