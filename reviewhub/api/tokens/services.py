"""Making, revoking and using tokens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from orchestration.api import Actor, record_change
from orchestration.exceptions import InvalidTransition, OrchestrationError
from orchestration.ports import clock
from reviewhub.accounts.models import Person
from reviewhub.api.models import ApiToken
from reviewhub.api.tokens.scopes import refused
from reviewhub.api.tokens.secrets import HINT_LENGTH, digest_of, new_secret

DEFAULT_LIFETIME = timedelta(days=90)
LONGEST_LIFETIME = timedelta(days=366)


class InvalidToken(OrchestrationError):
    """Such a token cannot be made."""


@transaction.atomic
def create_token(
    *,
    person: Person,
    name: str,
    scopes: Sequence[str],
    actor: Actor,
    kind: str = ApiToken.Kind.PERSONAL,
    expires_in: timedelta = DEFAULT_LIFETIME,
) -> tuple[ApiToken, str]:
    """The token, and its text: the only time that anybody sees it."""
    now = clock().system_now()
    _check(person, name, kind, scopes, expires_in)
    secret = new_secret(kind)
    token = ApiToken.objects.create(
        person=person,
        kind=kind,
        name=name,
        hint=secret[:HINT_LENGTH],
        digest=digest_of(secret),
        scopes=sorted(set(scopes)),
        created_at=now,
        expires_at=now + expires_in,
    )
    _record(
        token, "token.created", actor, scopes=token.scopes, token_kind=kind, expires_at=token.expires_at.isoformat()
    )
    return token, secret


@transaction.atomic
def revoke_token(*, token: ApiToken, actor: Actor) -> None:
    """Ends the token at once. Raises InvalidTransition when it was revoked before."""
    changed = ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(
        revoked_at=clock().system_now(), revoked_by=actor.label
    )
    if not changed:
        raise InvalidTransition(f"The token {token.name!r} has been revoked already.")
    _record(token, "token.revoked", actor)


def note_use(token: ApiToken, now: datetime) -> None:
    """Remembers the minute of the last use; a second use within it writes nothing."""
    if token.last_used_at is None or now - token.last_used_at > timedelta(minutes=1):
        before = Q(last_used_at=None) | Q(last_used_at__lt=now)
        ApiToken.objects.filter(before, pk=token.pk).update(last_used_at=now)


def _check(person: Person, name: str, kind: str, scopes: Sequence[str], expires_in: timedelta) -> None:
    if kind not in ApiToken.Kind.values:
        raise InvalidToken(f"There is no kind of token {kind!r}: personal or service.")
    if not name.strip():
        raise InvalidToken("A token needs a name, so that it can be told from others.")
    if not scopes:
        raise InvalidToken("A token needs at least one scope.")
    if wrong := refused(kind, scopes):
        raise InvalidToken(f"A {kind} token cannot have the scope {wrong[0]!r}.")
    if not timedelta() < expires_in <= LONGEST_LIFETIME:
        raise InvalidToken(f"A token lives at most {LONGEST_LIFETIME.days} days.")
    if not person.is_active:
        raise InvalidToken(f"{person} cannot sign in, and so has no tokens.")


def _record(token: ApiToken, kind: str, actor: Actor, **data: object) -> None:
    record_change(
        chain=f"token:{token.pk}",
        kind=kind,
        data={"name": token.name, "hint": token.hint, "person": token.person.username, **data},
        actor=actor,
    )
