"""Values that are too large to go along with every event: kept apart once, and named by their digest in their place.

What stands in a state or an audit event is then a reference: the digest of the value's canonical JSON, its size and how
it begins. A value that only looks like one is kept apart as well, so that nothing written by others is taken for one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from orchestration.core.language.canonical import canonical_json

LARGE = 64_000  # bytes of its JSON from which a value is kept apart
MOST = 8_000_000  # bytes of its JSON that a value may have
SHOWN = 300  # characters of its JSON that a reference shows
OF = "$large"
NAMES = frozenset({OF, "run", "bytes", "begins"})


def is_reference(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == NAMES


def reference(run_id: str, text: str) -> dict[str, Any]:
    """What stands for the value with this canonical JSON."""
    data = text.encode()
    digest = hashlib.sha256(data).hexdigest()
    return {OF: digest, "run": run_id, "bytes": len(data), "begins": text[:SHOWN]}


def text_if_large(value: Any, large: int) -> str | None:
    """The value's canonical JSON where it is to be kept apart."""
    if is_reference(value):
        return canonical_json(value)
    if _room(value, large // 6) > 0:  # a character takes six bytes at the most
        return None
    text = canonical_json(value)
    return text if len(text.encode()) >= large else None


def fault_of(value: Any) -> str | None:
    """What to say of a value that is larger than any may be."""
    if _room(value, MOST // 6) > 0:
        return None
    size = len(canonical_json(value).encode())
    if size <= MOST:
        return None
    return f"It has {size / 1_000_000:.1f} MB as JSON; a value may have {MOST / 1_000_000:.0f} MB at the most."


def _room(value: Any, room: int) -> int:
    """What is left of so many characters after the value; it is not looked at further than that."""
    match value:
        case str():
            return room - len(value) - 2
        case Mapping():
            for name, each in value.items():
                room = _room(each, room - len(str(name)) - 4)
                if room <= 0:
                    return room
            return room - 2
        case list() | tuple():
            for each in value:
                room = _room(each, room - 1)
                if room <= 0:
                    return room
            return room - 2
        case _:
            return room - 24  # a number, at the most
