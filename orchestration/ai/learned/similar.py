"""The most similar past case of a `write` decision point, and the text that people sent for it."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orchestration.ai.facts import Fact, Scalar
from orchestration.ai.learned.calibration import FEWEST_ALIKE, MOST_ALIKE, Measured
from orchestration.ai.learned.drafting import Draft
from orchestration.ai.learned.parameters import FORM
from orchestration.ai.learned.space import Grouped, Space, Vector

LEAST_ALIKE = 0.3  # cosine, below which no past case is similar
WINDOW = 0.1  # of similarity, in which past drafts count as alike


@dataclass(frozen=True, slots=True)
class PastText:
    case_id: str
    outcome: str
    draft: Draft | None  # None: people sent no text
    vector: Vector

    def fits(self, facts: Mapping[str, Scalar]) -> tuple[bool, str | None]:
        """Whether the case can lend what was sent, and that text."""
        if self.draft is None:
            return True, None
        text = self.draft.fill(facts)
        return text is not None, text


@dataclass(frozen=True, slots=True)
class Match:
    alike: float
    past: PastText
    text: str | None


@dataclass(frozen=True, slots=True)
class JudgedText:
    """What would have been lent in a past case, and whether people sent just that."""

    outcome: str
    alike: float
    sent: bool


@dataclass(frozen=True, slots=True)
class Texts:
    """Past texts with an index by feature, and how earlier loans were judged, oldest first."""

    space: Space
    past: tuple[PastText, ...]
    judged: tuple[JudgedText, ...]
    postings: Mapping[int, Sequence[tuple[int, float]]]

    @classmethod
    def of(cls, space: Space, past: Sequence[PastText], judged: Sequence[JudgedText]) -> Texts:
        postings: defaultdict[int, list[tuple[int, float]]] = defaultdict(list)
        for place, text in enumerate(past):
            for feature, weight in text.vector.items():
                postings[feature].append((place, weight))
        return cls(space, tuple(past), tuple(judged), postings)

    def best(self, facts: Sequence[Fact], without: int | None = None) -> Match | None:
        """The most similar past text that fits this case; `without` leaves one out."""
        values = {fact.path: fact.value for fact in facts}
        for alike, place in self._ranked(case_vector(self.space, facts)):
            if alike < LEAST_ALIKE:
                return None
            if place == without:
                continue
            fits, text = self.past[place].fits(values)
            if fits:
                return Match(round(min(1.0, alike), 4), self.past[place], text)
        return None

    def _ranked(self, vector: Vector) -> Iterator[tuple[float, int]]:
        """By similarity, the latest of equals first."""
        found: defaultdict[int, float] = defaultdict(float)
        for feature, weight in vector.items():
            for place, other in self.postings.get(feature, ()):
                found[place] += weight * other
        yield from sorted(((alike, place) for place, alike in found.items()), reverse=True)

    def measured(self, match: Match) -> Measured | None:
        said = [past for past in self.judged if past.outcome == match.past.outcome]
        near = [past.sent for past in said if abs(past.alike - match.alike) <= WINDOW][-MOST_ALIKE:]
        return Measured(round(sum(near) / len(near), 4), sum(near), len(near)) if len(near) >= FEWEST_ALIKE else None

    def to_json(self) -> dict[str, Any]:
        return {
            "form": FORM,
            "kind": "text",
            "space": self.space.to_json(),
            "past": [
                [
                    text.case_id,
                    text.outcome,
                    text.draft.to_json() if text.draft else None,
                    [[feature, round(weight, 4)] for feature, weight in text.vector.items()],
                ]
                for text in self.past
            ],
            "judged": [[past.outcome, past.alike, int(past.sent)] for past in self.judged],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Texts:
        past = [
            PastText(case_id, outcome, Draft.from_json(draft) if draft else None, dict(vector))
            for case_id, outcome, draft, vector in data["past"]
        ]
        return cls.of(
            Space.from_json(data["space"]),
            past,
            [JudgedText(outcome, alike, bool(sent)) for outcome, alike, sent in data["judged"]],
        )


def case_vector(space: Space, facts: Sequence[Fact]) -> Vector:
    """Words and categories together, of length one."""
    found = space.text_vector(facts)
    grouped = Grouped.of(facts)
    for spec in space.categories:
        known = space.category_features(spec, grouped.values(spec.path))
        found.update({feature: 0.5 for feature in known if feature != space.starts[spec.path]})
    length = math.sqrt(sum(weight * weight for weight in found.values()))
    return {feature: weight / length for feature, weight in found.items()} if length else {}
