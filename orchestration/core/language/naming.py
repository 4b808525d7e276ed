"""The names of a workflow: what its tests may say (steps, tools and decision points), and what it may not be called."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from orchestration.core.language.cursor import Cursor
from orchestration.core.language.faults import nearest

_INSTANCE = re.compile(r"#\d+")


@dataclass(frozen=True, slots=True)
class Names:
    """`references` are tools as they are called, such as mail.send@1."""

    steps: frozenset[str]
    references: frozenset[str]
    points: frozenset[str]
    workflows: frozenset[str]  # that run inside this one

    @property
    def tools(self) -> frozenset[str]:
        return frozenset(each.partition("@")[0] for each in self.references)

    def references_of(self, name: str) -> list[str]:
        """Those that a name stands for, with or without its version."""
        return sorted(each for each in self.references if name in (each, each.partition("@")[0]))

    def check_step(self, cursor: Cursor) -> None:
        """A step by its id, or one of several by its path: lines#2/check."""
        said = cursor.text("a step's id")
        if said is None:
            return
        step = _INSTANCE.sub("", said.rpartition("/")[2])
        if step not in self.steps:
            cursor.fault(f"There is no step {step!r}.{nearest(step, self.steps)}")

    def check_call(self, cursor: Cursor) -> None:
        said = cursor.text("the name of a tool")
        if said is not None and not self.references_of(said):
            cursor.fault(f"The workflow calls no tool {said!r}.{nearest(said, self.tools)}")


def check_not_built_in(cursor: Cursor, built_in: Collection[str]) -> None:
    """What the installation knows its own runs and reviews by is nobody else's."""
    if isinstance(cursor.value, str) and cursor.value in built_in:
        said = f"The name {cursor.value!r} is the product's own, for reviews that it makes itself"
        cursor.fault(f"{said}: choose another.")


def names_in(canonical: Mapping[str, Any]) -> Names:
    """Read from the canonical form, whatever kinds of steps it has."""
    found = list(_mappings(canonical.get("steps")))
    found += list(_mappings(canonical.get("on_error")))
    calls = (each for each in found if isinstance(each.get("tool"), str))
    return Names(
        steps=frozenset(each["id"] for each in found if isinstance(each.get("id"), str) and "kind" in each),
        references=frozenset(f"{each['tool']}@{each.get('version')}" for each in calls),
        workflows=frozenset(each["workflow"] for each in found if each.get("kind") == "workflow"),
        points=frozenset(each["ai"] for each in found if isinstance(each.get("ai"), str)),
    )


def _mappings(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        yield value
        for each in value.values():
            yield from _mappings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _mappings(each)
