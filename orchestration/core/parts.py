"""What is known of a run that was not read as a whole.

A run of ten thousand items is decided by the few steps that an event concerns. Steps are read by the sequence that they
stand in: a branch, a case, an iteration, the handlers of a step, or the top level. Whoever looks for a step of a
sequence that was not read, or walks through one, raises `MissingSteps`; the runtime reads more and decides anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from orchestration.core import paths

Item = TypeVar("Item")
TOP = frozenset({""})


@dataclass(frozen=True, slots=True)
class Part:
    """`sequences`: those whose own steps and timers are known. `inside`: blocks, branches and iterations of which
    everything is known, however deep."""

    sequences: frozenset[str] = TOP
    inside: frozenset[str] = frozenset()

    def has(self, path: str) -> bool:
        """Whether it is known what stands at the path, if anything does."""
        return paths.sequence_of(path) in self.sequences or (bool(self.inside) and self._has_around(path))

    def has_inside(self, within: str) -> bool:
        """Whether everything inside is known."""
        return within in self.inside or (bool(self.inside) and self._has_around(within))

    def _has_around(self, path: str) -> bool:
        return any(around in self.inside for around in paths.all_around(path))

    def __or__(self, other: Part) -> Part:
        return Part(self.sequences | other.sequences, self.inside | other.inside)

    @property
    def is_whole(self) -> bool:
        return "" in self.inside


WHOLE = Part(inside=TOP)


def around(path: str) -> Part:
    """What an event at the path concerns: the iteration or the branch that it stands in, and the sequences around."""
    innermost = paths.iteration_of(path) or paths.sequence_of(path)
    sequences = {paths.sequence_of(each) for each in (path, *paths.all_around(path))}
    return Part(TOP | sequences, frozenset({innermost} if innermost else ()))


def inside(within: str) -> Part:
    """Everything inside a block, a branch or an iteration, or the whole run."""
    return Part(frozenset({paths.sequence_of(within)}), frozenset({within}))


class MissingSteps(Exception):
    """More of the run has to be known to go on. Loaded like a policy."""

    def __init__(self, wanted: Part) -> None:
        self.wanted = wanted
        super().__init__(", ".join(sorted(wanted.inside or wanted.sequences)) or "the whole run")


class Known(dict[str, Item]):
    """Steps by path, or timers by name, that refuse to say of what was not read that it is not there."""

    def __init__(self, items: Mapping[str, Item], part: Part, path_of: Callable[[str], str]) -> None:
        super().__init__(items)
        self.part = part
        self._path_of = path_of

    def __missing__(self, name: str) -> Item:
        self._require(name)
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or self._require(str(name))

    def get(self, name: str, default: Any = None) -> Any:
        return super().get(name, default) if name in self else default

    def _require(self, name: str) -> bool:
        path = self._path_of(name)
        if not self.part.has(path):
            raise MissingSteps(around(path))
        return False


def itself(path: str) -> str:
    return path


def ranges(part: Part) -> Iterator[tuple[str, str]]:
    """The sequences that belong to it, as half-open ranges of their names in the order of their bytes."""
    for name in part.sequences | part.inside:
        yield name, f"{name}\x01"
    for name in part.inside:
        yield f"{name}/", f"{name}0"
        yield f"{name}#", f"{name}$"
