"""Where quotes stand in a document's text, however its lines are broken and its spaces set."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from reviewhub.web.presenters.evidence import Part, Quote

SHORTEST = 3  # characters of a quote that is looked for
_SPACES = re.compile(r"\s+")


def marked(text: str, quotes: list[Quote]) -> tuple[Part, ...]:
    """The text in parts; each quote marks the first place where it stands, and is taken from the list then."""
    found: list[tuple[int, int, int]] = []
    for quote in list(quotes):
        at = _search(quote.text, text)
        if at and all(at[1] <= start or end <= at[0] for start, end, _ in found):
            found.append((*at, quote.ref))
            quotes.remove(quote)
    parts: list[Part] = []
    last = 0
    for start, end, ref in sorted(found):
        parts += [Part(text[last:start]), Part(text[start:end], ref)]
        last = end
    return tuple(part for part in (*parts, Part(text[last:])) if part.text)


def _search(quote: str, text: str) -> tuple[int, int] | None:
    words = quote.split()
    if len(quote.strip()) < SHORTEST or not words:
        return None
    match = re.search(r"\s+".join(map(re.escape, words)), text)
    return match.span() if match else None


def places(words: Sequence[str], quotes: Sequence[Quote]) -> Iterator[tuple[int, range]]:
    """Of each quote that is found among the words: its number, and the places of the words that it touches."""
    starts, text = [], ""
    for word in words:
        starts.append(len(text))
        text += f"{word} "
    for quote in quotes:
        wanted = _SPACES.sub(" ", quote.text).strip()
        at = text.find(wanted) if len(wanted) >= SHORTEST else -1
        if at >= 0:
            touched = [
                index
                for index, start in enumerate(starts)
                if start < at + len(wanted) and at < start + len(words[index])
            ]
            yield quote.ref, range(touched[0], touched[-1] + 1)
