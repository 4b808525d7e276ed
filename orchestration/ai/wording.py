"""Plain words for outcomes and ranges, used wherever a recommendation explains itself."""

from __future__ import annotations

from collections.abc import Sequence

from orchestration.ai.facts import spoken

_DONE = {
    "approve": "approved",
    "reject": "rejected",
    "accept": "accepted",
    "decline": "declined",
    "deny": "denied",
    "grant": "granted",
    "refund": "refunded",
    "pay": "paid",
    "send": "sent",
    "keep": "kept",
    "remove": "removed",
    "block": "blocked",
    "release": "released",
    "refer": "referred",
    "escalate": "escalated",
    "close": "closed",
}


def title(outcome: str) -> str:
    """`card_arrival` reads "Card arrival"."""
    text = outcome.replace("_", " ").replace("-", " ").strip()
    return text[:1].upper() + text[1:]


def done(outcome: str) -> str:
    """What people did when they chose it: "approved", or "answered “Card arrival”"."""
    return _DONE.get(outcome.casefold(), f"answered “{title(outcome)}”")


def amount(value: float, *, is_share: bool = False) -> str:
    """18,400, or 44 % where it is a share."""
    return f"{spoken(tidy(100 * value))} %" if is_share and abs(value) <= 1 else spoken(value)


def between(low: float, high: float, *, is_share: bool = False) -> str:
    if is_share:
        return f"{spoken(tidy(100 * low))} to {spoken(tidy(100 * high))} %"
    return f"{spoken(tidy(low))} to {spoken(tidy(high))}"


def tidy(value: float) -> float:
    """Three digits that matter, and whole numbers from ten on; nobody needs more in a range."""
    short = float(f"{value:.3g}")
    return float(round(short)) if abs(short) >= 10 else short


def listed(parts: Sequence[str], last: str = "and") -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
