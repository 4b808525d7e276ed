"""How the ERP behaves this time. Every key has its own temper, the same with every run, and after one bad answer
the ERP behaves: what fails for good fails because somebody switched the ERP off."""

from __future__ import annotations

from enum import StrEnum
from hashlib import sha256


class Mood(StrEnum):
    """The first call's answer. The shares are of 256 keys."""

    PROMPT = "prompt"
    SLOW = "slow"  # answers, after most of a second
    BUSY = "busy"  # 503 and Retry-After; nothing happened
    BROKE_OFF = "broke_off"  # the order was placed, and the answer is 500
    LATE = "late"  # the order was placed, and the answer comes after the caller has given up
    DOWN = "down"  # switched off by somebody


SHARES = ((Mood.BUSY, 8), (Mood.BROKE_OFF, 6), (Mood.LATE, 3), (Mood.SLOW, 28))
SLOW_SECONDS = 0.8
LATE_SECONDS = 4.0  # longer than the tool's timeout


def mood_for(idempotency_key: str, earlier_calls: int) -> Mood:
    """The mood in which the ERP takes this call."""
    if earlier_calls:
        return Mood.PROMPT
    drawn = sha256(idempotency_key.encode()).digest()[0]
    for mood, share in SHARES:
        if drawn < share:
            return mood
        drawn -= share
    return Mood.PROMPT
