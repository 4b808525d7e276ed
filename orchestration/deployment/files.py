"""The files that a command names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from orchestration.core.language.check import Checked

ENDINGS = (".yaml", ".yml", ".json")


@dataclass(frozen=True, slots=True)
class WorkflowFile:
    """One file with what the check says of it."""

    path: Path
    text: str
    checked: Checked

    @property
    def name(self) -> str:
        """The workflow's name; only where the text has no fault."""
        return str((self.checked.canonical or {})["workflow"])


def found(paths: Iterable[str]) -> Iterator[Path]:
    """The named files, and those in the named folders. Raises `FileNotFoundError`."""
    for name in paths:
        path = Path(name)
        if path.is_dir():
            yield from sorted(each for each in path.rglob("*") if each.suffix in ENDINGS and each.is_file())
        elif path.is_file():
            yield path
        else:
            raise FileNotFoundError(f"There is no file or folder {name}.")


def read(path: Path) -> str:
    """The file's text; what is no UTF-8 becomes a sign that the check refuses."""
    return path.read_bytes().decode("utf-8", "surrogateescape")
