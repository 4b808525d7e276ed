"""Sealing what a reviewer was shown."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
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
