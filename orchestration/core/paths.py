"""Where a step run stands: `lines#3/check` is the step `check` of the third iteration of the block `lines`.

A definition's own paths have no numbers (`lines/check`). The part up to and including the innermost number, such as
`orders#2/lines#7`, names an iteration. A review's key is a path, or `path!n` for the nth incident there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_NUMBER = re.compile(r"#\d+")
_BORDER = re.compile(r"[/#~]")


def written(path: str) -> str:
    """The path of the step in the text, whatever the iteration."""
    return _NUMBER.sub("", path) if "#" in path else path


def iteration_of(path: str) -> str:
    """The innermost iteration around a step; empty outside. The number of a block's own iterations is inside it."""
    before, number, _ = path.rpartition("#")
    if not number:
        return ""
    return path[: path.index("/", len(before))] if "/" in path[len(before) :] else path


def sequence_of(path: str) -> str:
    """The branch, the case, the iteration or the handlers that the step is one of; empty at the top level."""
    return path.rpartition("/")[0]


def all_around(path: str) -> Iterator[str]:
    """The blocks, branches and iterations that the path stands in, from the inside out."""
    for found in reversed(list(_BORDER.finditer(path))):
        yield path[: found.start()]


def numbers_of(path: str) -> list[str]:
    """Of the iterations around a step, the outermost first: #3, #1."""
    return _NUMBER.findall(path)


def iteration_at(path: str, depth: int) -> str | None:
    """The iteration around a step that is the `depth`th from the outside; None where there are not so many."""
    ends = [found.end() for found in _NUMBER.finditer(path)]
    return path[: ends[depth - 1]] if len(ends) >= depth else None


def is_iteration(path: str) -> bool:
    """Whether the path is that of an iteration itself and not of a step in it."""
    return "#" in path.rpartition("/")[2]


def block_of(iteration: str) -> tuple[str, int]:
    """The path of the block, and which iteration of it this is."""
    block, _, number = iteration.rpartition("#")
    return block, int(number)


def path_of(key: str) -> str:
    """The step of a review's or an incident's key."""
    return key.partition("!")[0]


def subject_of(timer: str) -> str:
    """The path of the step that a timer is about; empty for the run's own."""
    return path_of(timer.rpartition(":")[0])


def stands_in(path: str, within: str) -> bool:
    """Whether the step is inside the block, branch or iteration; everything is inside the empty path."""
    return not within or path.startswith((f"{within}/", f"{within}#", f"{within}~"))


def undo_of(path: str) -> str:
    """The path of what undoes a step."""
    return f"{path}~undo"


def undone_by(path: str) -> str:
    """The step that the undo at the path undoes."""
    return path.removesuffix("~undo")


def fallback_of(path: str, number: int) -> str:
    """The path of the nth tool that takes a step's place."""
    return f"{path}~fallback{number}"


def replaced_by(path: str) -> str | None:
    """The step in whose place the tool at the path was called; None where it is no fallback."""
    step, _, name = path.rpartition("~")
    return step if name.startswith("fallback") else None
