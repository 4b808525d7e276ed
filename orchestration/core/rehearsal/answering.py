"""What tools and models answer in a test: what the test says, in the order of the calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orchestration.core.language.definition import Step
from orchestration.core.language.workflow_tests import SILENT, Answer, Answers, WorkflowTest
from orchestration.core.state import StepState

_UNSAID: Mapping[str, Mapping[str, Any]] = {"tool": {}, "ai": SILENT, "workflow": {"outcome": "done"}}


class CannotAnswer(Exception):
    """There are more calls than answers in the list."""

    def __init__(self, answers: Answers) -> None:
        self.line, self.given = answers.line, len(answers.given)
        super().__init__(f"{self.given} answers are given")


@dataclass(frozen=True, slots=True)
class Call:
    """One attempt of a step that calls out. `name` is the tool's, or the decision point's."""

    kind: str  # tool | ai | workflow
    name: str
    version: int | None
    path: str
    given: Any

    @classmethod
    def of(cls, step: Step, state: StepState) -> Call:
        if step.kind in ("ai", "workflow"):
            return cls(step.kind, step.spec[step.kind], None, state.path, state.input)
        return cls("tool", step.spec["tool"], step.spec["version"], state.path, state.input)

    @property
    def names(self) -> tuple[str, ...]:
        """What a test may call it by, the narrower first."""
        return (f"{self.name}@{self.version}", self.name) if self.version is not None else (self.name,)


class Answering:
    def __init__(self, test: WorkflowTest) -> None:
        self._answers: Mapping[str, Mapping[str, Answers]] = {
            "tool": test.tools,
            "ai": test.ai,
            "workflow": test.workflows,
        }
        self._taken: Counter[tuple[str, str]] = Counter()

    def answer(self, call: Call) -> Answer:
        """A call of which the test says nothing succeeds with an empty result. Raises `CannotAnswer`."""
        known = self._answers[call.kind]
        name = next((name for name in call.names if name in known), None)
        if name is None:
            return Answer(_UNSAID[call.kind])
        answers = known[name]
        if not answers.one_each:
            return answers.given[0]
        number = self._taken[call.kind, name]
        if number >= len(answers.given):
            raise CannotAnswer(answers)
        self._taken[call.kind, name] += 1
        return answers.given[number]
