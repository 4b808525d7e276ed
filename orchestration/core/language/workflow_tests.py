"""Tests beside a workflow's text, as the check gives them: what the world answers, what people do, what is expected.

They are no part of the canonical form: a version is what runs, and a new test makes no new version.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from orchestration.core.calendars import Calendar

SILENT: Mapping[str, Any] = {  # what a recommender gives that has nothing to say
    **dict.fromkeys(("outcome", "confidence", "agreed", "sample", "text")),
    "id": "test",
    "reasons": [],
    "fields": {},
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What one call gives: a result, or an error {class, code, message, retry_after?}."""

    result: Any = None
    error: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Answers:
    """`one_each`: each call takes the next one; otherwise every call gets the only one."""

    line: int
    given: tuple[Answer, ...]
    one_each: bool


@dataclass(frozen=True, slots=True)
class Act:
    """What a person does. `after` seconds since the review opened; where it cancels, since the run began."""

    line: int
    after: float
    by: str
    step: str = ""  # an id, or a path with its numbers: lines#2/check
    decide: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    take_back: float | None = None  # seconds since the decision
    cancel: str | None = None  # the reason


@dataclass(frozen=True, slots=True)
class Sent:
    """An event that arrives, `after` seconds since the run began."""

    line: int
    after: float
    event: str
    key: str
    payload: Any


@dataclass(frozen=True, slots=True)
class Expected:
    """One line under `expect`; `what` is its name."""

    line: int
    what: str
    value: Any


@dataclass(frozen=True, slots=True)
class WorkflowTest:
    """`policies` by (kind, name), kind being escalation or sla, in the canonical form of the language."""

    name: str
    line: int
    at: datetime
    input: Mapping[str, Any]
    tools: Mapping[str, Answers]  # by name, or by name@version
    ai: Mapping[str, Answers]
    workflows: Mapping[str, Answers]  # a result is {outcome, result}
    people: tuple[Act, ...]
    events: tuple[Sent, ...]
    calendars: Mapping[str, Calendar]
    policies: Mapping[tuple[str, str], Any]
    expect: tuple[Expected, ...]
