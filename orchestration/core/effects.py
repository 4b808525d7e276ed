"""What the core asks the runtime to do, beside storing the new state. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any


@dataclass(frozen=True, slots=True)
class PersonRef:
    """A person as the engine knows one: the account's id as text, and the name for people."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class FutureStep:
    """One entry of a review task's future. `kind`: half, three_quarters, breach, level, unanswered."""

    kind: str
    at: datetime
    level: int | None = None
    to: Mapping[str, str] = field(default_factory=dict)  # {"kind": "backup_of", "of": "queue"}
    applies: bool = True  # False: its condition is false; shown struck
    outcome: str | None = None  # of unanswered
    mode: str = "add"  # add: all of them may decide; move: only the last
    priority: str | None = None
    when: str | None = None  # the condition's text
    business: bool = False  # counted on the calendar


@dataclass(frozen=True, slots=True)
class ReviewRequest:
    """A review task that the engine asks the desk to open, with all that a reviewer needs."""

    run_id: str
    key: str  # unique in the run
    kind: str  # review | incident
    workflow: str
    workflow_title: str
    workflow_version: int
    workflow_owner: str
    step_id: str
    title: str
    queue: str  # empty for an incident: the desk knows who mends things
    outcomes: tuple[
        Mapping[str, Any], ...
    ]  # {"id", "label", "risk": low | high, "reason": against_ai | always | never}
    created_at: datetime
    due_at: datetime | None = None
    half_at: datetime | None = None
    three_quarters_at: datetime | None = None
    critical: bool = False
    undo_seconds: float | None = None  # None: as the queue says
    highlights: tuple[Mapping[str, Any], ...] = ()  # {"label", "value"}: a text or a number
    # {"name", "label", "value", "edit": bool, "type", "read" (see readings.py)}
    fields: tuple[Mapping[str, Any], ...] = ()
    concerns: tuple[str, ...] = ()
    because: tuple[str, ...] = ()  # what kinds of concerns there are: exception, value, anomaly
    context: Mapping[str, Any] = field(default_factory=dict)  # {"input": …, "steps": {id: result}}
    recommendation_id: str | None = None
    advice: Mapping[str, Any] | None = None  # a recommendation that the case brought along: see runtime/advice.py
    exclude: tuple[str, ...] = ()  # e-mail addresses or user names who may not decide
    skills: tuple[str, ...] = ()  # what whoever is given it must be able to do
    future: tuple[FutureStep, ...] = ()
    policies: Mapping[str, int] = field(default_factory=dict)  # the pinned versions: {"calendar:office-hours": 3}
    approvals: Mapping[str, Any] | None = None  # how several decide: see core/approving.py; none: one person
    incident: Mapping[str, Any] | None = None  # {"error": {…}, "attempts": n, "input": …, "tool": "name@1", "step": id}
    item: str = ""  # of which item of an `each` the review is: the path of its iteration; empty: of the run


@dataclass(frozen=True, slots=True)
class ReachedLevel:
    """An escalation level that has fired, with the people it was settled on."""

    index: int
    at: datetime
    people: tuple[PersonRef, ...]
    mode: str  # add | move
    priority: str | None
    to: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CallStep:
    """A tool or AI step is ready for a worker."""

    path: str


@dataclass(frozen=True, slots=True)
class KeepAnswer:
    """A tool's answer for whoever asks the same: `key` is its version and what it was asked. Process time."""

    key: str
    tool: str
    result: Any
    at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class OpenReview:
    request: ReviewRequest


@dataclass(frozen=True, slots=True)
class CloseReview:
    """The outcome counts now: the undo window has closed, or nobody answered."""

    key: str
    outcome: str
    at: datetime
    unanswered: bool


@dataclass(frozen=True, slots=True)
class WithdrawReview:
    key: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class WarnReview:
    """`stage` is half, three_quarters or breach."""

    key: str
    stage: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LateRun:
    """The time that a step has, or the whole run, is running out or over; nothing was stopped by it."""

    path: str  # of the step; empty: the whole run
    stage: str  # half, three_quarters or breach
    due_at: datetime
    at: datetime
    waits_for: tuple[Mapping[str, str], ...]  # {"path", "kind", "status"}: the open steps that keep it


@dataclass(frozen=True, slots=True)
class EscalateReview:
    key: str
    level: ReachedLevel


@dataclass(frozen=True, slots=True)
class ResumeReview:
    """A pause is over. `instants` are the new ones of what comes by itself, by timer: half, three_quarters, breach,
    level.0 …, unanswered; empty where the clock went on meanwhile. `by` nobody: the pause has come to its end."""

    key: str
    at: datetime
    instants: Mapping[str, datetime]
    by: PersonRef | None


@dataclass(frozen=True, slots=True)
class RenameReview:
    """Its run goes by another version, which has the review under another name: it goes on as `to`."""

    key: str
    to: str
    step_id: str


@dataclass(frozen=True, slots=True)
class AskApprover:
    """One more person has to decide the review: the runtime settles who, and answers with `ApproverAsked`."""

    key: str
    seat: int
    to: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ShowApprovals:
    """Who has decided, who is asked and who is still needed. `asked` are those who are asked just now."""

    key: str
    approvals: Mapping[str, Any]  # the review's plan, with {"votes": [{"seat", "by", "received_at"}]}
    asked: tuple[PersonRef, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class AwaitEvent:
    """A step waits for this event from now on."""

    path: str
    name: str
    key: str


@dataclass(frozen=True, slots=True)
class TakeEvent:
    """The event has moved on a wait of this run, and moves on no other one."""

    name: str
    id: str


@dataclass(frozen=True, slots=True)
class EmitEvent:
    """An event for whoever waits for it. `id` makes it count once."""

    name: str
    key: str
    id: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StandStillReview:
    """Its run was paused: its clock stands still."""

    key: str
    at: datetime


@dataclass(frozen=True, slots=True)
class GoOnReview:
    """Its run, paused since then for so long, goes on. `instants` are the new ones of what comes by itself, by timer,
    as of `ResumeReview`."""

    key: str
    since: datetime
    by: timedelta
    instants: Mapping[str, datetime]


@dataclass(frozen=True, slots=True)
class StartChild:
    """A run that a step asks for: its input is the step's, its workflow is in the definition."""

    path: str
    number: int  # of the ask; only the latest child is heard


@dataclass(frozen=True, slots=True)
class CancelChild:
    path: str
    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class UndoChild:
    """What a run that ended well did is to be undone: `path` is the step that had started it."""

    path: str
    run_id: str


@dataclass(frozen=True, slots=True)
class ChildFollows:
    """The run was paused or goes on: so does this child of it."""

    path: str
    number: int


@dataclass(frozen=True, slots=True)
class ContinueRun:
    """The run goes on as a new one, with this input and with its business key."""

    input: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RunEnded:
    """For whoever waits for this run: its parent, if it has one."""


Effect = (
    CallStep
    | KeepAnswer
    | OpenReview
    | CloseReview
    | WithdrawReview
    | WarnReview
    | LateRun
    | EscalateReview
    | ResumeReview
    | RenameReview
    | AskApprover
    | ShowApprovals
    | AwaitEvent
    | TakeEvent
    | EmitEvent
    | StandStillReview
    | GoOnReview
    | StartChild
    | CancelChild
    | UndoChild
    | ChildFollows
    | ContinueRun
    | RunEnded
)
