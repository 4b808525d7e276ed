"""Signed links for people without an account. What one may still do is asked of the row it names, never of the link."""

from __future__ import annotations

from uuid import UUID

from django.core import signing

_SALT = "reviewhub.reviews.information"


def information_token(request_id: UUID) -> str:
    return signing.Signer(salt=_SALT, sep=".").sign(request_id.hex)


def information_id(token: str) -> UUID | None:
    """None for a link that was forged or cut short."""
    try:
        return UUID(signing.Signer(salt=_SALT, sep=".").unsign(token))
    except (signing.BadSignature, ValueError):
        return None
