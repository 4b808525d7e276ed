"""Signs that turn the direction of what follows: with one before it 12,900 reads 009,21, and “Reject” reads “tcejeR”.

What is kept and sealed keeps them; people are shown texts without. Languages that are written from right to left need
none of them: their letters say by themselves which way they go.
"""

from __future__ import annotations

TURNS = "\u202a\u202b\u202c\u202d\u202e"
_NONE = dict.fromkeys(map(ord, TURNS))
_AS_BYTES = tuple(sign.encode() for sign in TURNS)


def in_order(text: str) -> str:
    return text.translate(_NONE) if any(sign in text for sign in TURNS) else text


def bytes_in_order(page: bytes) -> bytes:
    """Of a page in UTF-8."""
    for sign in _AS_BYTES:
        if sign in page:
            page = page.replace(sign, b"")
    return page
