"""Reading tokens."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from reviewhub.accounts.models import Person
from reviewhub.api.models import ApiToken
from reviewhub.api.tokens.secrets import digest_of


def tokens_of(person: Person) -> QuerySet[ApiToken]:
    """The person's own tokens, newest first, revoked ones too."""
    return ApiToken.objects.filter(person=person)


def active_tokens(person: Person, now: datetime) -> QuerySet[ApiToken]:
    return tokens_of(person).filter(revoked_at=None, expires_at__gt=now)


def token_with(secret: str) -> ApiToken | None:
    """The token with this secret, whatever its state, with its person."""
    return ApiToken.objects.select_related("person").filter(digest=digest_of(secret)).first()
