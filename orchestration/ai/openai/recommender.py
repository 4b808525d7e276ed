"""The model link of the chain: asks, reads, asks once more for a repair, and checks the answer against the facts."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from orchestration.ai.attempts import ChainAttempt, Stopwatch, abstention
from orchestration.ai.learned import store
from orchestration.ai.learned.calibration import Calibration, Measured
from orchestration.ai.openai.calling import ModelServer, Reply, call
from orchestration.ai.openai.faults import Unanswered
from orchestration.ai.openai.prompt import Put, put
from orchestration.ai.openai.reading import Invalid, ModelAnswer, answer_schema, read
from orchestration.ai.support import Support, check_readings, check_support
from orchestration.ports import Answer, Question

NAME = "model"
LEAST_SECONDS = 0.2  # below which asking is pointless
FIRST_WAIT = 0.5  # seconds before the one retry, where the server names none
MOST_CALLS = 5  # one retry, one repair, and the options that a server does not know
CAP = 0.5  # on a confidence that the facts do not hold up
TEMPERATURE = 0.0


@dataclass(frozen=True, slots=True)
class Wording:
    """What a decision point's version says."""

    prompt: str
    outcomes: tuple[Mapping[str, Any], ...]
    schema: Mapping[str, Any]


def _track(point: str, version: int, model: str) -> Calibration | None:
    learned = store.current(point)
    return learned.track.get(f"{version}|{model}") if learned else None


@dataclass(frozen=True, slots=True)
class ModelRecommender:
    server: ModelServer
    wording: Wording
    track: Callable[[str, int, str], Calibration | None] = _track
    sleep: Callable[[float], None] = time.sleep

    def recommend(self, question: Question) -> Answer:
        schema = answer_schema(question.outcomes, question.kind, self.wording.schema, question.fields)
        asked = put(question, self.wording.prompt, self._outcomes(question), schema)
        talk = _Talk(self, question.deadline_seconds, schema, list(asked.messages))
        try:
            reply, answer = talk.answered()
        except Unanswered as why:
            said = f"{why.said[:1].lower()}{why.said[1:]}"
            return abstention(NAME, said, tuple(talk.attempts), **self._provenance(asked))
        return self._judged(question, asked, talk, reply, answer)

    def _outcomes(self, question: Question) -> list[Mapping[str, Any]]:
        return [outcome for outcome in self.wording.outcomes if outcome["id"] in question.outcomes]

    def _judged(self, question: Question, asked: Put, talk: _Talk, reply: Reply, answer: ModelAnswer) -> Answer:
        claims = [*answer.reasons, *([answer.text] if answer.text and question.kind == "write" else ())]
        quoted = [each for each in answer.fields.values() if each.get("quote")]
        support = check_support(question.facts, [*answer.quotes, *quoted], claims)
        measured = self._measured(question, reply, answer) if support.holds else None
        return Answer(
            outcome=answer.outcome,
            confidence=measured.confidence if measured else None,
            agreed=measured.agreed if measured else None,
            sample=measured.sample if measured else None,
            reasons=answer.reasons,
            evidence=support.evidence,
            would_change=answer.would_change,
            text=answer.text if question.kind == "write" else None,
            fields=check_readings(question.facts, answer.fields, CAP),
            provenance={
                "recommender": NAME,
                **self._provenance(asked),
                **_said(answer, support),
                "model": reply.model,
                "request_id": reply.request_id,
                "tokens": talk.tokens,
                "concerns": list(support.faults),
                "attempts": [attempt.to_json() for attempt in talk.attempts],
            },
        )

    def _measured(self, question: Question, reply: Reply, answer: ModelAnswer) -> Measured | None:
        if answer.outcome is None or answer.own_confidence is None:
            return None
        track = self.track(question.decision_point, question.version, reply.model)
        return track.measured(answer.outcome, answer.own_confidence) if track else None

    def _provenance(self, asked: Put) -> dict[str, Any]:
        return {
            "connection": self.server.name,
            "model_asked": self.server.model,
            "prompt_hash": asked.prompt_hash,
            "temperature": TEMPERATURE,
            "left_out": list(asked.left_out),
        }


def _said(answer: ModelAnswer, support: Support) -> dict[str, Any]:
    """The model's own word stays on record, capped where the facts do not hold it up; people see no number of it."""
    own = answer.own_confidence
    said: dict[str, Any] = {"support": "holds" if support.holds else "fails", "unsupported": list(support.faults)}
    if own is not None:
        said |= {"own_confidence": own if support.holds else min(own, CAP), "own_confidence_said": own}
    if answer.more:
        said["more"] = dict(answer.more)
    if answer.outcome is None:
        said["abstained"] = "the model finds that the facts do not carry a recommendation"
    return said


@dataclass(slots=True)
class _Talk:
    """The calls of one question, within its deadline."""

    recommender: ModelRecommender
    deadline: float
    schema: Mapping[str, Any]
    messages: list[Mapping[str, str]]
    watch: Stopwatch = field(default_factory=Stopwatch)
    attempts: list[ChainAttempt] = field(default_factory=list)
    tokens: dict[str, int] = field(default_factory=dict)
    dropped: set[str] = field(default_factory=set)
    retried: bool = False
    repaired: bool = False

    def answered(self) -> tuple[Reply, ModelAnswer]:
        """Raises `Unanswered` once there is no time or nothing left to try."""
        for _ in range(MOST_CALLS):
            started = Stopwatch()
            try:
                reply = self._call()
                answer = read(reply, self.schema)
            except Unanswered as fault:
                self._note(fault.happened, fault.said, started, detail=fault.detail)
                self._prepare_again(fault)
            except Invalid as fault:
                self._note("invalid", f"The model's answer was not usable: {fault}", started)
                self._prepare_repair(reply, str(fault))
            else:
                self._note("answered" if answer.outcome else "abstained", "The model answered", started)
                return reply, answer
        raise Unanswered("gave_up", "The model server kept refusing the question's form")

    def _call(self) -> Reply:
        left = self.deadline - self.watch.seconds
        if left < LEAST_SECONDS:
            raise Unanswered("no_time", "There was no time left to ask the model")
        recommender = self.recommender
        reply = call(recommender.server, self.messages, self._options(), left)
        for name, count in reply.tokens.items():
            self.tokens[name] = self.tokens.get(name, 0) + count
        return reply

    def _options(self) -> dict[str, Any]:
        form = {"name": "recommendation", "strict": True, "schema": self.schema}
        options = {"temperature": TEMPERATURE, "response_format": {"type": "json_schema", "json_schema": form}}
        return {name: value for name, value in options.items() if name not in self.dropped}

    def _prepare_again(self, fault: Unanswered) -> None:
        """Once for a passing fault, where the wait that the server asks for fits; raises the fault otherwise."""
        if fault.drop and fault.drop not in self.dropped:
            self.dropped.add(fault.drop)
            return
        wait = FIRST_WAIT if fault.wait is None else fault.wait
        if not fault.again or self.retried or self.watch.seconds + wait + LEAST_SECONDS > self.deadline:
            raise fault
        self.retried = True
        self.recommender.sleep(wait)

    def _prepare_repair(self, reply: Reply, fault: str) -> None:
        if self.repaired:
            raise Unanswered("invalid", "The model's answer was not usable, not even after one repair")
        self.repaired = True
        said = (reply.content or "")[:4_000]
        asked = (
            f"This is not usable: {fault}. Answer again with one JSON object in the form asked for, and nothing else."
        )
        self.messages += [{"role": "assistant", "content": said or "(nothing)"}, {"role": "user", "content": asked}]

    def _note(self, happened: str, said: str, started: Stopwatch, *, detail: str = "") -> None:
        details = {"detail": detail} if detail else {}
        name = f"{NAME} {self.recommender.server.name}"
        self.attempts.append(ChainAttempt(name, happened, f"{said.rstrip('.')}.", started.seconds, details))
