"""The learned link of the chain: needs no key and no network, and says nothing where it has learned nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from orchestration.ai.attempts import ChainAttempt, Stopwatch, abstention
from orchestration.ai.facts import Fact, flatten
from orchestration.ai.learned import store
from orchestration.ai.learned.lending import lend
from orchestration.ai.learned.otherwise import Turning
from orchestration.ai.learned.parameters import Parameters, shares
from orchestration.ai.learned.pulls import Contrast, pulls
from orchestration.ai.learned.reasons import Narrator
from orchestration.ai.learned.similar import Texts
from orchestration.ai.learned.space import Grouped
from orchestration.ai.learned.territory import unfamiliar
from orchestration.ai.learned.unlearnable import Abstains
from orchestration.ports import Answer, Question

NAME = "learned"


@dataclass(frozen=True, slots=True)
class LearnedRecommender:
    """Answers from the version that `load` finds for a decision point."""

    load: Callable[[str], store.Learned | None] = store.current

    def recommend(self, question: Question) -> Answer:
        watch = Stopwatch()
        learned = self.load(question.decision_point)
        try:
            return self._answer(question, learned, watch)
        except Abstains as why:
            attempt = ChainAttempt(NAME, "abstained", f"The learned recommender abstained: {why}.", watch.seconds)
            provenance = learned.provenance if learned else {}
            return abstention(NAME, str(why), (attempt,), **provenance)

    def _answer(self, question: Question, learned: store.Learned | None, watch: Stopwatch) -> Answer:
        if learned is None:
            raise Abstains("nothing has been learned at this decision point yet")
        facts = flatten(question.facts)
        match learned.numbers:
            case None:
                raise Abstains(learned.why)
            case Parameters() as parameters if question.kind != "write":
                answer = _outcome(question, parameters, facts)
            case Texts() as texts if question.kind == "write":
                answer = lend(question, texts, facts)
            case _:
                raise Abstains("what was learned belongs to another kind of question")
        attempt = ChainAttempt(NAME, "answered", "The learned recommender answered.", watch.seconds)
        provenance = {"recommender": NAME, **learned.provenance, **answer.provenance, "attempts": [attempt.to_json()]}
        return replace(answer, provenance=provenance)


def _outcome(question: Question, parameters: Parameters, facts: Sequence[Fact]) -> Answer:
    grouped = Grouped.of(facts)
    if why := unfamiliar(parameters.space, facts, grouped):
        raise Abstains(why)
    places = [place for place, name in enumerate(parameters.outcomes) if name in question.outcomes]
    if len(places) < 2:
        raise Abstains("the outcomes on offer are not the ones that people chose from before")
    text, other = parameters.space.text_vector(facts), parameters.space.fact_vector(grouped)
    scores = parameters.scores(text, other)
    chosen, rival = sorted(places, key=lambda place: -scores[place])[:2]
    outcome, score = parameters.outcomes[chosen], shares(scores)[chosen]
    # A score among other outcomes than the past ones was never compared with what people did.
    comparable = len(places) == len(parameters.outcomes)
    measured = parameters.calibration.measured(outcome, score) if comparable else None
    ranked = pulls(Contrast(parameters, chosen, rival), facts, grouped, text)
    told = Narrator(parameters, facts, grouped, outcome, parameters.outcomes[rival]).explain(ranked)
    return Answer(
        outcome=outcome,
        confidence=measured.confidence if measured else None,
        agreed=measured.agreed if measured else None,
        sample=measured.sample if measured else None,
        reasons=told.reasons or ("Past cases with facts like these were mostly decided this way",),
        evidence=told.evidence,
        would_change=Turning(parameters, grouped, text, scores, places).sentence(ranked),
        text=None,
        provenance={"score": round(score, 4), "runner_up": parameters.outcomes[rival]},
    )
