"""The state of a run at any of its events, and the proof that its events tell the state that is stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from orchestration.core.changes import Change, fold
from orchestration.core.state import RunState, StepState
from orchestration.exceptions import NotFound
from orchestration.models import AuditEvent
from orchestration.runtime.reading import Entry, changes_of, run_state, timeline


@dataclass(frozen=True, slots=True)
class Replay:
    """A run's events folded, beside what is stored. `differences` name what is not as the events tell."""

    run_id: str
    events: int
    state: RunState
    differences: tuple[str, ...]
    erased: bool  # values of it were erased, so only its structure could be compared

    @property
    def ok(self) -> bool:
        return not self.differences


def state_at(run_id: Any, sequence: int) -> RunState:
    """The run as it was right after the event with this number. Raises `NotFound`."""
    changes = changes_of(run_id, until=sequence)
    if sequence < 1 or len(changes) != sequence:
        last = AuditEvent.objects.filter(chain=f"run:{run_id}").count()
        raise NotFound(f"The run {run_id} has the events 1 to {last}, and no event {sequence}.")
    return fold(RunState(id=str(run_id)), changes)


def folded_to(run_id: Any, entries: list[Entry]) -> RunState:
    return fold(RunState(id=str(run_id)), [Change(each.kind, each.at, each.data, each.values) for each in entries])


def replay(run_id: Any) -> Replay:
    """Folds all of the run's events and compares the result with what is stored. Raises `NotFound`."""
    stored, entries = run_state(run_id), timeline(run_id)
    told = folded_to(run_id, entries)
    erased = _was_erased(run_id, entries)
    pair = (_structure(stored), _structure(told)) if erased else (stored, told)
    differences = tuple(_differences("", *(_plain(each) for each in pair)))
    return Replay(str(run_id), len(entries), told, differences, erased)


def _was_erased(run_id: Any, entries: list[Entry]) -> bool:
    with_values = AuditEvent.objects.filter(chain=f"run:{run_id}").exclude(digest="").count()
    return with_values != sum(entry.values is not None for entry in entries)


def _structure(state: RunState) -> RunState:
    """The state without what may be erased."""
    steps = {path: _bare(step) for path, step in state.steps.items()}
    return replace(state, input=None, error=None, business_key=None, steps=steps)


def _bare(step: StepState) -> StepState:
    review = dict(step.review) if step.review is not None else None
    if review is not None:
        review["fields"] = review["decision"] = None
    return replace(step, input=None, result=None, error=None, review=review)


def _plain(state: RunState) -> dict[str, Any]:
    return asdict(state)


def _differences(where: str, stored: Any, told: Any) -> Iterator[str]:
    if isinstance(stored, Mapping) and isinstance(told, Mapping):
        for name in sorted({*stored, *told}):
            at = f"{where}.{name}" if where else str(name)
            yield from _differences(at, stored.get(name), told.get(name))
    elif stored != told:
        yield f"{where}: stored {stored!r:.200}, told by the events {told!r:.200}"
