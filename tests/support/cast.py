"""The small cast of the desk's tests, and a queue that they work in.

Alice reviews, Bob backs her up, Carol manages, Oscar owns the process, Mallory should get nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from orchestration.ports import SYSTEM
from reviewhub.accounts.models import Person
from reviewhub.accounts.services import grant_role
from reviewhub.reviews.models import Queue, QueueMembership


@dataclass
class Cast:
    alice: Person
    bob: Person
    carol: Person
    oscar: Person
    mallory: Person
    finance: Queue


def person(username: str, **fields: Any) -> Person:
    """Somebody called as their user name, without a usable password."""
    names = {"email": f"{username}@example.com", "display_name": username.capitalize(), **fields}
    return Person.objects.create_user(username=username, **names)


def cast(workflow: str = "purchase") -> Cast:
    carol = person("carol", display_name="Carol Nyström")
    alice = person("alice", display_name="Alice Moreau", manager=carol, zone="Europe/Helsinki")
    bob = person("bob", display_name="Bob Tan", manager=carol)
    oscar = person("oscar", display_name="Oscar Lind")
    finance = Queue.objects.create(slug="finance", title="Finance", manager=carol, backup=bob)
    finance.memberships.create(person=alice)
    finance.memberships.create(person=carol, role=QueueMembership.Role.LEAD)
    grant_role(person=oscar, role="process_owner", workflow=workflow, actor=SYSTEM)
    return Cast(alice, bob, carol, oscar, person("mallory"), finance)
