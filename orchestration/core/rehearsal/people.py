"""People in a test: each act waits for its review to open, and then for its time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from orchestration.core.effects import PersonRef, ReviewRequest
from orchestration.core.events import CancelRequested, DecisionGiven, DecisionTakenBack, Event
from orchestration.core.language.workflow_tests import Act, WorkflowTest
from orchestration.core.rehearsal.outcome import Failure
from orchestration.core.state import RunState


@dataclass(frozen=True, slots=True)
class DueAct:
    """An act at its instant. `key` is that of the review; `takes_back` undoes the decision made before."""

    at: datetime
    act: Act
    key: str = ""
    takes_back: bool = False

    @property
    def line(self) -> int:
        return self.act.line

    def event(self, now: datetime) -> Event:
        person = PersonRef(self.act.by, self.act.by)
        if self.act.cancel is not None:
            return CancelRequested(self.act.cancel)
        if self.takes_back:
            return DecisionTakenBack(self.key, person)
        wait = self.act.take_back
        until = now + timedelta(seconds=wait + 1) if wait is not None else None
        return DecisionGiven(self.key, self.act.decide, self.act.fields, person, now, until)


class People:
    def __init__(self, test: WorkflowTest) -> None:
        self._waiting = [act for act in test.people if act.cancel is None]
        self._due = [
            DueAct(test.at + timedelta(seconds=act.after), act) for act in test.people if act.cancel is not None
        ]
        self._requests: dict[str, tuple[ReviewRequest, datetime]] = {}

    def opened(self, request: ReviewRequest, now: datetime) -> None:
        """A review, or an incident, lies before people: the first act that is meant for it gets its instant."""
        self._requests[request.key] = (request, now)
        self._meant_for(request.key)

    def acted(self, event: Event, state: RunState, now: datetime) -> None:
        """Where several decide, the next act is meant for the same review."""
        step = state.steps.get(getattr(event, "key", ""))
        review = (step.review if step is not None else None) or {}
        if isinstance(event, DecisionGiven) and review.get("votes") and review["status"] == "open":
            self._meant_for(event.key, not_before=now)

    def next(self) -> datetime | None:
        return min((due.at for due in self._due), default=None)

    def due(self, now: datetime) -> DueAct | None:
        """The next act whose time has come; it is taken."""
        first = min(self._due, key=lambda due: due.at, default=None)
        if first is None or first.at > now:
            return None
        self._due.remove(first)
        if first.takes_back:
            self._meant_for(first.key, not_before=now)
        elif first.act.take_back is not None:
            back = now + timedelta(seconds=first.act.take_back)
            self._due.append(DueAct(back, first.act, first.key, takes_back=True))
        return first

    def refusal(self, event: Event) -> str | None:
        """What the desk would say to a decision that the core alone would take."""
        if not isinstance(event, DecisionGiven):
            return None
        request, _ = self._requests[event.key]
        if event.by.label in request.exclude:
            return f"{event.by.label} may not decide here (exclude)"
        editable = {item["name"] for item in request.fields if item["edit"]}
        wrong = sorted(set(event.fields) - editable)
        return f"{', '.join(wrong)} cannot be corrected here" if wrong else None

    def left_over(self, status: str) -> Iterator[Failure]:
        """Acts that never came to pass."""
        for act in self._waiting:
            yield Failure(act.line, f"{act.step} to be open, so that {act.by} can decide", "it was not open any more")
        for due in self._due:
            yield Failure(due.line, "the run to be open still", f"the run was {status} already")

    def _meant_for(self, key: str, not_before: datetime | None = None) -> None:
        path = key.partition("!")[0]
        request, opened_at = self._requests[key]
        act = next((act for act in self._waiting if act.step in (request.step_id, path)), None)
        if act is None:
            return
        self._waiting.remove(act)
        at = opened_at + timedelta(seconds=act.after)
        self._due.append(DueAct(max(at, not_before) if not_before is not None else at, act, key))
