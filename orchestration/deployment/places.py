"""Where workflows are published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from orchestration.core.language.check import Fault


@dataclass(frozen=True, slots=True)
class Published:
    """The current version of a workflow."""

    name: str
    number: int
    text: str
    content_hash: str


class Refused(Exception):
    """The place did not take the text. `faults` are the text's own, where that is the reason."""

    def __init__(self, message: str, faults: Sequence[Fault] = ()) -> None:
        super().__init__(message)
        self.faults = tuple(faults)


class Place(Protocol):
    def names(self) -> list[str]:
        """The workflows that have a published version."""
        ...

    def current(self, name: str) -> Published | None: ...

    def publish(self, name: str, text: str, note: str, *, skip_tests: bool) -> Published:
        """The version that is now current. Raises `Refused`, also where the tests beside the text fail; what was
        published then stays."""
        ...
