"""What the engine needs from its surroundings, and the values that cross the border.

The desk, the demo and the deployment bind implementations with `bind`; the engine asks for them by `port`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, TypeVar

from orchestration.core.calendars import Calendar
from orchestration.core.effects import FutureStep, LateRun, PersonRef, ReachedLevel, ReviewRequest

__all__ = [
    "SYSTEM",
    "Actor",
    "Answer",
    "Clock",
    "Closing",
    "DocumentReader",
    "DocumentText",
    "Evidence",
    "FutureStep",
    "GoingOn",
    "HumanTaskGateway",
    "KeptReading",
    "LabelSource",
    "LabelledCase",
    "LateRun",
    "MachineClock",
    "NamedPolicy",
    "Observer",
    "PersonRef",
    "PolicySource",
    "Question",
    "ReachedLevel",
    "Reading",
    "Recommender",
    "ReviewRequest",
    "Standstill",
    "bind",
    "clock",
    "documents",
    "human_tasks",
    "labels",
    "policies",
    "recommender",
]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did something. `kind` is person, token, requester, system or ai; `id` is stable, `label` is for people."""

    kind: str
    id: str
    label: str


SYSTEM = Actor("system", "engine", "ReviewHub")
COMMAND_LINE = Actor("system", "command-line", "Command line")


class Clock(Protocol):
    """Process time may run fast in demos and simulations; system time never does. Both are aware, in UTC."""

    def process_now(self) -> datetime: ...

    def system_now(self) -> datetime: ...

    def speed(self) -> float:
        """Process seconds in one system second."""
        ...


class MachineClock:
    """Both times are the machine's."""

    def process_now(self) -> datetime:
        return datetime.now(UTC)

    def system_now(self) -> datetime:
        return datetime.now(UTC)

    def speed(self) -> float:
        return 1.0


# ---- people ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standstill:
    """A review whose clock stands still from `at` on; it may still be decided."""

    run_id: str
    key: str
    at: datetime


@dataclass(frozen=True, slots=True)
class GoingOn:
    """A review whose clock, still since then for so long, goes on. `instants` replace the old ones."""

    run_id: str
    key: str
    since: datetime
    by: timedelta
    instants: Mapping[str, datetime]


@dataclass(frozen=True, slots=True)
class Closing:
    """A review whose outcome counts from now on."""

    run_id: str
    key: str
    outcome: str
    at: datetime
    unanswered: bool


class HumanTaskGateway(Protocol):
    """The desk, as the engine sees it. Every call runs inside the engine's transaction and calls nothing outside."""

    def open(self, request: ReviewRequest) -> None: ...

    def open_many(self, requests: Sequence[ReviewRequest]) -> None:
        """As `open` for several, of one run or of many: a fixed number of statements."""
        ...

    def people_for(
        self, run_id: str, key: str, target: Mapping[str, str], without: Collection[str] = ()
    ) -> tuple[PersonRef, ...]:
        """Whom an escalation level reaches, or a seat is for, now: never the requester, never somebody excluded or in
        `without` (ids), never in a circle."""
        ...

    def show_approvals(
        self, run_id: str, key: str, approvals: Mapping[str, Any], asked: tuple[PersonRef, ...], at: datetime
    ) -> None:
        """Where several decide: who has decided and who is needed (see core/approving.py). `asked`: just now."""
        ...

    def escalate(self, run_id: str, key: str, level: ReachedLevel) -> None: ...

    def warn(self, run_id: str, key: str, stage: str, at: datetime) -> None:
        """`stage` is half, three_quarters or breach."""
        ...

    def run_late(self, run_id: str, late: LateRun) -> None:
        """The time of a step that is no review, or of the whole run, is half gone, three quarters gone or over."""
        ...

    def resume(
        self, run_id: str, key: str, at: datetime, instants: Mapping[str, datetime], by: PersonRef | None
    ) -> None:
        """A pause is over. `instants` (half, three_quarters, breach, level.0 …, unanswered) replace the old ones.
        `by` nobody: it has come to its end."""
        ...

    def close(self, run_id: str, key: str, outcome: str, at: datetime, unanswered: bool) -> None:
        """The undo window has closed, or nobody answered: the outcome counts now."""
        ...

    def close_many(self, closings: Sequence[Closing]) -> None:
        """As `close` for several, each of another review: a fixed number of statements."""
        ...

    def withdraw(self, run_id: str, key: str, reason: str, at: datetime) -> None: ...

    def rename(self, run_id: str, key: str, to: str, step_id: str) -> None:
        """The run goes by another version, where this review has another name; all else of it stays as it is."""
        ...

    def stand_still(self, reviews: Sequence[Standstill]) -> None:
        """Their runs were paused, or their queue's clocks stopped: a fixed number of statements."""
        ...

    def go_on(self, reviews: Sequence[GoingOn]) -> None:
        """That is over. `instants` replace the old ones, as when a task resumes: a fixed number of statements."""
        ...


@dataclass(frozen=True, slots=True)
class NamedPolicy:
    """A policy kept in the settings, at one version. `body` has the canonical form of the language."""

    name: str
    version: int
    body: Any


class PolicySource(Protocol):
    """Named calendars and policies, at their newest version. Raises `NotFound`."""

    def calendar(self, name: str) -> Calendar: ...

    def escalation_policy(self, name: str) -> NamedPolicy: ...

    def sla_policy(self, name: str) -> NamedPolicy: ...

    def names(self) -> Mapping[str, frozenset[str]]:
        """What a workflow may name: {"queues", "groups", "calendars", "escalation_policies", "sla_policies"}."""
        ...

    def built_in(self) -> frozenset[str]:
        """What a workflow and its steps may not be called: names by which the product knows its own reviews. Asks no
        database."""
        ...


class Observer(Protocol):
    """Told after a commit that something can be looked at anew. Must be quick and must not raise."""

    def runs_changed(self, run_ids: Sequence[str]) -> None: ...


# ---- recommendations ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Question:
    """What a decision point is asked. `kind`: classify, recommend, write or extract."""

    decision_point: str
    version: int
    kind: str
    facts: Mapping[str, Any]
    run_id: str
    outcomes: tuple[str, ...]
    deadline_seconds: float
    fields: Mapping[str, Any] = field(default_factory=dict)  # what is to be read: a JSON Schema by name


@dataclass(frozen=True, slots=True)
class Evidence:
    """A quote that occurs in the facts, and the dotted path of the fact it was taken from. Out of a document: its
    digest, and in which part of it (`page_2`, `text`, `part_1.page_1`)."""

    source: str
    quote: str
    document: str = ""
    part: str = ""

    def to_json(self) -> dict[str, str]:
        return {name: said for name, said in asdict(self).items() if said or name in ("source", "quote")}


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read for one field. `own_confidence` is the reader's own word; `confidence` is the share of `sample`
    such readings that people left as they were, None where there are too few."""

    value: Any
    own_confidence: float | None
    source: str = ""
    quote: str = ""
    confidence: float | None = None
    agreed: int | None = None
    sample: int | None = None
    document: str = ""
    part: str = ""

    def to_json(self) -> dict[str, Any]:
        return {name: said for name, said in asdict(self).items() if said or name not in ("document", "part")}


@dataclass(frozen=True, slots=True)
class Answer:
    """A recommendation. `outcome` None is an abstention; `confidence` is calibrated or None."""

    outcome: str | None
    confidence: float | None
    agreed: int | None
    sample: int | None
    reasons: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    would_change: str
    text: str | None
    provenance: Mapping[str, Any]
    fields: Mapping[str, Reading] = field(default_factory=dict)


class Recommender(Protocol):
    def recommend(self, question: Question) -> Answer: ...


@dataclass(frozen=True, slots=True)
class LabelledCase:
    """One decision of a person, as something to learn from."""

    case_id: str
    facts: Mapping[str, Any]
    outcome: str
    text: str | None
    decided_at: datetime
    trains: bool


@dataclass(frozen=True, slots=True)
class KeptReading:
    """One reading of a field that a person has looked at, and whether they left it as it was."""

    field: str
    own_confidence: float
    kept: bool


class LabelSource(Protocol):
    def labels(self, decision_point: str) -> Iterable[LabelledCase]: ...

    def count(self, decision_point: str) -> int: ...

    def kept(self, decision_point: str, version: int) -> Sequence[KeptReading]:
        """What became of the latest readings of a version of the question, the newest first."""
        ...


# ---- documents ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DocumentText:
    """The words of a document: (`page_1`, its text) and so on. `left_out` says why there are not all of them."""

    parts: tuple[tuple[str, str], ...]
    left_out: str = ""


class DocumentReader(Protocol):
    def text_of(self, document: Mapping[str, Any]) -> DocumentText:
        """`document` is the value that names it. What cannot be read has no parts."""
        ...


# ---- binding -----------------------------------------------------------------------------------


@dataclass(slots=True)
class Ports:
    """The one set of implementations in this process."""

    clock: Clock = field(default_factory=MachineClock)
    human_tasks: HumanTaskGateway | None = None
    policies: PolicySource | None = None
    labels: LabelSource | None = None
    recommender: Recommender | None = None
    observer: Observer | None = None
    documents: DocumentReader | None = None  # none: what a document says is not read


bound = Ports()

_Port = TypeVar("_Port")


def bind(**implementations: Any) -> None:
    """Bind by name: clock, human_tasks, policies, labels, recommender, observer, documents."""
    for name, implementation in implementations.items():
        if not hasattr(bound, name):
            raise AttributeError(f"There is no port named {name!r}.")
        setattr(bound, name, implementation)


def clock() -> Clock:
    return bound.clock


def human_tasks() -> HumanTaskGateway:
    return _required(bound.human_tasks, "human_tasks")


def policies() -> PolicySource:
    return _required(bound.policies, "policies")


def labels() -> LabelSource:
    return _required(bound.labels, "labels")


def recommender() -> Recommender:
    return _required(bound.recommender, "recommender")


def documents() -> DocumentReader | None:
    return bound.documents


def _required(implementation: _Port | None, name: str) -> _Port:
    if implementation is None:
        raise RuntimeError(f"The port {name!r} is not bound; see reviewhub/wiring.py.")
    return implementation
