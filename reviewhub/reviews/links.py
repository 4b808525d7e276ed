"""Signed links for people who are not signed in. What one may do is asked of the row it names, never of the link."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.core import signing

_DECISION = "reviewhub.reviews.decision"
_SALT = "reviewhub.reviews.information"


def information_token(request_id: UUID) -> str:
    return signing.Signer(salt=_SALT, sep=".").sign(request_id.hex)


def information_id(token: str) -> UUID | None:
    """None for a link that was forged or cut short."""
    try:
        return UUID(signing.Signer(salt=_SALT, sep=".").unsign(token))
    except (signing.BadSignature, ValueError):
        return None


@dataclass(frozen=True, slots=True)
class DecisionLink:
    """One task, put before one person, until an instant of system time."""

    task_id: UUID
    person_id: int
    expires_at: datetime


def decision_token(link: DecisionLink) -> str:
    """Whoever holds it answers as the person it names: it goes to that person's verified address alone."""
    said = f"{link.task_id.hex}-{link.person_id}-{int(link.expires_at.timestamp())}"
    return signing.Signer(salt=_DECISION, sep=".").sign(said)


def decision_link(token: str) -> DecisionLink | None:
    """None for a link that was forged or cut short. One that has expired is still read, so that it can say so."""
    try:
        task, person, expires = signing.Signer(salt=_DECISION, sep=".").unsign(token).split("-")
        return DecisionLink(UUID(task), int(person), datetime.fromtimestamp(int(expires), UTC))
    except (signing.BadSignature, ValueError):
        return None
