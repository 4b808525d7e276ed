"""What was read for one field of a case, and how sure of it whoever read it is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

LONGEST_SOURCE = 200
LONGEST_QUOTE = 1_000


def reading_of(said: Any) -> dict[str, Any] | None:
    """{"value", "confidence", "agreed", "sample", "own_confidence", "source", "quote", "document",
    "part"}; None where it is no reading.

    A confidence without its sample was never compared with what people did: it is the reader's own word.
    """
    if not isinstance(said, Mapping) or "value" not in said:
        return None
    confidence, own, sample = share(said.get("confidence")), share(said.get("own_confidence")), _count(said, "sample")
    if not sample:
        own, confidence = confidence if own is None else own, None
    return {
        "value": said["value"],
        "confidence": confidence,
        "agreed": _count(said, "agreed") if sample else None,
        "sample": sample,
        "own_confidence": own,
        "source": _text(said, "source")[:LONGEST_SOURCE],
        "quote": _text(said, "quote")[:LONGEST_QUOTE],
        **{name: found[:LONGEST_SOURCE] for name in ("document", "part") if (found := _text(said, name))},
    }


def readings_of(said: Any) -> dict[str, dict[str, Any]]:
    """By the field's name; what is no reading is left out."""
    if not isinstance(said, Mapping):
        return {}
    found = {str(name): reading_of(each) for name, each in said.items()}
    return {name: each for name, each in found.items() if each is not None}


def share(value: Any) -> float | None:
    said = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if said and 0 <= value <= 1 else None


def _count(said: Mapping[str, Any], name: str) -> int | None:
    value = said.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _text(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name)
    return value if isinstance(value, str) else ""
