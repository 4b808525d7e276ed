"""Whether an answer is held up by the facts: every quote occurs in its source, and the numbers agree."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any

from orchestration.ai.facts import Fact, flatten, label, number, source_text
from orchestration.ports import Evidence, Reading

SMALL = 12  # counts up to here are language, not figures
CLOSE = 0.01  # relative difference of two numbers that agree
SHORTEST_ELSEWHERE = 4  # characters of a quote that is looked for in other facts than the one it names
MOST_CLAIMED = 40  # figures of an answer that are checked one by one
MOST_NUMBERS = 60  # of the facts, between which differences are looked for

_NUMBER = re.compile(r"(?<![\w.])(?:\d{1,3}(?:[,.'\u00a0\u202f ]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?)(?!\d)")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Support:
    """Quotes that hold, as they stand in their sources; and what does not hold, in words for people."""

    evidence: tuple[Evidence, ...]
    faults: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return not self.faults


def check_support(facts: Mapping[str, Any], quotes: Iterable[Mapping[str, str]], claims: Sequence[str]) -> Support:
    """`quotes` have `source` and `quote`; `claims` are the sentences whose numbers must agree."""
    flat = flatten(facts)
    evidence: list[Evidence] = []
    faults: list[str] = []
    for quote in quotes:
        source = quote.get("source") or ""
        if found := _found(flat, source, quote["quote"]):
            evidence.append(found)
        else:
            faults.append(f"A quote does not occur in {label(source) or 'the case'}: “{quote['quote'][:80]}”")
    if not evidence and not faults:
        faults.append("The answer quotes nothing from the case")
    faults += _figure_faults(claims, _known_numbers(flat))
    return Support(tuple(dict.fromkeys(evidence)), tuple(dict.fromkeys(faults)))


def check_readings(facts: Mapping[str, Any], fields: Mapping[str, Mapping[str, Any]], cap: float) -> dict[str, Reading]:
    """What was read, with the quotes that hold. Where none does, or it gives another number, the word is capped."""
    flat = flatten(facts)
    return {name: _checked(flat, said, cap) for name, said in fields.items()}


def _checked(facts: Sequence[Fact], said: Mapping[str, Any], cap: float) -> Reading:
    value, own = said.get("value"), said.get("confidence")
    word = None if own is None or value is None else float(max(0, min(1, own)))
    found = _found(facts, said.get("source") or "", said.get("quote") or "") if value is not None else None
    if found is None or not _says(found.quote, value):
        return Reading(value, None if word is None else min(word, cap))
    return Reading(value, word, found.source, found.quote)


def _says(quote: str, value: Any) -> bool:
    """A number has to stand in its quote; words may be put otherwise."""
    wanted = value if isinstance(value, int | float) and not isinstance(value, bool) else None
    return wanted is None or any(_near(float(wanted), each) for each in _numbers_in(quote))


def _found(facts: Sequence[Fact], source: str, quote: str) -> Evidence | None:
    """The quote as it stands in its source; a source named wrongly is put right."""
    path = re.sub(r"\[(\d+)\]", r".\1", source).strip().lstrip("$.")
    pattern = re.compile(r"\s+".join(map(re.escape, quote.split())))
    if not quote.strip():
        return None
    for fact in sorted(facts, key=lambda fact: fact.path != path):
        if fact.path != path and len(quote) < SHORTEST_ELSEWHERE:
            continue
        if as_number := _same_number(fact, quote):
            return as_number
        if match := pattern.search(source_text(fact.value)):
            return Evidence(fact.path, match.group())
    return None


def _same_number(fact: Fact, quote: str) -> Evidence | None:
    own, quoted = number(fact.value), number(_bare(quote))
    if own is None or quoted is None or own != quoted:
        return None
    return Evidence(fact.path, source_text(fact.value))


def _known_numbers(facts: Sequence[Fact]) -> list[float]:
    found: list[float] = []
    for fact in facts:
        if isinstance(fact.value, str):
            found += _numbers_in(fact.value)
        elif (value := number(fact.value)) is not None:
            found.append(value)
    return list(dict.fromkeys(found))[:MOST_NUMBERS]


def _figure_faults(claims: Sequence[str], known: Sequence[float]) -> list[str]:
    shown = list(dict.fromkeys(match.group() for claim in claims for match in _NUMBER.finditer(claim)))
    if len(shown) > MOST_CLAIMED:
        return ["The answer holds more figures than can be checked"]
    return [f"The case holds no figure that gives “{text}”" for text in shown if not _given(text, known)]


def _given(text: str, known: Sequence[float]) -> bool:
    """Read as one number, or as several that stand side by side."""
    parts = text.split(" ")
    whole = any(_agrees(value, known) for value in _readings(text))
    return whole or (len(parts) > 1 and all(_given(part, known) for part in parts))


def _agrees(value: float, known: Sequence[float]) -> bool:
    if value.is_integer() and value <= SMALL:
        return True
    if any(_near(value, fact) or _near(value, 100 * fact) for fact in known):
        return True
    return any(
        _near(value, a - b)
        or _near(value, a + b)
        or (b and (_near(value, 100 * a / b) or _near(value, 100 * (a - b) / b) or _near(value, a / b)))
        for a, b in permutations(known, 2)
    )


def _near(value: float, fact: float) -> bool:
    return abs(value - abs(fact)) <= max(CLOSE * abs(fact), 0.005)


def _numbers_in(text: str) -> list[float]:
    return [value for match in _NUMBER.finditer(text) for value in _readings(match.group())]


def _readings(text: str) -> list[float]:
    """Both ways to read "1.250": people write thousands with points and commas alike."""
    bare = re.sub(r"[ \u00a0\u202f']", "", text.strip(" .,'"))
    spellings = {bare.replace(",", ""), bare.replace(".", "").replace(",", "."), re.sub(r"[.,]", "", bare)}
    return [value for value in map(number, sorted(spellings)) if value is not None]


def _bare(text: str) -> str:
    return re.sub(r"[^\d.\-]", "", text.replace(",", ""))
