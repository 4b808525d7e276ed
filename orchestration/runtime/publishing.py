"""Workflows and their versions: checking, drafts, publishing, going back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction

from orchestration.core.language.check import Catalogue, Checked, Fault, check_text
from orchestration.core.language.check import check_policy as check_policy_text
from orchestration.exceptions import InvalidTransition, InvalidWorkflow, NotFound
from orchestration.models import Connection, DecisionPoint, Workflow, WorkflowDraft, WorkflowVersion
from orchestration.ports import Actor, bound, clock
from orchestration.runtime.audit import record_change
from orchestration.runtime.definitions import definition_of
from orchestration.runtime.rehearsing import failures_as_faults, rehearse_tests
from orchestration.runtime.tools import tools


def catalogue() -> Catalogue:
    """What a workflow of this installation may name."""
    names = bound.policies.names() if bound.policies is not None else {}
    return Catalogue(
        tools={known.reference: (known.input, known.output, known.idempotent) for known in tools().values()},
        lookups=frozenset(known.reference for known in tools().values() if known.reads),
        decision_points=frozenset(DecisionPoint.objects.values_list("name", flat=True)),
        queues=names.get("queues"),
        groups=names.get("groups"),
        calendars=names.get("calendars"),
        escalation_policies=names.get("escalation_policies"),
        sla_policies=names.get("sla_policies"),
        workflows=_input_schemas(),
        connections=frozenset(Connection.objects.values_list("name", flat=True)),
        built_in=_built_in(),
    )


def _built_in() -> frozenset[str]:
    return bound.policies.built_in() if bound.policies is not None else frozenset()


def _input_schemas() -> dict[str, Mapping[str, Any]]:
    """Of the published workflows, by name: what a step that starts one has to give."""
    published = Workflow.objects.filter(current__isnull=False).select_related("current")
    rows = published.defer("current__text", "current__definition")
    return {row.name: definition_of(row.current).input_schema for row in rows if row.current is not None}


def check_workflow(text: str) -> Checked:
    """Every fault of the text at once, with its line. Writes nothing."""
    return _checked(text, catalogue())


def check_own(text: str) -> Checked:
    """Checks a text that the installation has written itself, under one of its own names."""
    return _checked(text, replace(catalogue(), built_in=frozenset()))


def check_offline(text: str) -> Checked:
    """Checks a text without the names of an installation; needs no database."""
    return check_text(text, Catalogue(built_in=_built_in()))


def _checked(text: str, known: Catalogue) -> Checked:
    checked = check_text(text, known)
    if checked.canonical is None:
        return checked
    clashes = _path_clashes(checked)
    return checked if not clashes else Checked(None, checked.faults + clashes, None)


def check_policy(kind: str, text: str) -> Checked:
    """Checks the text of a named policy alone; `kind` is escalation or sla."""
    return check_policy_text(kind, text, catalogue())


def _path_clashes(checked: Checked) -> tuple[Fault, ...]:
    """A webhook's address belongs to one workflow."""
    canonical = checked.canonical or {}
    ours = {trigger["webhook"]["path"] for trigger in canonical.get("triggers", ()) if "webhook" in trigger}
    faults = []
    others = Workflow.objects.exclude(name=canonical["workflow"]).exclude(current=None).values_list("current", "name")
    names = dict(others)
    for version in WorkflowVersion.objects.filter(pk__in=names):
        for trigger in definition_of(version).triggers:
            path = trigger.get("webhook", {}).get("path")
            if path in ours:
                message = f"The webhook path {path!r} belongs to the workflow {names[version.pk]!r} already."
                faults.append(Fault(line=1, column=1, path="triggers", message=message, level="error"))
    return tuple(faults)


def publish_workflow(*, text: str, note: str, actor: Actor, expected_current: int | None = None) -> WorkflowVersion:
    """Makes the text the version that new runs take. Raises `InvalidWorkflow`; the published version then stays.

    The same content as the current version publishes nothing. With `expected_current`, raises `InvalidTransition`
    where another version was published in between.
    """
    checked = check_workflow(text)
    canonical = checked.canonical
    if canonical is None or checked.content_hash is None:
        raise InvalidWorkflow(checked.faults)
    with transaction.atomic():
        workflow = _locked(canonical["workflow"], create_as=canonical.get("title"))
        current = workflow.current
        if expected_current is not None and expected_current != (current.number if current else 0):
            number = current.number if current else 0
            raise InvalidTransition(f"Version {number} was published in between; compare before you publish.")
        if current is not None and current.content_hash == checked.content_hash:
            return current  # a draft stays: its comments and tests may be new, and no version would keep them
        WorkflowDraft.objects.filter(workflow=workflow).delete()
        version = WorkflowVersion.objects.create(
            workflow=workflow,
            number=_next_number(workflow),
            text=text,
            definition=canonical,
            content_hash=checked.content_hash,
            note=note,
            published_at=clock().process_now(),
            published_by=actor.label,
        )
        workflow.title = canonical.get("title") or workflow.name
        workflow.owner = canonical.get("owner") or ""
        _point_to(workflow, version, "workflow.published", actor, note)
        return version


def keep_version(*, text: str, actor: Actor) -> WorkflowVersion:
    """A version of exactly this content, which only those take who name it: new runs go on taking the current one.

    The text is one of the installation's own. The same content is kept once. Raises `InvalidWorkflow`.
    """
    checked = check_own(text)
    if checked.canonical is None or checked.content_hash is None:
        raise InvalidWorkflow(checked.faults)
    name, same = checked.canonical["workflow"], {"content_hash": checked.content_hash}
    known = WorkflowVersion.objects.filter(workflow__name=name, **same).first()
    if known is not None:
        return known
    with transaction.atomic():
        workflow = _locked(name, create_as=checked.canonical["title"])
        known = workflow.versions.filter(**same).first()
        return known or _kept(workflow, text, checked, actor)


def _kept(workflow: Workflow, text: str, checked: Checked, actor: Actor) -> WorkflowVersion:
    """Of a text that has no fault."""
    version = WorkflowVersion.objects.create(
        workflow=workflow,
        number=_next_number(workflow),
        text=text,
        definition=checked.canonical,
        content_hash=checked.content_hash or "",
        published_at=clock().process_now(),
        published_by=actor.label,
    )
    data = {"version": version.number, "content_hash": version.content_hash}
    record_change(chain=f"workflow:{workflow.name}", kind="workflow.version_kept", data=data, actor=actor)
    return version


def deploy_workflow(
    *, text: str, note: str, actor: Actor, expected_current: int | None = None, skip_tests: bool = False
) -> WorkflowVersion:
    """Publishes a text whose tests pass. Raises `InvalidWorkflow` with what failed, and publishes nothing."""
    failed = failures_as_faults(rehearse_tests(check_workflow(text))) if not skip_tests else ()
    if failed:
        raise InvalidWorkflow(failed, "The workflow's tests fail.")
    return publish_workflow(text=text, note=note, actor=actor, expected_current=expected_current)


def activate_version(*, workflow: str, number: int, actor: Actor) -> WorkflowVersion:
    """Goes back (or forward) to a published version: new runs take it. Raises `NotFound`, `InvalidWorkflow`."""
    with transaction.atomic():
        row = _locked(workflow)
        version = row.versions.filter(number=number).first()
        if version is None:
            raise NotFound(f"The workflow {workflow!r} has no version {number}.")
        checked = check_workflow(version.text)
        if checked.canonical is None:
            raise InvalidWorkflow(checked.faults, f"Version {number} cannot run in this installation any more.")
        row.title = version.definition.get("title") or row.name
        row.owner = version.definition.get("owner") or ""
        _point_to(row, version, "workflow.activated", actor, "")
        return version


def save_draft(*, workflow: str, text: str, revision: int, actor: Actor) -> WorkflowDraft:
    """Keeps a text that is being worked on. `revision` is the one that was read (0: none yet); a stale one raises
    `InvalidTransition` and changes nothing."""
    with transaction.atomic():
        row = _locked(workflow, create_as=workflow)
        draft = WorkflowDraft.objects.filter(workflow=row).first()
        known = draft.revision if draft else 0
        if revision != known:
            who = draft.changed_by if draft else "Somebody"
            raise InvalidTransition(f"{who} has changed this draft in between; nothing of yours was saved over it.")
        draft = draft or WorkflowDraft(workflow=row, base_number=row.current.number if row.current else 0)
        draft.text, draft.revision = text, known + 1
        draft.changed_at, draft.changed_by = clock().process_now(), actor.label
        draft.save()
        record_change(
            chain=f"workflow:{row.name}", kind="workflow.draft_saved", data={"revision": draft.revision}, actor=actor
        )
        return draft


def _locked(name: str, create_as: str | None = None) -> Workflow:
    """The workflow's row, locked: publishing is one after another."""
    if create_as is not None:
        Workflow.objects.get_or_create(name=name, defaults={"title": create_as, "created_at": clock().process_now()})
    try:
        return Workflow.objects.select_for_update(of=("self",)).select_related("current").get(name=name)
    except Workflow.DoesNotExist:
        raise NotFound(f"There is no workflow {name!r}.") from None


def _next_number(workflow: Workflow) -> int:
    newest = workflow.versions.order_by("-number").values_list("number", flat=True).first()
    return (newest or 0) + 1


def _point_to(workflow: Workflow, version: WorkflowVersion, kind: str, actor: Actor, note: str) -> None:
    before = workflow.current.number if workflow.current else None
    workflow.current = version
    workflow.save()
    data = {"from": before, "to": version.number, "content_hash": version.content_hash, "note": note}
    record_change(chain=f"workflow:{workflow.name}", kind=kind, data=data, actor=actor)
