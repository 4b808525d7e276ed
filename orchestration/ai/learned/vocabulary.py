"""Words and pairs of words as weighted features: TF-IDF with sublinear counts, one unit length a case."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from orchestration.ai.facts import Word, words

FEWEST_CASES = 2  # in which a word must occur
MOST_WORDS_OF_A_TEXT = 2_000

_BREAK = re.compile(r"[.!?;:\n]")


@dataclass(frozen=True, slots=True)
class Term:
    """A word or two neighbouring words, and the place in the text."""

    token: str
    start: int
    end: int


def terms(text: str) -> list[Term]:
    """The words of a text and their pairs; a pair does not reach over the end of a sentence or line."""
    found = read(text)
    singles = [Term(word.token, word.start, word.end) for word in found]
    pairs = [
        Term(f"{first.token} {second.token}", first.start, second.end)
        for first, second in pairwise(found)
        if not _BREAK.search(text, first.end, second.start)
    ]
    return singles + pairs


def telling_terms(text: str, names: frozenset[str]) -> list[Term]:
    """Without the words of names: what a text is about does not depend on who wrote it."""
    return [term for term in terms(text) if names.isdisjoint(term.token.split())]


def read(text: str) -> list[Word]:
    found: list[Word] = []
    for word in words(text):
        found.append(word)
        if len(found) == MOST_WORDS_OF_A_TEXT:
            break
    return found


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Known terms by their position, and how rare each is."""

    index: Mapping[str, int]
    rarity: Sequence[float]  # inverse document frequency

    def __len__(self) -> int:
        return len(self.rarity)

    def weigh(self, tokens: Iterable[str]) -> dict[int, float]:
        """Position to weight, for the tokens that are known."""
        counted = Counter(self.index[token] for token in tokens if token in self.index)
        raw = {place: (1.0 + math.log(count)) * self.rarity[place] for place, count in counted.items()}
        length = math.sqrt(sum(weight * weight for weight in raw.values()))
        return {place: weight / length for place, weight in raw.items()} if length else {}

    def known_share(self, text: str) -> float:
        """How much of a text's words (not pairs) the past cases had; 1 for an empty text."""
        tokens = [word.token for word in read(text)]
        return sum(1 for token in tokens if token in self.index) / len(tokens) if tokens else 1.0

    def to_json(self) -> dict[str, Any]:
        return {"terms": list(self.index), "rarity": [round(value, 4) for value in self.rarity]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Vocabulary:
        return cls({term: place for place, term in enumerate(data["terms"])}, data["rarity"])


def learn_vocabulary(texts: Sequence[set[str]], most: int) -> Vocabulary:
    """The most frequent terms, in a stable order; `texts` are the terms of each case."""
    seen: Counter[str] = Counter()
    for tokens in texts:
        seen.update(tokens)
    frequent = [(-count, token) for token, count in seen.items() if count >= FEWEST_CASES]
    kept = sorted(token for _, token in sorted(frequent)[:most])
    rarity = [round(math.log((1 + len(texts)) / (1 + seen[token])) + 1.0, 4) for token in kept]
    return Vocabulary({token: place for place, token in enumerate(kept)}, rarity)
