"""The chain behind a decision point: a model where one is connected, the learned recommender, and last no answer.

Asking never fails: whatever a link does is recorded as an attempt, and the next link is asked.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from orchestration.ai.attempts import ChainAttempt, Stopwatch, abstention
from orchestration.ai.documents import Texts, with_texts
from orchestration.ai.injection import Instruction, instructions_in
from orchestration.ai.kept import fitted
from orchestration.ai.learned.recommender import NAME as LEARNED
from orchestration.ai.learned.recommender import LearnedRecommender
from orchestration.ai.reader import NAME as READER
from orchestration.ai.reader import FieldReader, read_fields
from orchestration.ai.sharing import SharedKeys
from orchestration.models import Connection, DecisionPoint, DecisionPointVersion
from orchestration.ports import Answer, Question, Reading, Recommender, documents, labels

RESERVE_SECONDS = 0.5  # of the deadline, kept for the links that follow a model

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Link:
    """One recommender on the chain. `obeys_text`: words in the facts could instruct it. `reads`: it is given what
    documents say."""

    name: str
    recommender: Recommender
    obeys_text: bool
    reads: bool = False


def recommend(question: Question) -> Answer:
    """The answer of the first link that has one, or an abstention with the reasons. Call it outside any transaction."""
    return Chain(configured_links).recommend(question)


@dataclass(frozen=True, slots=True)
class Chain:
    links: Callable[[Question], Sequence[Link]]

    def recommend(self, question: Question) -> Answer:
        asking = _Asking(question, Stopwatch())
        links = self._links(asking)
        if not asking.looked_at_the_case(read=bool(question.fields) or any(link.reads for link in links)):
            return asking.given_up()
        for link in links:
            answer = asking.ask(link)
            if answer is not None and answer.outcome is not None:
                return asking.finished(answer)
        return asking.given_up()

    def _links(self, asking: _Asking) -> Sequence[Link]:
        try:
            return self.links(asking.question)
        except Exception as error:  # noqa: BLE001 - the chain goes on without what is configured
            asking.failed("chain", error)
            return (_own_link(asking.question),)


@dataclass(slots=True)
class _Asking:
    """One question on its way along the chain."""

    question: Question
    watch: Stopwatch
    instructions: Sequence[Instruction] = ()
    attempts: list[dict[str, object]] = field(default_factory=list)
    said: str = ""  # why the last link had no answer
    texts: Texts = field(default_factory=lambda: Texts({}))

    def looked_at_the_case(self, *, read: bool) -> bool:
        """With what its documents say, where somebody reads it. A case that cannot even be read is put to nobody."""
        try:
            self.texts = with_texts(self.question.facts, documents() if read else None, self._seconds_left)
            self.instructions = instructions_in(self.texts.facts)
        except Exception as error:  # noqa: BLE001 - whatever is in the case, the run goes on
            self.failed("chain", error)
            return False
        return True

    def ask(self, link: Link) -> Answer | None:
        if link.obeys_text and self.instructions:
            said = "was not asked, because a text in the case tries to instruct it"
            self._note(ChainAttempt(link.name, "not_asked", f"The model {said}.", 0.0))
            return None
        asked = replace(self.question, deadline_seconds=max(0.0, self._seconds_left()))
        try:
            answer = link.recommender.recommend(replace(asked, facts=self.texts.facts) if link.reads else asked)
        except Exception as error:  # noqa: BLE001 - a link that breaks is an attempt, not the end
            self.failed(link.name, error)
            return None
        self.attempts += answer.provenance.get("attempts", ())
        self.said = str(answer.provenance.get("abstained", ""))
        return answer

    def _seconds_left(self) -> float:
        return self.question.deadline_seconds - self.watch.seconds - RESERVE_SECONDS

    def failed(self, name: str, error: Exception) -> None:
        """The error's words are not kept: they may hold what was sent."""
        kind = type(error).__name__
        logger.warning("recommender %s failed with %s at %s", name, kind, self.question.decision_point)
        self._note(ChainAttempt(name, "failed", f"It failed ({kind}).", self.watch.seconds))
        self.said = f"the recommender {name} failed"

    def finished(self, answer: Answer) -> Answer:
        return replace(
            answer,
            provenance={**answer.provenance, **self._record(answer)},
            evidence=tuple(map(self.texts.located, answer.evidence)),
            fields={name: self.texts.located(each) for name, each in self._fields(answer).items()},
        )

    def given_up(self) -> Answer:
        return self.finished(abstention("none", self.said or "nobody could be asked", ()))

    def _fields(self, answer: Answer) -> Mapping[str, Reading]:
        """As the link that answered read them; where it reads none, as they stand in the texts."""
        asked = self.question
        if not asked.fields:
            return {}
        try:
            found = answer.fields or read_fields(asked.fields, self.texts.facts)
            return fitted(found, labels().kept(asked.decision_point, asked.version))
        except Exception as error:  # noqa: BLE001 - the recommendation stands without what was read
            self.failed(READER, error)
            return answer.fields

    def _record(self, answer: Answer) -> dict[str, object]:
        concerns = [instruction.concern for instruction in self.instructions]
        return {
            "decision_point": self.question.decision_point,
            "version": self.question.version,
            "attempts": self.attempts,
            "seconds": round(self.watch.seconds, 4),
            "instructions": [instruction.to_json() for instruction in self.instructions],
            **({"documents": list(self.texts.told)} if self.texts.told else {}),
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
        return (_own_link(question),)
    return (_model_link(version, connection), _own_link(question))


def _own_link(question: Question) -> Link:
    """What answers without a model: for fields the reader, for everything else what was learned."""
    if question.kind == DecisionPoint.Kind.EXTRACT:
        return Link(READER, FieldReader(), obeys_text=False, reads=True)
    return Link(LEARNED, LearnedRecommender(), obeys_text=False)


def _model_link(version: DecisionPointVersion, connection: Connection) -> Link:
    shared = SharedKeys(connection, version.prompt, tuple(version.outcomes), version.answer_schema)
    return Link(f"model {connection.name}", shared, obeys_text=True, reads=True)
