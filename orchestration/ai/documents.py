"""What the AI is given of a case's documents: their text, as the viewer reads it, within a budget.

A document in the facts stands there as {"name", and its parts}: `page_1`, `text`, `part_1.page_1`. What did not fit, or
could not be read, is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from orchestration.core.documents import OF, documents_in
from orchestration.ports import DocumentReader, Evidence, Reading

MOST_DOCUMENTS = 10
MOST_CHARACTERS = 24_000  # of all documents of a case together
LEAST_SECONDS = 1.0  # of the deadline, below which no further document is read

Located = TypeVar("Located", Evidence, Reading)


@dataclass(frozen=True, slots=True)
class Texts:
    """The facts with texts in the place of documents; where each text comes from; and what was read, for the record."""

    facts: Mapping[str, Any]
    places: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # path: the digest, and which part of it
    told: tuple[Mapping[str, Any], ...] = ()

    def located(self, quoted: Located) -> Located:
        document, part = self.places.get(quoted.source, ("", ""))
        return replace(quoted, document=document, part=part) if document else quoted


def with_texts(facts: Mapping[str, Any], reader: DocumentReader | None, seconds_left: Callable[[], float]) -> Texts:
    named = list(documents_in(facts))
    if reader is None or not named:
        return Texts(facts)
    budget, shown, told = MOST_CHARACTERS, dict[str, Mapping[str, str]](), []
    for number, (path, document) in enumerate(named):
        most = budget // max(1, min(len(named), MOST_DOCUMENTS) - number)
        why = _not_read(number, seconds_left())
        parts, left_out = ({}, why) if why else _read(reader, document, most)
        budget -= sum(map(len, parts.values()))
        shown[path] = parts
        told.append(_told(path, document, parts, left_out))
    places = {f"{path}.{part}": (str(document[OF]), part) for path, document in named for part in shown[path]}
    return Texts(_replaced(facts, shown, ""), places, tuple(told))


def _not_read(number: int, seconds: float) -> str:
    if number >= MOST_DOCUMENTS:
        return f"only the first {MOST_DOCUMENTS} documents are read"
    return "there was no time left to read it" if seconds < LEAST_SECONDS else ""


def _read(reader: DocumentReader, document: Mapping[str, Any], most: int) -> tuple[dict[str, str], str]:
    """Its parts in order, as far as they fit; and what is left out, in words."""
    try:
        found = reader.text_of(document)
    except Exception as error:  # noqa: BLE001 - a file that breaks its reader is a file that is not read
        return {}, f"it could not be read ({type(error).__name__})"
    parts: dict[str, str] = {}
    for name, text in found.parts:
        if most <= 0:
            break
        parts[name] = text[:most]
        most -= len(text)
    whole = sum(len(text) for _, text in found.parts)
    kept = sum(map(len, parts.values()))
    cut = f"all but the first {kept} of {whole} characters" if kept < whole else ""
    return parts, "; ".join(filter(None, (cut, found.left_out)))


def _told(path: str, document: Mapping[str, Any], parts: Mapping[str, str], left_out: str) -> Mapping[str, Any]:
    return {
        "source": path,
        "document": document[OF],
        "characters": sum(map(len, parts.values())),
        "left_out": left_out,
    }


def _replaced(value: Any, shown: Mapping[str, Mapping[str, str]], path: str) -> Any:
    if path in shown:
        return {"name": value["name"], **_nested(shown[path])}
    if isinstance(value, Mapping):
        return {name: _replaced(each, shown, f"{path}.{name}" if path else str(name)) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_replaced(each, shown, f"{path}.{at}" if path else str(at)) for at, each in enumerate(value)]
    return value


def _nested(parts: Mapping[str, str]) -> dict[str, Any]:
    """`part_1.page_1` lies in `part_1`."""
    made: dict[str, Any] = {}
    for name, text in parts.items():
        *above, last = name.split(".")
        inner = made
        for each in above:
            inner = inner.setdefault(each, {})
        inner[last] = text
    return made


def lines_of(texts: Sequence[tuple[str, str]]) -> Iterator[tuple[str, list[str]]]:
    """The lines that say something, of each text with its path."""
    for path, text in texts:
        yield path, [line.strip() for line in text.splitlines() if line.strip()]
