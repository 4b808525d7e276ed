"""Words of a page, as they stand on its lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def by_line(words: Sequence[Any]) -> list[list[Any]]:
    """Words ([text, x, y, width, height]) that follow each other on one line, not too far apart."""
    lines: list[list[Any]] = []
    for word in words:
        last = lines[-1][-1] if lines else None
        if last and abs(last[2] - word[2]) < max(2.0, word[4] / 2) and 0 <= word[1] - last[1] - last[3] < 2 * word[4]:
            lines[-1].append(word)
        else:
            lines.append([word])
    return lines


def text_of_page(words: Sequence[Any]) -> str:
    return "\n".join(" ".join(str(word[0]) for word in line) for line in by_line(words))
