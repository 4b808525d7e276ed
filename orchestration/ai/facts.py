"""The facts of a case as flat values, under the dotted paths that evidence and reasons name."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orchestration.core.documents import is_document

Scalar = str | int | float | bool

MOST_FACTS = 500
DEEPEST = 8
LONGEST_TEXT = 20_000  # characters of one fact that are read
MOST_TEXT = 200_000  # of all facts together
CONTAINERS = frozenset({"input", "request", "facts", "case", "data", "item", "body"})  # say nothing in a label

PEOPLE = frozenset(
    [
        "applicant",
        "author",
        "contact",
        "customer",
        "employee",
        "patient",
        "person",
        "recipient",
        "requester",
        "sender",
        "student",
        "user",
    ]
)
NAMES = frozenset({"name", "first_name", "last_name", "full_name", "from_name", "display_name"})

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_INDEX = re.compile(r"\.\d+(?=\.|$)")


@dataclass(frozen=True, slots=True)
class Fact:
    """One leaf of the facts: `lines.0.item` is the first line's item."""

    path: str
    value: Scalar

    @property
    def kind_of(self) -> str:
        """The path without list positions: what two cases have in common."""
        return _INDEX.sub("", self.path)


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it is compared, and where it stands in its text."""

    token: str
    start: int
    end: int


def flatten(facts: Mapping[str, Any]) -> tuple[Fact, ...]:
    """The leaves in reading order; nulls are left out, and hostile sizes are cut off."""
    found: list[Fact] = []
    size = 0
    for fact in _leaves(facts, "", 0):
        size += len(fact.value) if isinstance(fact.value, str) else 0
        if len(found) == MOST_FACTS or size > MOST_TEXT:
            break
        found.append(fact)
    return tuple(found)


def _leaves(value: Any, path: str, depth: int) -> Iterator[Fact]:
    if depth > DEEPEST:
        return
    if is_document(value):  # what names a file says nothing of the case
        return
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner, f"{path}.{key}" if path else str(key), depth + 1)
    elif isinstance(value, Sequence) and not isinstance(value, str | bytes):
        for index, inner in enumerate(value):
            yield from _leaves(inner, f"{path}.{index}" if path else str(index), depth + 1)
    elif isinstance(value, str):
        yield Fact(path, value[:LONGEST_TEXT])
    elif isinstance(value, bool | int | float):
        yield Fact(path, value)


def words(text: str) -> Iterator[Word]:
    """Words in one spelling (compatibility form, no case, long numbers as `#`), with their places."""
    for match in _WORD.finditer(text):
        spelled = match.group()
        if not spelled.isascii():
            spelled = unicodedata.normalize("NFKC", spelled)
        spelled = spelled.casefold().replace("’", "'")
        yield Word("#" if len(spelled) > 2 and spelled.isdigit() else spelled[:40], match.start(), match.end())


def source_text(value: Scalar) -> str:
    """A fact as a text that quotes are looked for in, numbers as people read them: 12,900 and 0.44."""
    if isinstance(value, float) and math.isfinite(value) and not value.is_integer():
        return f"{value:,}"
    return value if isinstance(value, str) else spoken(value)


def label(path: str) -> str:
    """`request.cost_center` reads "cost center", `budget.remaining` reads "budget remaining"."""
    parts = [part for part in path.split(".") if not part.isdigit()][-2:]
    if len(parts) == 2 and (parts[0] in CONTAINERS or parts[0] == parts[1]):
        parts = parts[1:]
    return " ".join(parts).replace("_", " ").replace("-", " ")


def names_somebody(path: str) -> bool:
    """Whether a fact says who somebody is: `customer.name`, `requester`, `from_name`, but not `supplier.name`."""
    *before, last = [part.casefold() for part in path.split(".") if not part.isdigit()]
    if last in PEOPLE or last.removesuffix("_name") in PEOPLE or last in NAMES - {"name"}:
        return True
    return last == "name" and (not before or before[-1] in PEOPLE | CONTAINERS)


def names_in(facts: Iterable[Fact]) -> frozenset[str]:
    """The words of the names that the facts give, which texts may repeat."""
    names = (fact.value for fact in facts if isinstance(fact.value, str) and names_somebody(fact.path))
    return frozenset(word.token for name in names for word in words(name))


def spoken(value: Scalar) -> str:
    """A value as people read it: 18,400 and 0.25, yes and no, and texts cut at 60 characters."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value if len(value) <= 60 else value[:59].rstrip() + "…"
    if isinstance(value, float) and not math.isfinite(value):
        return "no number"
    if isinstance(value, float) and not value.is_integer():
        return f"{value:,.2f}" if abs(value) >= 1 else f"{value:.3g}"
    return f"{int(value):,}"


def number(value: Scalar) -> float | None:
    """The number that a value is or spells (`"1250.00"`); None for everything else, NaN and infinities included."""
    if isinstance(value, bool):
        return None
    try:
        found = float(value)
    except ValueError:
        return None
    except OverflowError:
        return None
    return found if abs(found) < 1e15 else None
