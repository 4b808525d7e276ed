"""Runs that runs have started. Messages go between parent and child, so that no transaction holds the locks of both."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from orchestration.core.children import MAX_DEPTH
from orchestration.core.ending import UNDONE
from orchestration.core.events import CancelRequested, ChildEnded, ChildUndone, UndoRequested
from orchestration.core.state import OPEN_RUN
from orchestration.exceptions import InvalidInput, InvalidTransition, NotFound, NotPublished, OrchestrationError
from orchestration.models import OutboxMessage, Run, StepRun
from orchestration.ports import SYSTEM, Actor
from orchestration.runtime import inbox, outbox, values
from orchestration.runtime.advance import advance, commit, consider
from orchestration.runtime.definitions import definition_of
from orchestration.runtime.holding import follow
from orchestration.runtime.starting import Parent, Wanted, start_wanted, startable
from orchestration.runtime.store import hold


def children_of(run_id: Any) -> QuerySet[Run]:
    """The runs that this one has started, the oldest first."""
    return Run.objects.filter(parent_id=run_id).select_related("workflow").order_by("started_at", "id")


NEWEST = F("generation").desc(nulls_last=True)


class _NoChild(OrchestrationError):
    """The workflow that the step names cannot be started."""


@outbox.on_topic(inbox.CHILD_START)
def _start(message: Mapping[str, Any], _: str) -> None:
    """Starts the child once, on its workflow's present version. What keeps it from starting is told to the parent."""
    path, number = message["path"], message["number"]
    parent = Run.objects.select_related("version", "workflow").get(pk=message["parent"])
    step = StepRun.objects.get(run=parent, path=path)
    if parent.status not in OPEN_RUN or step.status != "waiting" or step.attempts != number:
        return
    if _child(message) is not None:
        return
    try:
        _started(parent, step, Parent(parent.pk, path, number, (parent.depth or 0) + 1))
    except (InvalidInput, NotFound, NotPublished, _NoChild) as error:
        code = {InvalidInput: "child_input", NotFound: "no_workflow", NotPublished: "no_workflow"}.get(type(error))
        said = {"class": "permanent", "code": code or "no_child", "message": _said(error)}
        event = ChildEnded(path, number, None, "failed", "", None, said, random.random())  # noqa: S311
        _tell(parent.pk, event, f"{number}:not started")


def _started(parent: Run, step: StepRun, link: Parent) -> None:
    name = definition_of(parent.version).at(step.path).spec["workflow"]
    if link.depth > MAX_DEPTH:
        raise _NoChild(f"Runs stand in each other at most {MAX_DEPTH} deep; {name!r} would be one more.")
    workflow = startable().filter(name=name).first()
    if workflow is None:
        raise NotFound(f"There is no workflow {name!r}.")
    actor = Actor("system", f"run:{parent.pk}", f"{parent.workflow.title}"[:150])
    started = start_wanted(Wanted(workflow, values.whole(parent.pk, step.input) or {}, actor, "workflow", None, link))
    if not started.created:
        raise _NoChild(f"Another run of {name!r} has this business key already: {started.run_id}.")
    if parent.paused_at is not None:
        _follow(parent.pk, link.path, started.run_id)


def _said(error: OrchestrationError) -> str:
    if not isinstance(error, InvalidInput):
        return str(error)
    faults = "; ".join(f"{fault['path']}: {fault['message']}" for fault in error.faults[:5])
    return f"The input does not fit the workflow: {faults}"


def _child(message: Mapping[str, Any]) -> Run | None:
    """The newest run that this ask has led to: a child may have been continued as a new run."""
    asked = {"parent_id": message["parent"], "parent_path": message["path"], "parent_number": message["number"]}
    return Run.objects.filter(**asked).order_by(NEWEST).first()


@outbox.on_topic(inbox.CHILD_CANCEL)
def _cancel(message: Mapping[str, Any], key: str) -> None:
    """Ends the child with its parent; one that has just ended well undoes what it did. One that is just being started
    is waited for: raising means once more, later."""
    starting = OutboxMessage.objects.filter(topic=inbox.CHILD_START, key=key).exists()
    child = _child(message)
    if child is None:
        if starting:
            raise NotFound("The run to be cancelled is just being started.")
        return
    reason = f"The run that started it is over: {message['reason']}"
    try:
        advance(child.pk, CancelRequested(reason))
    except InvalidTransition:
        child.refresh_from_db()
        if child.status == Run.Status.RUNNING or child.outcome == "continued":
            raise
        if child.status == Run.Status.SUCCEEDED and _is_let_go(child):
            _undo_what_was_done(child.pk, reason)


def _is_let_go(child: Run) -> bool:
    """Whether its parent hears its end no more, and so will not have it undone in its turn."""
    step = StepRun.objects.get(run=child.parent_id, path=child.parent_path)
    return step.status in ("cancelled", "failed") or bool((step.scope or {}).get("handling"))


@outbox.on_topic(inbox.CHILD_UNDO)
def _undo(message: Mapping[str, Any], _: str) -> None:
    """A run that ended well undoes what it did, for the run that had started it, or one that goes on from that."""
    asker = {"run": message["parent"], "path": message["path"]}
    if not _undo_what_was_done(message["child"], "The run that started it did not end well.", asker):
        child = Run.objects.get(pk=message["child"])
        if child.status not in OPEN_RUN:
            _tell_undone(child, asker)


def _undo_what_was_done(child_id: Any, reason: str, asker: Mapping[str, str] | None = None) -> bool:
    """It takes no business key from others: whoever has the key meanwhile keeps it."""
    try:
        with transaction.atomic():
            held = hold(child_id)
            decided = consider(held, UndoRequested(reason, asker))
            Run.objects.filter(pk=held.row.pk, key_while="open").update(key_while="always")
            commit(held, decided, SYSTEM)
    except InvalidTransition:
        return False
    return True


def _tell_undone(child: Run, asker: Mapping[str, str]) -> None:
    _tell(asker["run"], ChildUndone(asker["path"], str(child.pk)), f"{child.pk}:{UNDONE}")


@outbox.on_topic(inbox.CHILD_FOLLOWS)
def _follows(message: Mapping[str, Any], _: str) -> None:
    """The child stands still and goes on with its parent. One that is just being started is waited for."""
    key = inbox.child_key(message["parent"], message["path"], message["number"])
    starting = OutboxMessage.objects.filter(topic=inbox.CHILD_START, key=key).exists()
    child = _child(message)
    if child is not None:
        _follow(message["parent"], message["path"], child.pk)
    elif starting:
        raise NotFound("The run that follows its parent is just being started.")


def _follow(parent_id: Any, path: str, child_id: Any) -> None:
    def reason() -> str | None:
        parent = Run.objects.select_related("workflow", "version").get(pk=parent_id)
        leaves = definition_of(parent.version).at(path).spec.get("parent_ends") == "leave"
        held = parent.paused_at is not None and not leaves
        return f"The run of {parent.workflow.title} that started it is paused." if held else None

    follow(child_id, "parent", reason)


@outbox.on_topic(inbox.CHILD_ENDED)
def _ended(message: Mapping[str, Any], _: str) -> None:
    child = Run.objects.get(pk=message["child"])
    if child.outcome == UNDONE:
        parent = {"run": str(child.parent_id), "path": child.parent_path or ""}
        _tell_undone(child, (child.undo or {}).get("asker") or parent)
        return
    event = ChildEnded(
        path=child.parent_path or "",
        number=child.parent_number or 0,
        run_id=str(child.pk),
        status=child.status,
        outcome=child.outcome,
        result=values.whole(child.pk, child.result),
        error=child.error,
        draw=random.random(),  # noqa: S311 - spreads retries, protects nothing
        undoes=child.status == Run.Status.SUCCEEDED and bool((child.undo or {}).get("newest")),
    )
    _tell(child.parent_id, event, str(child.pk))


def _tell(parent_id: Any, event: ChildEnded | ChildUndone, dedupe_key: str) -> None:
    """Puts the end of a child into the parent's inbox, and lets the parent go on from it, in one transaction."""
    source = f"child:{event.path}"
    with transaction.atomic():
        held = hold(parent_id, about=event.path)
        if inbox.has_taken(parent_id, source, dedupe_key):
            return
        inbox.take(held.row, source, dedupe_key)
        try:
            decided = consider(held, event)
        except InvalidTransition:  # the parent is over, or waits for a later child
            return
        commit(held, decided, SYSTEM)
