"""Documents as values: what names a file's bytes in a run's input or a step's result. The bytes are kept elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

OF = "$document"
NAMES = frozenset({OF, "name", "media_type", "bytes"})
LONGEST_NAME = 200
DEEPEST = 20
_DIGEST = re.compile(r"[0-9a-f]{64}")


def is_document(value: Any) -> bool:
    """Whether a value names a document. Anybody can write one: the bytes behind it may be missing."""
    return (
        isinstance(value, Mapping)
        and value.keys() == NAMES
        and isinstance(value[OF], str)
        and _DIGEST.fullmatch(value[OF]) is not None
        and isinstance(value["name"], str)
        and isinstance(value["media_type"], str)
        and isinstance(value["bytes"], int)
    )


def document(digest: str, *, name: str, media_type: str, size: int) -> dict[str, Any]:
    """What names these bytes (SHA-256) in a value."""
    return {OF: digest, "name": name[:LONGEST_NAME], "media_type": media_type, "bytes": size}


def documents_in(value: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every document that a value names, with its dotted path, in reading order."""
    if is_document(value):
        yield path, value
        return
    if depth == DEEPEST:
        return
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from documents_in(each, f"{path}.{name}" if path else str(name), depth + 1)
    elif isinstance(value, list | tuple):
        for index, each in enumerate(value):
            yield from documents_in(each, f"{path}.{index}" if path else str(index), depth + 1)
