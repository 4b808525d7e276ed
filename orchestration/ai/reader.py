"""Reads fields out of texts by what stands beside them: "Sum, net of VAT" and then 18,400 EUR. Without a model.

It cannot be talked to, and it makes nothing up: what it reads stands in the text. How sure it is, is its own word,
until what people left as it was says more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orchestration.ai.attempts import ChainAttempt, Stopwatch, abstention
from orchestration.ai.documents import lines_of
from orchestration.ai.facts import flatten
from orchestration.ports import Answer, Question, Reading

NAME = "reader"
EXTRACTED = "extracted"
BESIDE, BELOW, FURTHER = 0.9, 0.8, 0.6  # the value follows its label at once, on the next line, or after other words
TWO_VALUES = 0.5  # where two places that look alike say different things
LONGEST_VALUE = 120
LONGEST_QUOTE = 200

_NUMBER = re.compile(r"(?<![\w.,])[-+]?(?:\d{1,3}(?:[,.'\u00a0\u202f ]\d{3})+|\d+)(?:[.,]\d+)?(?![\w]|[.,]\d)")
_DATE = re.compile(r"\b(?:(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)|(?P<d2>\d{1,2})\.(?P<m2>\d{1,2})\.(?P<y2>\d{4}))\b")
_BETWEEN = " \t:=.–-|"
_WIDE = re.compile(r"\s{2,}|\t|\s\|\s")


@dataclass(frozen=True, slots=True)
class _Found:
    value: Any
    own: float
    source: str
    quote: str


@dataclass(frozen=True, slots=True)
class FieldReader:
    """Implements `orchestration.ports.Recommender` for questions that read fields."""

    def recommend(self, question: Question) -> Answer:
        watch = Stopwatch()
        fields = read_fields(question.fields, question.facts)
        if not any(each.value is not None for each in fields.values()):
            said = "none of the fields stands in the texts of the case"
            attempt = ChainAttempt(NAME, "abstained", f"The reader abstained: {said}.", watch.seconds)
            return abstention(NAME, said, (attempt,))
        attempt = ChainAttempt(NAME, "answered", "The reader answered.", watch.seconds)
        provenance = {"recommender": NAME, "attempts": [attempt.to_json()]}
        return Answer(EXTRACTED, None, None, None, (), (), "", None, provenance, fields)


def read_fields(fields: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, Reading]:
    """Every field, with None for what was not found."""
    texts = [(fact.path, fact.value) for fact in flatten(facts) if isinstance(fact.value, str)]
    lines = list(lines_of(texts))
    return {name: _reading(list(_looked_for(name, schema, lines))) for name, schema in fields.items()}


def _reading(found: Sequence[_Found]) -> Reading:
    if not found:
        return Reading(None, None)
    best = max(found, key=lambda each: each.own)
    rivals = {str(each.value) for each in found if each.own == best.own}
    return Reading(best.value, TWO_VALUES if len(rivals) > 1 else best.own, best.source, best.quote)


def _looked_for(name: str, schema: Mapping[str, Any], lines: Sequence[tuple[str, list[str]]]) -> Iterator[_Found]:
    """At every label, what stands beside or below it."""
    labels = [re.compile(rf"\b{re.escape(label)}\b", re.IGNORECASE) for label in _labels(name, schema)]
    for path, texts in lines:
        for at, line in enumerate(texts):
            match = next(filter(None, (label.search(line) for label in labels)), None)
            if match is None:
                continue
            below = texts[at + 1] if at + 1 < len(texts) else ""
            yield from _beside(schema, path, line, match, below)


def _labels(name: str, schema: Mapping[str, Any]) -> list[str]:
    """The longest first, so that "sum, net of VAT" is found before "sum"."""
    said = [*schema.get("labels", ()), schema.get("title", ""), re.sub(r"[_-]+", " ", name)]
    return sorted({str(label).strip() for label in said if str(label).strip()}, key=lambda label: (-len(label), label))


def _beside(schema: Mapping[str, Any], path: str, line: str, label: re.Match[str], below: str) -> Iterator[_Found]:
    rest = line[label.end() :]
    if (read := _value(schema, rest)) is not None:
        value, start, end = read
        near = not rest[:start].strip(_BETWEEN)
        quote = line[label.start() : label.end() + end]
        yield _Found(value, BESIDE if near else FURTHER, path, quote[:LONGEST_QUOTE])
    elif (read := _value(schema, below)) is not None:
        value, start, end = read
        near = not below[:start].strip(_BETWEEN)
        yield _Found(value, BELOW if near else FURTHER, path, below[:end][:LONGEST_QUOTE])


def _value(schema: Mapping[str, Any], text: str) -> tuple[Any, int, int] | None:
    """The first value of the field's type, and from where to where it stands."""
    if "enum" in schema:
        return _one_of(schema["enum"], text)
    match schema.get("type"):
        case "number" | "integer" as kind:
            return next(((value, *match.span()) for match, value in _numbers(text) if _fits(value, kind)), None)
        case "boolean":
            return _one_of({"yes": True, "no": False, "true": True, "false": False}, text)
    return _date(text) if schema.get("format") == "date" else _words(text)


def _numbers(text: str) -> Iterator[tuple[re.Match[str], float | int]]:
    for match in _NUMBER.finditer(text):
        yield match, number_in(match.group())


def _fits(value: float, kind: str) -> bool:
    return kind == "number" or float(value).is_integer()


def number_in(text: str) -> float | int:
    """1,250.50 and 1.250,50 alike. One separator before three last digits groups thousands; before others it is the
    decimal point."""
    bare = re.sub(r"[\s'\u00a0\u202f]", "", text)
    marks = [sign for sign in bare if sign in ",."]
    if len(set(marks)) == 2:
        decimal = marks[-1]
    elif len(marks) == 1 and not re.fullmatch(r"[-+]?[1-9]\d{0,2}[.,]\d{3}", bare):
        decimal = marks[0]
    else:
        decimal = ""
    grouped = bare.translate({ord(sign): None for sign in ",." if sign != decimal})
    value = float(grouped.replace(",", "."))
    return int(value) if value.is_integer() and not decimal else value


def _one_of(known: Any, text: str) -> tuple[Any, int, int] | None:
    values = known if isinstance(known, Mapping) else {str(each): each for each in known}
    pattern = "|".join(re.escape(each) for each in sorted(values, key=len, reverse=True))
    match = re.search(rf"\b(?:{pattern})\b", text, re.IGNORECASE) if values else None
    if match is None:
        return None
    said = next(each for each in values if each.casefold() == match.group().casefold())
    return values[said], *match.span()


def _date(text: str) -> tuple[str, int, int] | None:
    match = _DATE.search(text)
    if match is None:
        return None
    year, month, day = (int(match[name] or match[f"{name}2"]) for name in ("y", "m", "d"))
    return (f"{year:04}-{month:02}-{day:02}", *match.span()) if month <= 12 and day <= 31 else None


def _words(text: str) -> tuple[str, int, int] | None:
    """Up to a wide gap, where the next column begins."""
    start = len(text) - len(text.lstrip(_BETWEEN))
    said = _WIDE.split(text[start:], maxsplit=1)[0].rstrip()[:LONGEST_VALUE]
    return (said, start, start + len(said)) if said else None
