"""Facts about a run, and what each does to its state.

A change is at once the audit event and the step from one state to the next, so folding a run's audit events
gives its stored state by construction. `data` is the structure, `values` what may be erased; both are JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from orchestration.core import parts, paths
from orchestration.core.parts import Item, Known, Part
from orchestration.core.state import RunState, StepState, TimerState


@dataclass(frozen=True, slots=True)
class Change:
    """One fact: its kind, when it happened (process time), its structure and its values."""

    kind: str
    at: datetime
    data: Mapping[str, Any]
    values: Mapping[str, Any] | None = None


class Working:
    """A state being folded. Copies the maps once instead of once a change."""

    def __init__(self, state: RunState) -> None:
        self.run = state
        self.part = state.part
        self.steps: dict[str, StepState] = _known(state.steps, state.part, parts.itself)
        self.timers: dict[str, TimerState] = _known(state.timers, state.part, paths.subject_of)
        self.sequence = state.sequence
        self.touched_steps: dict[str, None] = {}  # in the order of their first change
        self.touched_timers: dict[str, None] = {}

    def apply(self, change: Change) -> None:
        self.sequence += 1
        apply = _APPLY.get(change.kind)
        if apply is not None:
            apply(self, change)

    def begin(self, within: str) -> None:
        """An iteration begins, so what is inside is known: nothing."""
        if self.part is not None:
            self.part |= Part(frozenset(), frozenset({within}))
            for known in (self.steps, self.timers):
                if isinstance(known, Known):
                    known.part = self.part

    def step(self, path: str, **fields: Any) -> None:
        self.steps[path] = replace(self.steps[path], **fields)
        self.touched_steps[path] = None

    def timer(self, name: str, **fields: Any) -> None:
        self.timers[name] = replace(self.timers[name], **fields)
        self.touched_timers[name] = None

    def run_step(self, key: str) -> StepState | None:
        """The step whose present review or incident has this key: `path`, or `path!n` for its nth incident."""
        step = self.steps.get(paths.path_of(key))
        return step if step is not None and step.review is not None and step.review["key"] == key else None

    def frozen(self) -> RunState:
        if self.part is None:
            return replace(self.run, steps=self.steps, timers=self.timers, sequence=self.sequence)
        steps, timers = dict(self.steps), dict(self.timers)
        return replace(self.run, steps=steps, timers=timers, sequence=self.sequence, part=self.part)


def _known(items: Mapping[str, Item], part: Part | None, path_of: Callable[[str], str]) -> dict[str, Item]:
    return dict(items) if part is None else Known(items, part, path_of)


def fold(state: RunState, changes: Iterable[Change]) -> RunState:
    working = Working(state)
    for change in changes:
        working.apply(change)
    return working.frozen()


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


# ---- what each kind does -----------------------------------------------------------------------


def _run_started(work: Working, change: Change) -> None:
    values = change.values or {}
    work.run = replace(
        work.run,
        status="running",
        started_at=change.at,
        source=change.data["source"],
        input=values.get("input"),
        business_key=values.get("key"),
    )


def _run_ended(work: Working, change: Change) -> None:
    values = change.values or {}
    work.run = replace(
        work.run,
        status=change.data["status"],
        outcome=change.data["outcome"],
        error=values.get("error"),
        result=values.get("result"),
        ended_at=change.at,
        paused_at=None,
        paused_by=(),
        held=(),
    )


def _run_ending(work: Working, change: Change) -> None:
    """A pause is over with it."""
    undo, error = {**(work.run.undo or {}), **change.data}, (change.values or {}).get("error")
    work.run = replace(work.run, status="ending", error=error, undo=undo, paused_at=None, paused_by=(), held=())
    for path in change.data["unsettled"]:
        work.step(path, scope={**(work.steps[path].scope or {}), "settling": True})


def _run_handled(work: Working, change: Change) -> None:
    work.run = replace(work.run, undo={**(work.run.undo or {}), "handling": False})


def _undo_registered(work: Working, change: Change) -> None:
    """It stands by in the order of completion: each knows the one before."""
    path, before = change.data["path"], change.data["before"]
    work.steps[path] = StepState(
        path=path,
        id=change.data["id"],
        kind=change.data["kind"],
        status="registered",
        position=work.sequence,
        started_at=change.at,
        scope={"before": before},
    )
    work.touched_steps[path] = None
    work.run = replace(work.run, undo={**(work.run.undo or {}), "newest": path})


def _undo_over(work: Working, path: str) -> None:
    """The one registered before is the newest now."""
    step = work.steps[path]
    if step.kind == "undo":
        before = _registered(work, (step.scope or {}).get("before"))
        work.run = replace(work.run, undo={**(work.run.undo or {}), "newest": before})


def _registered(work: Working, path: str | None) -> str | None:
    """The undo at the path, or the next one registered before it that is still there."""
    while path is not None and work.steps[path].status != "registered":
        path = (work.steps[path].scope or {}).get("before")
    return path


def _undo_taken(work: Working, change: Change) -> None:
    for path in change.data["paths"]:
        scope = {**(work.steps[path].scope or {}), "taken": change.data["by"]}
        work.step(path, status="cancelled", scope=scope, ended_at=change.at)
    undo = work.run.undo or {}
    work.run = replace(work.run, undo={**undo, "newest": _registered(work, undo.get("newest"))})


def _undo_asked(work: Working, change: Change) -> None:
    """The run that the step started undoes what it did."""
    work.step(change.data["path"], status="waiting")


def _run_undoing(work: Working, change: Change) -> None:
    """It had ended well, and comes to another end."""
    undo = {**(work.run.undo or {}), **change.data, "unsettled": [], "handling": False}
    work.run = replace(work.run, status="ending", ended_at=None, undo=undo)


def _child_ended(work: Working, change: Change) -> None:
    if change.data.get("undoes"):
        scope = work.steps[change.data["path"]].scope or {}
        work.step(change.data["path"], scope={**scope, "undoes": change.data["run"]})


def _run_paused(work: Working, change: Change) -> None:
    work.run = replace(work.run, paused_at=change.at, paused_by=(change.data.get("by", "person"),))


def _run_held_by(work: Working, change: Change) -> None:
    work.run = replace(work.run, paused_by=(*work.run.paused_by, change.data["by"]))


def _run_let_go(work: Working, change: Change) -> None:
    work.run = replace(work.run, paused_by=tuple(by for by in work.run.paused_by if by != change.data["by"]))


def _run_resumed(work: Working, change: Change) -> None:
    work.run = replace(work.run, paused_at=None, paused_by=(), held=())


def _run_migrated(work: Working, change: Change) -> None:
    """A step that had ended is noted at its new place too; one that begins anew does so under another key."""
    moved = change.data["moved"]
    for path, place in moved.items():
        step = work.steps[path]
        id_, _, beside = place.rpartition("/")[2].partition("~")
        position = step.position if beside else work.sequence
        work.steps[place] = replace(step, path=place, id=id_, position=position)
        work.touched_steps[place] = None
        if beside:
            work.step(path, status="cancelled", ended_at=change.at)
    if any("~" in path for path in moved):
        _undos_moved(work, moved)
    for path in change.data["anew"]:
        scope = work.steps[path].scope or {}
        work.step(path, scope={**scope, "corrected": scope.get("corrected", 0) + 1})
    for path, place in change.data.get("carried", {}).items():
        _carry(work, path, place)
        work.step(path, status="cancelled", ended_at=change.at, review=None)


def _carry(work: Working, path: str, place: str) -> None:
    """What waits goes on waiting at another place, with its review."""
    step = work.steps[path]
    review = {**step.review, "key": place} if step.review is not None else None
    id_ = place.rpartition("/")[2]
    work.steps[place] = replace(step, path=place, id=id_, position=work.sequence, review=review)
    work.touched_steps[place] = None


def _undos_moved(work: Working, moved: Mapping[str, str]) -> None:
    """Each still knows the one before it."""
    for step in list(work.steps.values()):
        before = (step.scope or {}).get("before") or ""
        if step.status == "registered" and before in moved:
            work.step(step.path, scope={**(step.scope or {}), "before": moved[before]})
    newest = (work.run.undo or {}).get("newest") or ""
    work.run = replace(work.run, undo={**(work.run.undo or {}), "newest": moved.get(newest, newest) or None})


def _run_held(work: Working, change: Change) -> None:
    dropped = change.data.get("dropped", ())
    held = (*work.run.held, *change.data["paths"])
    work.run = replace(work.run, held=tuple(path for path in held if path not in dropped))


def _step_opened(work: Working, change: Change) -> None:
    """Opens a step, or opens it again after an incident: what it went through stays counted."""
    data, values = change.data, change.values or {}
    work.run = replace(work.run, opened=work.run.opened + 1)
    known = work.steps.get(data["path"])
    scope = {**(known.scope or {} if known else {}), **(data.get("scope") or {})}
    work.steps[data["path"]] = StepState(
        path=data["path"],
        id=data["id"],
        kind=data["kind"],
        status=data["status"],
        position=work.sequence,
        started_at=change.at,
        ended_at=None if data["status"] != "skipped" else change.at,
        input=values.get("input"),
        scope=scope or None,
        attempts=known.attempts if known else 0,
    )
    work.touched_steps[data["path"]] = None


def _step_ready(work: Working, change: Change) -> None:
    fields: dict[str, Any] = {"status": "ready", "error": None}
    if change.values is not None and "input" in change.values:
        fields["input"] = change.values["input"]
    if "scope" in change.data:
        fields["scope"] = change.data["scope"]
    work.step(change.data["path"], **fields)


def _attempt_returned(work: Working, change: Change) -> None:
    """What an attempt before it had come to is known as before."""
    work.step(change.data["path"], status="ready", scope=change.data["scope"])


def _step_joined(work: Working, change: Change) -> None:
    work.step(change.data["path"], status="waiting", scope=change.data["scope"])


def _step_settling(work: Working, change: Change) -> None:
    work.step(change.data["path"], scope=change.data["scope"])


def _step_caught(work: Working, change: Change) -> None:
    error = (change.values or {}).get("error")
    work.step(change.data["path"], status="waiting", scope=change.data["scope"], error=error)


def _step_succeeded(work: Working, change: Change) -> None:
    """A step that its `on_error` handled keeps its error to be seen."""
    path, result = change.data["path"], (change.values or {}).get("result")
    error = work.steps[path].error if change.data.get("handled") else None
    work.step(path, status="succeeded", result=result, error=error, ended_at=change.at)
    _undo_over(work, path)


def _step_failed(work: Working, change: Change) -> None:
    work.step(change.data["path"], status="failed", error=(change.values or {}).get("error"), ended_at=change.at)
    _undo_over(work, change.data["path"])


def _step_cancelled(work: Working, change: Change) -> None:
    work.step(change.data["path"], status="cancelled", ended_at=change.at)


def _attempt_started(work: Working, change: Change) -> None:
    work.step(change.data["path"], status="running", attempts=change.data["number"])


def _step_limited(work: Working, change: Change) -> None:
    work.step(change.data["path"], status="limited")


def _child_asked(work: Working, change: Change) -> None:
    """A step that is tried again waits for its child as it did at first."""
    work.step(change.data["path"], status="waiting", attempts=change.data["number"], error=None)


def _attempt_failed(work: Working, change: Change) -> None:
    fields: dict[str, Any] = {"status": change.data["then"], "error": (change.values or {}).get("error")}
    if "scope" in change.data:
        fields["scope"] = change.data["scope"]
    work.step(change.data["path"], **fields)


def _review_opened(work: Working, change: Change) -> None:
    fields = (change.values or {}).get("fields", {})
    work.step(change.data["path"], status="waiting", review={**change.data["review"], "fields": fields})


def _incident_opened(work: Working, change: Change) -> None:
    path, review = change.data["path"], change.data["review"]
    scope = {**(work.steps[path].scope or {}), "incidents": change.data["number"]}
    error = (change.values or {}).get("error")
    work.step(path, status="incident", review=review, scope=scope, error=error)


def _review_changed(work: Working, change: Change) -> None:
    review = dict(work.steps[change.data["path"]].review or {})
    review.update(change.data["review"])
    if change.values is not None and "fields" in change.values:
        review["decision"] = {**review["decision"], "fields": change.values["fields"]}
    work.step(change.data["path"], review=review)


def _review_voted(work: Working, change: Change) -> None:
    """What a vote says is among the values: nobody sees a blind one before the others have voted."""
    path, values = change.data["path"], change.values or {}
    review = dict(work.steps[path].review or {})
    vote = {"outcome": None, "fields": {}, **change.data["vote"], **values}
    work.step(path, review={**review, "votes": [*review["votes"], vote]})


def _review_taken_back(work: Working, change: Change) -> None:
    _review_changed(work, change)
    if "votes" in change.data:
        review = work.steps[change.data["path"]].review or {}
        work.step(change.data["path"], review={**review, "votes": review["votes"][: change.data["votes"]]})


def _timers_armed(work: Working, change: Change) -> None:
    for name, clock, due_at, generation in change.data["timers"]:
        work.timers[name] = TimerState(name, clock, instant(due_at), generation, "armed")
        work.touched_timers[name] = None


def _timers_stopped(work: Working, change: Change) -> None:
    for name in change.data["names"]:
        work.timer(name, status="stopped")


def _timers_held(work: Working, change: Change) -> None:
    for name in change.data["names"]:
        work.timer(name, status="held")


def _timers_moved(work: Working, change: Change) -> None:
    for name, due_at in change.data["timers"]:
        work.timer(name, due_at=instant(due_at))


def _timer_fired(work: Working, change: Change) -> None:
    work.timer(change.data["name"], status="fired")


_APPLY: Mapping[str, Callable[[Working, Change], None]] = {
    "run.started": _run_started,
    "run.ended": _run_ended,
    "run.ending": _run_ending,
    "run.handled": _run_handled,
    "undo.registered": _undo_registered,
    "undo.started": _step_ready,
    "undo.asked": _undo_asked,
    "undo.taken": _undo_taken,
    "run.undoing": _run_undoing,
    "child.ended": _child_ended,
    "step.replaced": _step_joined,
    "run.paused": _run_paused,
    "run.held_by": _run_held_by,
    "run.let_go": _run_let_go,
    "run.resumed": _run_resumed,
    "run.held": _run_held,
    "run.migrated": _run_migrated,
    "step.opened": _step_opened,
    "step.skipped": _step_opened,
    "step.ready": _step_ready,
    "step.joined": _step_joined,
    "step.caught": _step_caught,
    "step.reused": _step_joined,
    "step.settling": _step_settling,
    "step.succeeded": _step_succeeded,
    "step.failed": _step_failed,
    "step.cancelled": _step_cancelled,
    "step.limited": _step_limited,
    "attempt.started": _attempt_started,
    "attempt.failed": _attempt_failed,
    "attempt.lost": _attempt_failed,
    "attempt.returned": _attempt_returned,
    "child.asked": _child_asked,
    "child.failed": _attempt_failed,
    "review.opened": _review_opened,
    "incident.opened": _incident_opened,
    "review.decided": _review_changed,
    "review.taken_back": _review_taken_back,
    "review.voted": _review_voted,
    "review.approver_asked": _review_changed,
    "review.disputed": _review_changed,
    "review.closed": _review_changed,
    "review.unanswered": _review_changed,
    "review.withdrawn": _review_changed,
    "review.warned": _review_changed,
    "review.escalated": _review_changed,
    "review.paused": _review_changed,
    "review.resumed": _review_changed,
    "review.moved": _review_changed,
    "review.clocks_stopped": _review_changed,
    "review.clocks_started": _review_changed,
    "timer.armed": _timers_armed,
    "timer.stopped": _timers_stopped,
    "timer.held": _timers_held,
    "timer.moved": _timers_moved,
    "timer.fired": _timer_fired,
}
KINDS = frozenset(_APPLY)  # of change that a run's state is made of
