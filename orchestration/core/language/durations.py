"""Durations as they are written: `30s`, `90m`, `8h`, `10d`, `2w`, `1h30m`, or ISO 8601 such as `P30D` and `PT8H`."""

from __future__ import annotations

import re
from typing import Any

_SECONDS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
_SHORT = re.compile(r"(?:(\d{1,4})w)?(?:(\d{1,5})d)?(?:(\d{1,6})h)?(?:(\d{1,7})m)?(?:(\d{1,8}(?:\.\d{1,3})?)s)?")
_ISO = re.compile(r"P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,8}(?:\.\d{1,3})?)S)?)?")
LONGEST = 3660 * 86_400


def seconds_of(written: Any) -> float | int | None:
    """The duration in seconds, whole where it is whole; None where it is none or longer than ten years."""
    if not isinstance(written, str):
        return None
    match = _SHORT.fullmatch(written.strip()) or _ISO.fullmatch(written.strip())
    if match is None or not any(match.groups()) or written.strip().endswith("T"):
        return None
    total = sum(
        (float(number) * _SECONDS[unit] for number, unit in zip(match.groups(), "wdhms", strict=True) if number), 0.0
    )
    if total > LONGEST:
        return None
    return int(total) if total.is_integer() else total
