"""Sealing what a reviewer was shown."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SHOWN = (
    "title",
    "outcomes",
    "highlights",
    "fields",
    "concerns",
    "context",
    "incident",
    "ai_outcome",
    "ai_confidence",
)


MOST_PIECES = 1_000


@dataclass(frozen=True, slots=True)
class EvidenceOpened:
    """How much of a case's evidence (its sections and documents) came into view before a decision, as the page that was
    decided on says: `opened` of so many, and for how many seconds in all."""

    of: int
    opened: int
    seconds: float


def evidence_opened(said: str, longest: float) -> EvidenceOpened | None:
    """What a page has sent, as JSON: {"of", "opened", "seconds"}. None for what cannot be; a page's word is a remark,
    and never a reason to refuse a decision."""
    try:
        told = json.loads(said)
        of, opened, seconds = told["of"], told["opened"], float(told["seconds"])
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return None
    numbers = all(isinstance(each, int) and not isinstance(each, bool) for each in (of, opened))
    fits = numbers and 0 <= opened <= of <= MOST_PIECES and 0 <= seconds <= longest
    return EvidenceOpened(of, opened, seconds) if fits else None


def evidence_hash(shown: Mapping[str, Any]) -> str:
    """SHA-256 over canonical JSON of all in `SHOWN`, the recommendation's id, and what was asked and answered."""
    sealed = {name: shown.get(name) for name in (*SHOWN, "recommendation_id")}
    if shown.get("information"):
        sealed["information"] = shown["information"]
    text = json.dumps(sealed, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def evidence_of(task: Any) -> str:
    """The hash of what the stored task shows at this moment."""
    return evidence_hash({name: getattr(task, name) for name in (*SHOWN, "recommendation_id", "information")})
