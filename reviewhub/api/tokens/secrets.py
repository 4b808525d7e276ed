"""How a token looks. The prefix lets people and scanners recognise one that has leaked."""

from __future__ import annotations

import hashlib
import secrets

PREFIXES = {"personal": "rhp_", "service": "rhs_"}
HINT_LENGTH = 10


def new_secret(kind: str) -> str:
    """A token with 256 random bits."""
    return PREFIXES[kind] + secrets.token_urlsafe(32)


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def looks_like_token(text: str) -> bool:
    return text.startswith(tuple(PREFIXES.values())) and len(text) < 100
