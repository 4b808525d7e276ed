"""Whole numbers as addresses and forms carry them: hostile, like all text."""

from __future__ import annotations

DIGITS = 9  # fit in every integer of a database


def number_in(text: str) -> int | None:
    """None for anything but a few plain digits: Python's own ideas of a digit (², ٣) are refused by `int`, or not
    meant, and very long ones refused too."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= DIGITS else None
