"""The chain behind a decision point: a model where one is connected, the learned recommender, and last no answer.

Asking never fails: whatever a link does is recorded as an attempt, and the next link is asked.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from orchestration.ai.attempts import ChainAttempt, Stopwatch, abstention
from orchestration.ai.injection import Instruction, instructions_in
from orchestration.ai.learned.recommender import NAME as LEARNED
from orchestration.ai.learned.recommender import LearnedRecommender
from orchestration.ai.sharing import SharedKeys
from orchestration.models import Connection, DecisionPointVersion
from orchestration.ports import Answer, Question, Recommender

RESERVE_SECONDS = 0.5  # of the deadline, kept for the links that follow a model

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Link:
    """One recommender on the chain. `obeys_text`: words in the facts could instruct it."""

    name: str
    recommender: Recommender
    obeys_text: bool


def recommend(question: Question) -> Answer:
    """The answer of the first link that has one, or an abstention with the reasons. Call it outside any transaction."""
    return Chain(configured_links).recommend(question)


@dataclass(frozen=True, slots=True)
class Chain:
    links: Callable[[Question], Sequence[Link]]

    def recommend(self, question: Question) -> Answer:
        asking = _Asking(question, Stopwatch())
        if not asking.looked_for_instructions():
            return asking.given_up()
        for link in self._links(asking):
            answer = asking.ask(link)
            if answer is not None and answer.outcome is not None:
                return asking.finished(answer)
        return asking.given_up()

    def _links(self, asking: _Asking) -> Sequence[Link]:
        try:
            return self.links(asking.question)
        except Exception as error:  # noqa: BLE001 - the chain goes on without what is configured
            asking.failed("chain", error)
            return (_learned_link(),)


@dataclass(slots=True)
class _Asking:
    """One question on its way along the chain."""

    question: Question
    watch: Stopwatch
    instructions: Sequence[Instruction] = ()
    attempts: list[dict[str, object]] = field(default_factory=list)
    said: str = ""  # why the last link had no answer

    def looked_for_instructions(self) -> bool:
        """A case that cannot even be read is put to nobody."""
        try:
            self.instructions = instructions_in(self.question.facts)
        except Exception as error:  # noqa: BLE001 - whatever is in the case, the run goes on
            self.failed("chain", error)
            return False
        return True

    def ask(self, link: Link) -> Answer | None:
        if link.obeys_text and self.instructions:
            said = "was not asked, because a text in the case tries to instruct it"
            self._note(ChainAttempt(link.name, "not_asked", f"The model {said}.", 0.0))
            return None
        left = self.question.deadline_seconds - self.watch.seconds - RESERVE_SECONDS
        try:
            answer = link.recommender.recommend(replace(self.question, deadline_seconds=max(0.0, left)))
        except Exception as error:  # noqa: BLE001 - a link that breaks is an attempt, not the end
            self.failed(link.name, error)
            return None
        self.attempts += answer.provenance.get("attempts", ())
        self.said = str(answer.provenance.get("abstained", ""))
        return answer

    def failed(self, name: str, error: Exception) -> None:
        """The error's words are not kept: they may hold what was sent."""
        kind = type(error).__name__
        logger.warning("recommender %s failed with %s at %s", name, kind, self.question.decision_point)
        self._note(ChainAttempt(name, "failed", f"It failed ({kind}).", self.watch.seconds))
        self.said = f"the recommender {name} failed"

    def finished(self, answer: Answer) -> Answer:
        return replace(answer, provenance={**answer.provenance, **self._record(answer)})

    def given_up(self) -> Answer:
        answer = abstention("none", self.said or "nobody could be asked", ())
        return replace(answer, provenance={**answer.provenance, **self._record(answer)})

    def _record(self, answer: Answer) -> dict[str, object]:
        concerns = [instruction.concern for instruction in self.instructions]
        return {
            "decision_point": self.question.decision_point,
            "version": self.question.version,
            "attempts": self.attempts,
            "seconds": round(self.watch.seconds, 4),
            "instructions": [instruction.to_json() for instruction in self.instructions],
            "concerns": [*concerns, *answer.provenance.get("concerns", ())],
        }

    def _note(self, attempt: ChainAttempt) -> None:
        self.attempts.append(attempt.to_json())


def configured_links(question: Question) -> Sequence[Link]:
    """As the decision point is set up now: its model server, where that is switched on, then what was learned."""
    version = (
        DecisionPointVersion.objects.select_related("point__connection")
        .filter(point__name=question.decision_point, number=question.version)
        .first()
    )
    connection = version.point.connection if version else None
    if version is None or connection is None or not connection.enabled or connection.kind != Connection.Kind.MODEL:
        return (_learned_link(),)
    return (_model_link(version, connection), _learned_link())


def _learned_link() -> Link:
    return Link(LEARNED, LearnedRecommender(), obeys_text=False)


def _model_link(version: DecisionPointVersion, connection: Connection) -> Link:
    shared = SharedKeys(connection, version.prompt, tuple(version.outcomes), version.answer_schema)
    return Link(f"model {connection.name}", shared, obeys_text=True)
