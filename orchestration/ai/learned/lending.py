"""Answers a `write` question with the text that people sent in the most similar past case, or says that none was."""

from __future__ import annotations

from collections.abc import Sequence

from orchestration.ai.facts import Fact, label, names_in
from orchestration.ai.learned.pulls import tells
from orchestration.ai.learned.reasons import clause
from orchestration.ai.learned.similar import Match, Texts
from orchestration.ai.learned.unlearnable import Abstains
from orchestration.ai.learned.vocabulary import Term, telling_terms
from orchestration.ports import Answer, Evidence, Question

WRITTEN = "written"  # the outcome where a decision point names none


def lend(question: Question, texts: Texts, facts: Sequence[Fact]) -> Answer:
    """Raises `Abstains`."""
    found = texts.best(facts)
    if found is None:
        raise Abstains("no past case is similar enough for its text to fit")
    outcome = _outcome(question, found)
    measured = texts.measured(found)
    shared, evidence = _shared(texts, facts, found)
    did = "sent this" if found.text is not None else "sent no text"
    return Answer(
        outcome=outcome,
        confidence=measured.confidence if measured else None,
        agreed=measured.agreed if measured else None,
        sample=measured.sample if measured else None,
        reasons=(f"People {did} in the most similar past case ({found.alike:.0%} alike)", *shared),
        evidence=evidence,
        would_change="",
        text=found.text,
        provenance={"score": found.alike, "taken_from": found.past.case_id},
    )


def _outcome(question: Question, found: Match) -> str:
    if found.past.outcome in question.outcomes:
        return found.past.outcome
    if found.text is None:
        raise Abstains("people sent no text in the most similar past case")
    return question.outcomes[0] if question.outcomes else WRITTEN


def _shared(texts: Texts, facts: Sequence[Fact], found: Match) -> tuple[list[str], tuple[Evidence, ...]]:
    """The words that make the two cases alike, and the sentences in which the strongest stand."""
    names, reasons, evidence = names_in(facts), [], []
    for fact in facts:
        if fact.kind_of not in texts.space.texts or not isinstance(fact.value, str):
            continue
        if term := _strongest(texts, found, [term for term in telling_terms(fact.value, names) if tells(term)]):
            reasons.append(f"Both speak of “{fact.value[term.start : term.end]}” ({label(fact.path)})")
            evidence.append(Evidence(fact.path, clause(fact.value, term.start, term.end)))
    return reasons, tuple(evidence)


def _strongest(texts: Texts, found: Match, terms: Sequence[Term]) -> Term | None:
    index, weights = texts.space.vocabulary.index, found.past.vector
    known = [(weights.get(index[term.token], 0.0), term) for term in terms if term.token in index]
    strength, term = max(known, key=lambda entry: entry[0], default=(0.0, None))
    return term if strength > 0 else None
