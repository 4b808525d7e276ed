"""Who somebody is in Slack, as they prove themselves: a code from their own page, typed into Slack by themselves."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from orchestration import api
from reviewhub.accounts.actors import actor_of
from reviewhub.accounts.codes import LETTERS, owner_of, plan_code, spell
from reviewhub.accounts.models import OneTimeCode, Person
from reviewhub.notifications.models import ChatIdentity

PURPOSE = OneTimeCode.Purpose.CHAT


@transaction.atomic
def code_for(person: Person) -> str:
    """To be typed into Slack within ten minutes, once. Raises TooManyCodes."""
    return spell(plan_code(person, PURPOSE), LETTERS)


@transaction.atomic
def link(*, member: str, code: str) -> str:
    """What is to be told to whoever typed the code."""
    person = owner_of(PURPOSE, code)
    if person is None:
        return _("This is no code of ours, or it is older than ten minutes. Your own page makes another.")
    if ChatIdentity.objects.filter(member=member).exclude(person=person).exists():
        return _("You are linked to another account here. End that first, on its page “How you are told”.")
    ChatIdentity.objects.update_or_create(person=person, defaults={"member": member})
    _record(person, "linked", member)
    return _("You are told here now, as %(name)s.") % {"name": person.display_name}


@transaction.atomic
def unlink(person: Person) -> None:
    for identity in ChatIdentity.objects.filter(person=person):
        _record(person, "unlinked", identity.member)
        identity.delete()


def _record(person: Person, act: str, member: str) -> None:
    chain, kind = f"person:{person.username}", f"chat_identity.{act}"
    api.record_change(chain=chain, kind=kind, data={"member": member}, actor=actor_of(person))
