"""What can happen to a run. Everything that decides the answer is in the event, the state or the time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from orchestration.core.effects import PersonRef


@dataclass(frozen=True, slots=True)
class Now:
    """The two clocks at the moment of deciding, both aware and in UTC."""

    process: datetime
    system: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """How a step ended in the run that this one goes on from: with a result, or for good with an error."""

    input: Any
    result: Any
    error: Mapping[str, Any] | None = None
    undo: int | None = None  # its place among the undos that the new run takes over with it
    undoes: str | None = None  # the run that the step had started, where that is what is undone then


@dataclass(frozen=True, slots=True)
class Origin:
    """The run that this one comes from. `how`: rerun, retry (from `step`) or fork (after the event `at`)."""

    run_id: str
    how: str
    at: int
    step: str = ""


@dataclass(frozen=True, slots=True)
class Started:
    """The run begins. `input` has been checked against the workflow's schema and coerced."""

    input: Mapping[str, Any]
    source: str
    business_key: str | None
    origin: Origin | None = None
    known: Mapping[str, Known] = field(default_factory=dict)  # by path
    paused: str | None = None  # its workflow is paused, for this reason: it stays at its start


@dataclass(frozen=True, slots=True)
class AttemptLeased:
    """A worker took a ready step."""

    path: str
    worker: str


@dataclass(frozen=True, slots=True)
class AttemptDeferred:
    """A worker could not take a ready step: a limit of `subject` (tool:… or connection:…) makes it wait."""

    path: str
    subject: str
    because: str  # rate | concurrency | breaker | rests
    until: datetime  # system time, when it looks again at the latest


@dataclass(frozen=True, slots=True)
class LimitLifted:
    """It is the turn of a step that waits for a limit."""

    path: str


@dataclass(frozen=True, slots=True)
class AttemptSucceeded:
    path: str
    number: int
    result: Any


@dataclass(frozen=True, slots=True)
class AttemptFailed:
    """`error` has class, code, message and perhaps retry_after (seconds); `draw` in [0, 1) varies the wait; `retry` is
    the tool's own policy, which holds where the step has none."""

    path: str
    number: int
    error: Mapping[str, Any]
    ambiguous: str  # retry | reconcile | ask
    draw: float
    retry: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class AttemptLost:
    """The lease has expired: the worker died or was too slow, and the call may have taken effect."""

    path: str
    number: int
    ambiguous: str
    draw: float
    retry: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class AttemptReturned:
    """The worker gives the step back without having called: it is as if nobody had taken it."""

    path: str
    number: int


@dataclass(frozen=True, slots=True)
class DecisionGiven:
    """A person decided. `received_at` is process time, `undo_until` system time (None: at once)."""

    key: str
    outcome: str
    fields: Mapping[str, Any]
    by: PersonRef
    received_at: datetime
    undo_until: datetime | None


@dataclass(frozen=True, slots=True)
class DecisionTakenBack:
    key: str
    by: PersonRef


@dataclass(frozen=True, slots=True)
class ApproverAsked:
    """Whom one seat of a review that several decide is for; the runtime asked the desk before."""

    key: str
    seat: int
    people: tuple[PersonRef, ...]


@dataclass(frozen=True, slots=True)
class ReviewPaused:
    """The review waits for something else. `until`: process time at which the pause ends by itself."""

    key: str
    why: str  # asked | snoozed
    until: datetime | None
    stops_clock: bool
    by: PersonRef


@dataclass(frozen=True, slots=True)
class ReviewResumed:
    key: str
    by: PersonRef
    how: str = "taken_up"  # or answered, by whoever was asked


@dataclass(frozen=True, slots=True)
class OutageBegan:
    """The review's clocks are stopped, for this reason. `by` is a name for people."""

    key: str
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class OutageEnded:
    key: str
    by: str


@dataclass(frozen=True, slots=True)
class LevelCalled:
    """Somebody did not wait for an escalation level: it is reached now, by the people it was settled on."""

    key: str
    index: int
    people: tuple[PersonRef, ...]
    by: PersonRef


@dataclass(frozen=True, slots=True)
class TimerFired:
    """`people` settles an escalation level; the runtime asked the desk before."""

    name: str
    generation: int
    people: tuple[PersonRef, ...] = ()


@dataclass(frozen=True, slots=True)
class EventArrived:
    """An event that a step of the run waits for. `received_at` is process time."""

    path: str
    name: str
    key: str
    id: str
    payload: Any
    received_at: datetime


@dataclass(frozen=True, slots=True)
class PauseRequested:
    """`by` holds the run from here on: person, workflow or parent. It goes on when nobody holds it any more."""

    reason: str
    by: str = "person"


@dataclass(frozen=True, slots=True)
class ResumeRequested:
    """Somebody lets a paused run go on, whoever holds it (`by` None); or one of those that hold it lets go."""

    by: str | None = None


@dataclass(frozen=True, slots=True)
class ChildEnded:
    """A run that a step has asked for is over. `run_id` None: it could not even start, for the reason in `error`."""

    path: str
    number: int
    run_id: str | None
    status: str  # succeeded | failed | cancelled
    outcome: str
    result: Any
    error: Mapping[str, Any] | None
    draw: float
    undoes: bool = False  # it did something that it can undo


@dataclass(frozen=True, slots=True)
class ChildUndone:
    """A run that a step had started has undone what it did."""

    path: str  # of the step
    run_id: str


@dataclass(frozen=True, slots=True)
class UndoRequested:
    """The run had ended well; the run that started it did not, or was cancelled: what was done is undone."""

    reason: str
    asker: Mapping[str, str] | None = None  # who waits for it: {"run", "path"}


@dataclass(frozen=True, slots=True)
class UndosTaken:
    """A run that goes on from this one has taken over what it could undo: nobody undoes it here any more."""

    paths: tuple[str, ...]  # of the undos
    by: str  # the run


@dataclass(frozen=True, slots=True)
class MigrationRequested:
    """The run goes on by another version. All but the map is what the plan of it found."""

    old: int  # the version so far
    step_map: Mapping[str, str]  # new ids by old ones
    moved: Mapping[str, str]  # new paths of finished steps by their old ones
    anew: tuple[str, ...]  # open steps that begin anew
    renamed: Mapping[str, str] = field(default_factory=dict)  # and those that do at another place, by their old paths
    carried: Mapping[str, str] = field(default_factory=dict)  # those that go on at another place
    held: Mapping[str, str] = field(default_factory=dict)  # what a paused run enters later, at another place


@dataclass(frozen=True, slots=True)
class CancelRequested:
    reason: str


Event = (
    Started
    | AttemptLeased
    | AttemptDeferred
    | LimitLifted
    | AttemptSucceeded
    | AttemptFailed
    | AttemptLost
    | AttemptReturned
    | DecisionGiven
    | DecisionTakenBack
    | ApproverAsked
    | ReviewPaused
    | ReviewResumed
    | OutageBegan
    | OutageEnded
    | LevelCalled
    | TimerFired
    | EventArrived
    | PauseRequested
    | ResumeRequested
    | ChildEnded
    | ChildUndone
    | UndoRequested
    | UndosTaken
    | MigrationRequested
    | CancelRequested
)
