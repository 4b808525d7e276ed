"""Learns from texts that people sent. Runs in the training process, beside the learning of outcomes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from orchestration.ai.facts import Fact, flatten, words
from orchestration.ai.learned.drafting import draft_from
from orchestration.ai.learned.layout import learn_layout
from orchestration.ai.learned.similar import JudgedText, PastText, Texts, case_vector
from orchestration.ai.learned.unlearnable import Unlearnable
from orchestration.ports import LabelledCase

FEWEST_TEXTS = 10
MOST_CASES = 1_000  # the latest ones
NO_TEXT = 0.8  # share of an outcome's cases without one, from which it means that nothing is sent
USUAL = 0.3  # share of texts in which a passage stands that belongs to no case
SAME = 0.9  # overlap of words from which two texts say the same


@dataclass(frozen=True, slots=True)
class LearnedTexts:
    texts: Texts
    metrics: dict[str, Any]


def learn_texts(cases: Sequence[LabelledCase]) -> LearnedTexts:
    """Raises `Unlearnable`."""
    latest = sorted((case for case in cases if case.trains), key=lambda case: (case.decided_at, case.case_id))
    latest = latest[-MOST_CASES:]
    needless = _outcomes_without_text(latest)
    used = [case for case in latest if case.text or case.outcome in needless]
    facts = [flatten(case.facts) for case in used]
    space = learn_layout(facts, most_words=5_000)
    usual = _usual([case.text for case in used if case.text])
    past, kept = [], []
    for case, found in zip(used, facts, strict=True):
        draft = draft_from(found, case.text, usual) if case.text else None
        if draft or not case.text:
            past.append(PastText(case.case_id, case.outcome, draft, case_vector(space, found)))
            kept.append((found, case.text))
    _require(sum(1 for case in used if case.text), "to learn from")
    _require(sum(1 for text in past if text.draft), "that can be used for another case")
    judged = _judged(Texts.of(space, past, ()), kept)
    metrics = {
        "labels": len(used),
        "usable": len(past),
        "drafted": len(judged),
        "agreement": round(sum(past.sent for past in judged) / len(judged), 4) if judged else None,
    }
    return LearnedTexts(Texts.of(space, past, judged), metrics)


def _require(texts: int, purpose: str) -> None:
    if texts < FEWEST_TEXTS:
        raise Unlearnable(f"only {texts} past texts {purpose}; {FEWEST_TEXTS} are needed")


def _outcomes_without_text(cases: Sequence[LabelledCase]) -> frozenset[str]:
    """Outcomes that mean that nothing is sent. A case without a text may also be one where the text is not known."""
    counted, empty = Counter(case.outcome for case in cases), Counter(case.outcome for case in cases if not case.text)
    return frozenset(outcome for outcome, count in empty.items() if count >= NO_TEXT * counted[outcome])


def _judged(texts: Texts, kept: Sequence[tuple[Sequence[Fact], str | None]]) -> list[JudgedText]:
    """How alike the best other case was, and whether people sent what it would have lent."""
    found = []
    for place, (facts, sent) in enumerate(kept):
        if match := texts.best(facts, without=place):
            found.append(JudgedText(match.past.outcome, match.alike, _same(match.text, sent)))
    return found


def _same(lent: str | None, sent: str | None) -> bool:
    return says_the_same(lent, sent) if lent and sent else lent == sent


def _usual(texts: Sequence[str]) -> Callable[[str], bool]:
    """Whether a passage stands in so many texts that it is the house's, not a case's."""
    cache: dict[str, bool] = {}

    def usual(passage: str) -> bool:
        if passage not in cache:
            cache[passage] = sum(passage in text for text in texts) >= USUAL * len(texts)
        return cache[passage]

    return usual


def says_the_same(first: str, second: str) -> bool:
    """Whether nearly all words are shared, in either direction."""
    one = Counter(word.token for word in words(first))
    other = Counter(word.token for word in words(second))
    shared = sum((one & other).values())
    return 2 * shared >= SAME * (sum(one.values()) + sum(other.values()))
