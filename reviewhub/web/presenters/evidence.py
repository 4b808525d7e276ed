"""Where in the case the AI's quotes stand. A quote's number is the same in the document, the field and the advice."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_ATTACHED = re.compile(r"part_(\d+)")
_SHEET = re.compile(r"sheet_(\d+)$")
_PAGE = re.compile(r"page_(\d+)$")


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
    document: str = ""  # the digest of the document that it was read from
    part: str = ""  # of it: page_2, text, part_1.page_1

    @property
    def address(self) -> str:
        """Of the document, or of what is attached to it."""
        return self.document + "".join(f".{number}" for number in _ATTACHED.findall(self.part))

    @property
    def sheet(self) -> int | None:
        found = _SHEET.search(self.part)
        return int(found[1]) if found else None

    @property
    def page(self) -> int | None:
        found = _PAGE.search(self.part)
        return int(found[1]) if found else None

    @property
    def name(self) -> str:
        return self.source.rpartition(".")[2]


def quotes_of(fields: Sequence[Mapping[str, Any]], recommendation: Any | None) -> list[Mapping[str, Any]]:
    """What the recommendation quotes, and then what fields were read from; each passage once."""
    said = [*(recommendation.evidence if recommendation else ()), *(each.get("read") or {} for each in fields)]
    found = {(each.get("source"), each["quote"]): each for each in said if each.get("quote")}
    return list(found.values())


class Marks:
    """The quotes of one case; each marks the first place where it is found."""

    def __init__(self, evidence: Sequence[Mapping[str, Any]]) -> None:
        self.quotes = tuple(
            Quote(number, *(str(each.get(name) or "") for name in ("source", "quote", "document", "part")))
            for number, each in enumerate(evidence, start=1)
            if each.get("quote")
        )
        self._marked: set[int] = set()

    def in_document(self, address: str) -> list[Quote]:
        """What may stand in this document: all but the quotes of another one."""
        return [quote for quote in self.quotes if quote.address in ("", address)]

    def unmarked(self) -> tuple[Quote, ...]:
        """The quotes that no document or field of the page shows marked, once those have been made."""
        return tuple(quote for quote in self.quotes if quote.ref not in self._marked)

    def ref_of_reading(self, read: Mapping[str, Any] | None) -> int | None:
        """Of the quote that a field was read from."""
        said = (read.get("source"), read.get("quote")) if read else None
        return next((quote.ref for quote in self.quotes if (quote.source, quote.text) == said), None)

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
