"""Making and using codes that prove who somebody is. Guessing is bounded for each person, whoever guesses."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db.models import F, QuerySet, Sum
from django.utils.crypto import salted_hmac

from orchestration import ports
from reviewhub.accounts.models import OneTimeCode, Person

DIGITS = "0123456789"
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that is taken for another
LENGTH = 8
LASTS = timedelta(minutes=10)
WINDOW = timedelta(hours=1)
MOST = 5  # codes of a purpose for one person in an hour
MOST_TRIES = 15  # wrong ones for one person in an hour


class TooManyCodes(Exception):
    """There were too many codes in the last hour. Sign in instead, or come back later."""


def plan_code(person: Person, purpose: OneTimeCode.Purpose) -> OneTimeCode:
    """A code that nobody knows yet. Raises TooManyCodes."""
    now = ports.clock().system_now()
    OneTimeCode.objects.filter(person=person, purpose=purpose, made_at__lte=now - WINDOW).delete()
    if _recent(person, purpose, now).count() >= MOST:
        raise TooManyCodes(TooManyCodes.__doc__)
    return OneTimeCode.objects.create(person=person, purpose=purpose, made_at=now)


def spell(code: OneTimeCode, alphabet: str = DIGITS) -> str:
    """Gives it its signs; spelled again, the ones before are worth nothing."""
    signs = "".join(secrets.choice(alphabet) for _ in range(LENGTH))
    OneTimeCode.objects.filter(pk=code.pk).update(digest=_digest(code.purpose, signs))
    return signs


def use_code(person: Person, purpose: OneTimeCode.Purpose, signs: str) -> bool:
    """Whether it was one of the person's, unused and in time. A wrong one counts against all of them."""
    now = ports.clock().system_now()
    recent = _recent(person, purpose, now)
    if (recent.aggregate(tries=Sum("tries"))["tries"] or 0) >= MOST_TRIES:
        return False
    if _valid(recent, now).filter(digest=_digest(purpose, signs)).delete()[0]:
        return True
    if newest := recent.order_by("-made_at", "-pk").first():
        OneTimeCode.objects.filter(pk=newest.pk).update(tries=F("tries") + 1)
    return False


def owner_of(purpose: OneTimeCode.Purpose, signs: str) -> Person | None:
    """Whose code it was; it is used then. For codes of letters, which nobody guesses."""
    now = ports.clock().system_now()
    found = _valid(OneTimeCode.objects.filter(purpose=purpose), now).filter(digest=_digest(purpose, signs))
    code = found.select_related("person").filter(person__is_active=True).first()
    return code.person if code is not None and found.filter(pk=code.pk).delete()[0] else None


def _recent(person: Person, purpose: str, now: datetime) -> QuerySet[OneTimeCode]:
    return OneTimeCode.objects.filter(person=person, purpose=purpose, made_at__gt=now - WINDOW)


def _valid(codes: QuerySet[OneTimeCode], now: datetime) -> QuerySet[OneTimeCode]:
    return codes.filter(made_at__gt=now - LASTS).exclude(digest="")


def _digest(purpose: str, signs: str) -> str:
    plain = "".join(sign for sign in signs.upper() if sign.isalnum())
    return salted_hmac("reviewhub.accounts.codes", f"{purpose}:{plain}", algorithm="sha256").hexdigest()
