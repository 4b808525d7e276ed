"""New runs from old ones: once more from the beginning, again from a step, or on from an event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from orchestration.core.events import Known, Origin, PauseRequested, UndosTaken
from orchestration.core.events import Started as RunStarted
from orchestration.core.forking import followed, known_at, known_before, taken
from orchestration.core.state import RunState
from orchestration.exceptions import InvalidTransition, NotPublished
from orchestration.models import Run, StepRun, WorkflowVersion
from orchestration.ports import Actor, clock
from orchestration.runtime import values
from orchestration.runtime.advance import advance, commit, consider
from orchestration.runtime.definitions import definition_of
from orchestration.runtime.holding import pause_reason
from orchestration.runtime.reading import timeline
from orchestration.runtime.replaying import folded_to, state_at
from orchestration.runtime.starting import Started, answering, business_key, check_input
from orchestration.runtime.store import Held, lock, record, state_of


def rerun(*, run_id: Any, actor: Actor, event_id: str | None = None) -> Started:
    """Starts the workflow's current version with the same input. Raises `InvalidTransition` where its business key
    is taken, `InvalidInput` where the current version wants another input, `NotPublished` and `NotFound`."""
    with transaction.atomic():
        old = lock(run_id)
        current = old.workflow.current
        if current is None:
            raise NotPublished(f"The workflow {old.workflow.name!r} has no published version.")
        return _start(old, current, Origin(str(old.id), "rerun", 0), {}, actor, event_id)


def retry(*, run_id: Any, path: str, actor: Actor, event_id: str | None = None) -> Started:
    """Does an ended run again from this step on, on the same version. What does not come after the step is taken
    over with its results. Raises as `rerun` does."""
    with transaction.atomic():
        old = lock(run_id)
        state = state_of(old)
        known = known_before(state, definition_of(old.version), path, _gone(state))
        _refuse_erased(old, state)
        return _start(old, old.version, Origin(str(old.id), "retry", old.sequence, path), known, actor, event_id)


def fork(*, run_id: Any, sequence: int, actor: Actor, event_id: str | None = None) -> Started:
    """Starts a run that goes on from where this one stood right after the event. The old one is left as it is.
    Raises as `rerun` does."""
    with transaction.atomic():
        old = lock(run_id)
        state = state_of(old)
        known = known_at(state_at(old.id, sequence), state, _gone(state))
        _refuse_erased(old, state)
        return _start(old, old.version, Origin(str(old.id), "fork", sequence), known, actor, event_id)


def _refuse_erased(old: Run, state: RunState) -> None:
    """A result that was erased cannot be taken over: the new run would reckon with nothing in its place."""
    told = folded_to(old.id, timeline(old.id))
    held = [old.input, *(value for step in state.steps.values() for value in (step.input, step.result))]
    if (old.input and told.input is None) or values.are_erased(old.id, held):
        raise InvalidTransition("Values of this run were erased: it can only be run again from the beginning.")


def _start(
    old: Run, version: WorkflowVersion, origin: Origin, known: Mapping[str, Known], actor: Actor, event_id: str | None
) -> Started:
    definition = definition_of(version)
    given = check_input(definition, values.whole(old.id, old.input))
    known = {path: _whole(old, each) for path, each in known.items()}
    key = business_key(definition, given)
    before = answering(old.workflow, definition, event_id, key)
    if before is not None and before.reason == "event":
        return before
    if before is not None:
        raise InvalidTransition(_taken(str(key), before, definition.key_while))
    run = Run(
        workflow=old.workflow,
        version=version,
        input=given,
        source=origin.how,
        event_id=event_id,
        business_key=key,
        key_while=definition.key_while,
        started_at=clock().process_now(),
        origin=old,
        origin_how=origin.how,
        origin_at=origin.at,
        origin_step=origin.step,
    )
    held = Held(run, RunState(id=str(run.id)))
    try:
        with transaction.atomic():
            decided = consider(held, RunStarted(given, origin.how, key, origin, known))
            commit(held, decided, actor)
            if because := pause_reason(old.workflow):  # it stands where the old run stood, and stays there
                advance(run.id, PauseRequested(because, "workflow"))
    except IntegrityError as error:  # somebody else was quicker with the same key
        raise InvalidTransition(f"A run with the key {key!r} has just been started.") from error
    taken_over = [change.data["path"] for change in decided.changes if change.kind == "undo.registered"]
    if taken_over:
        left = Held(old, state_of(old))
        commit(left, consider(left, UndosTaken(tuple(taken_over), str(run.id))), actor)
    record(old, followed(str(run.id), origin, clock().process_now()), actor)
    return Started(str(run.id), created=True, reason="new")


def _gone(state: RunState) -> set[str]:
    """Undos that runs which went on from this one have taken over, and have done."""
    return {path for path, run_id in taken(state).items() if not _still_stands(run_id, path)}


def _still_stands(run_id: str, path: str) -> bool:
    """Whether what the undo is for was undone neither by the run that took it over, nor by one that took it from it."""
    undo = StepRun.objects.get(run_id=UUID(run_id), path=path)
    by = (undo.scope or {}).get("taken")
    return undo.status == StepRun.Status.REGISTERED or (by is not None and _still_stands(by, path))


def _whole(old: Run, known: Known) -> Known:
    """Large values of the old run become the new one's own."""
    return replace(known, input=values.whole(old.id, known.input), result=values.whole(old.id, known.result))


def _taken(key: str, taken_by: Started, key_while: str) -> str:
    if key_while == "open":
        return f"The key {key!r} is taken by the open run {taken_by.run_id}: cancel it, or wait until it has ended."
    return f"The key {key!r} belongs to the run {taken_by.run_id} for ever, as the workflow says (`while: ever`)."
