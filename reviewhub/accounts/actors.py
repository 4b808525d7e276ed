"""How the engine and the audit trail know a person."""

from __future__ import annotations

from orchestration.ports import Actor, PersonRef
from reviewhub.accounts.models import Person


def actor_of(person: Person) -> Actor:
    return Actor("person", str(person.pk), person.display_name)


def ref_of(person: Person) -> PersonRef:
    return PersonRef(str(person.pk), person.display_name)
