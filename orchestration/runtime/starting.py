"""Starting runs."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.db.models import Q, QuerySet

from orchestration.core.decide import Decided
from orchestration.core.events import Started as RunStarted
from orchestration.core.language.coercion import coerce
from orchestration.core.language.definition import Definition
from orchestration.core.language.expressions import ExpressionError
from orchestration.core.language.validation import input_faults
from orchestration.core.large import fault_of
from orchestration.core.state import OPEN_RUN, RunState
from orchestration.exceptions import InvalidInput, NotFound, NotPublished
from orchestration.models import Run, Workflow, WorkflowVersion
from orchestration.ports import Actor, clock
from orchestration.runtime.advance import commit, commit_many, consider
from orchestration.runtime.definitions import definition_of
from orchestration.runtime.holding import pause_reason
from orchestration.runtime.naming_documents import name_documents
from orchestration.runtime.plain import storable
from orchestration.runtime.store import Held

logger = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Started:
    """The run that answers the event. `reason` is new, event (seen before) or key (its business key is taken)."""

    run_id: str
    created: bool
    reason: str


def start_run(
    *,
    workflow: str,
    input: Mapping[str, Any],
    actor: Actor,
    source: str,
    event_id: str | None = None,
    version: WorkflowVersion | None = None,
) -> Started:
    """Starts a run of the workflow's current version, or of the one given: at most once for an event, as its key says.

    Raises `NotFound`, `NotPublished`, and `InvalidInput` with the path of every fault, documents among them that the
    actor has not sent.
    """
    row = startable().filter(name=workflow).first()
    if row is None:
        raise NotFound(f"There is no workflow {workflow!r}.")
    name_documents(input, actor=actor)
    return start_wanted(Wanted(row, input, actor, source, event_id, version=version))


def startable() -> QuerySet[Workflow]:
    """Workflows with as much of their current versions as starting needs."""
    return Workflow.objects.select_related("current").defer("current__text", "current__definition")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A run that somebody asks for, of a workflow that has just been read from `startable`."""

    workflow: Workflow
    input: Mapping[str, Any]
    actor: Actor
    source: str
    event_id: str | None
    parent: Parent | None = None
    version: WorkflowVersion | None = None  # in place of the current one


@dataclass(frozen=True, slots=True)
class Parent:
    """The run, and the step of it, that asks for a run; `depth` counts the runs around the new one."""

    run_id: Any
    path: str
    number: int
    depth: int


def start_wanted(wanted: Wanted) -> Started:
    """As `start_run`, for a workflow that has just been read."""
    found = _considered(wanted)
    return found if isinstance(found, Started) else _inserted(found)


def start_many(wanted: Sequence[Wanted]) -> list[Started | Exception]:
    """Starts runs in one transaction: each is answered in its place, and one that fails harms no other.

    Where the database itself is away or locked, its error is raised and nothing was started.
    """
    if len(wanted) == 1:
        return [_caught(start_wanted, wanted[0])]
    found = [_caught(_considered, each) for each in wanted]
    try:
        with transaction.atomic():
            commit_many([(new.held, new.decided, new.wanted.actor) for new in found if isinstance(new, _New)])
    except _DATABASE_AWAY:
        raise
    except Exception as error:  # noqa: BLE001 - whosever fault it is, the others are started without it
        logger.info("%d runs are started one by one: %s", len(wanted), type(error).__name__)
        return [_caught(start_wanted, each) for each in wanted]
    return [each.started() if isinstance(each, _New) else each for each in found]


_DATABASE_AWAY = (OperationalError, InterfaceError)


def _caught(act: Callable[[Wanted], T], wanted: Wanted) -> T | Exception:
    try:
        return act(wanted)
    except _DATABASE_AWAY:
        raise
    except Exception as error:  # noqa: BLE001 - it is the answer to this one
        return error


@dataclass(frozen=True, slots=True)
class _New:
    """A run that has been decided on and is not stored yet."""

    wanted: Wanted
    definition: Definition
    held: Held
    decided: Decided

    def started(self) -> Started:
        return Started(str(self.held.row.id), created=True, reason="new")


def _considered(wanted: Wanted) -> Started | _New:
    """The run to store, or the one that answers already. Writes nothing."""
    row = wanted.workflow
    version = wanted.version or row.current
    if version is None:
        raise NotPublished(f"The workflow {row.name!r} has no published version.")
    definition = definition_of(version)
    try:
        checked = check_input(definition, wanted.input)
        key = business_key(definition, checked)
    except InvalidInput:
        # An event that was seen before has its answer, whatever it says now.
        known = answering(row, definition, wanted.event_id, None)
        if known is None:
            raise
        return known
    # Without a key the event's unique constraint says the same, and only to those who come twice.
    known = answering(row, definition, wanted.event_id, key) if key is not None else None
    if known is not None:
        return known
    run = Run(
        workflow=row,
        version=version,
        input=checked,
        source=wanted.source,
        event_id=wanted.event_id,
        business_key=key,
        key_while=definition.key_while,
        started_at=clock().process_now(),
        **_link(wanted.parent),
    )
    held = Held(run, RunState(id=str(run.id)))
    event = RunStarted(checked, wanted.source, key, paused=pause_reason(row))
    return _New(wanted, definition, held, consider(held, event))


def _link(parent: Parent | None) -> dict[str, Any]:
    if parent is None:
        return {}
    return {
        "parent_id": parent.run_id,
        "parent_path": parent.path,
        "parent_number": parent.number,
        "depth": parent.depth,
    }


def _inserted(new: _New) -> Started:
    try:
        with transaction.atomic():
            commit(new.held, new.decided, new.wanted.actor)
    except IntegrityError:
        # Somebody else was quicker with the same event or key; theirs is the run.
        wanted = new.wanted
        raced = answering(wanted.workflow, new.definition, wanted.event_id, new.held.row.business_key)
        if raced is None:
            raise
        return raced
    return new.started()


def check_input(definition: Definition, given: Any) -> dict[str, Any]:
    """The input as the workflow's schema means it. Raises `InvalidInput` with every fault's path."""
    coerced = coerce(given, definition.input_schema)
    faults = input_faults(coerced, definition.input_schema)
    faults += [{"path": path, "message": "The text cannot be stored."} for path in _unstorable(coerced, "")]
    if not faults and (too_large := fault_of(coerced)) is not None:
        faults = [{"path": "/", "message": too_large}]
    if faults:
        raise InvalidInput(sorted(faults, key=lambda fault: fault["path"]))
    if not isinstance(coerced, dict):
        raise InvalidInput([{"path": "/", "message": "The input must be an object."}])
    return coerced


def _unstorable(value: Any, path: str) -> list[str]:
    """Where a text holds a NUL character or half of a surrogate pair, which no database here keeps."""
    match value:
        case str():
            return [path or "/"] if not storable(value) else []
        case Mapping():
            return [found for name, item in value.items() for found in _unstorable(item, f"{path}/{name}")]
        case list():
            return [found for index, item in enumerate(value) for found in _unstorable(item, f"{path}/{index}")]
        case _:
            return []


def business_key(definition: Definition, checked: Mapping[str, Any]) -> str | None:
    if definition.key is None or definition.key_while == "always":
        return None
    try:
        return str(definition.key.evaluate({"input": checked}))[:255]
    except ExpressionError as error:
        raise InvalidInput([{"path": "/", "message": f"The run's key cannot be made: {error}"}]) from error


def answering(workflow: Workflow, definition: Definition, event_id: str | None, key: str | None) -> Started | None:
    """The run that this event started, or else the one that has its business key. One query."""
    same_event = Q(event_id=event_id) if event_id is not None else Q(pk__in=())
    same_key = Q(business_key=key, key_while=definition.key_while) if key is not None else Q(pk__in=())
    if definition.key_while == "open":
        same_key &= Q(status__in=OPEN_RUN)
    found = dict(Run.objects.filter(same_event | same_key, workflow=workflow).values_list("event_id", "id"))
    if event_id is not None and event_id in found:
        return Started(str(found[event_id]), created=False, reason="event")
    return next((Started(str(run_id), created=False, reason="key") for run_id in found.values()), None)
