"""A person as a page shows one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewhub.accounts.models import Person


@dataclass(frozen=True, slots=True)
class Face:
    pk: int
    name: str
    initials: str

    @property
    def initial(self) -> str:
        return self.initials[:1]


def face(person: Person | None) -> Face | None:
    return Face(person.pk, person.display_name, person.initials) if person else None
