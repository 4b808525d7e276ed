"""The clocks of a second look: those that its case had, by the versions of the policies that the case had pinned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestration import api
from reviewhub.accounts.models import PeopleGroup
from reviewhub.reviews.models import EscalationPolicyVersion, Queue, ReviewTask, SlaPolicyVersion

_Versions = type[SlaPolicyVersion] | type[EscalationPolicyVersion]


def clocks_of(original: ReviewTask) -> dict[str, Any]:
    """`sla`, `escalate` and `unanswered` as the text of a review says them. Conditions stand as they were answered for
    the case: a second look has neither its input nor the results of its steps."""
    version = api.versions(original.workflow).get(number=original.workflow_version)
    spec = api.definition_of(version).step(original.step_id).spec
    sla = _pinned(original, "sla", spec.get("sla"), SlaPolicyVersion) or {}
    levels = _pinned(original, "escalation", spec.get("escalate"), EscalationPolicyVersion) or ()
    applies = {step["level"]: step["applies"] for step in original.future}
    clocks = {
        "sla": _sla(sla, critical=original.critical),
        "escalate": [_level(original, level, applies.get(index, False)) for index, level in enumerate(levels)],
        "unanswered": _timed(spec.get("unanswered") or {}),
    }
    return {name: said for name, said in clocks.items() if said}


def conditions_of(original: ReviewTask) -> dict[int, str | None]:
    """What each level of its chain depended on, as it was written."""
    return {step["level"]: step["when"] for step in original.future if step["kind"] == "level"}


def _pinned(original: ReviewTask, kind: str, spec: Any, versions: _Versions) -> Any:
    """What is written inline wins over what is named; as the core has it."""
    if not isinstance(spec, Mapping) or "policy" not in spec:
        return spec
    pinned = {"policy__name": spec["policy"], "number": original.policies.get(f"{kind}:{spec['policy']}")}
    body = versions.objects.filter(**pinned).values_list("body", flat=True).first()
    return {**body, **_without(spec, "policy")} if isinstance(body, dict) else body


def _sla(sla: Mapping[str, Any], *, critical: bool) -> dict[str, Any]:
    if sla.get("due") is None:
        return {}
    calendar = {"calendar": sla["calendar"]} if sla.get("calendar") else {}
    return {"due": _span(sla["due"]), "critical": critical, **calendar}


def _level(original: ReviewTask, level: Mapping[str, Any], applies: bool) -> dict[str, Any]:
    when = {} if applies else {"when": "${ false }"}
    return {**_timed(_without(level, "to", "when")), "to": _target(original, level["to"]), **when}


def _target(original: ReviewTask, to: Mapping[str, str]) -> dict[str, str]:
    """Who or what is there no more is asked no more: as of any task, whoever answers for the queue is."""
    kind, of = to["kind"], to.get("of") or to.get("name", "")
    match kind:
        case "owner":
            there = bool(original.workflow_owner)
        case "group":
            there = PeopleGroup.objects.filter(name=of).exists()
        case "queue":
            there = Queue.objects.filter(slug=of).exists()
        case _:
            there = True
    return {kind: of} if there else {"manager_of": "queue"}


def _timed(said: Mapping[str, Any]) -> dict[str, Any]:
    """With its `after` as it is written."""
    return {**said, "after": _span(said["after"])} if said else {}


def _span(seconds: float) -> str:
    return f"{int(seconds // 60)}m{seconds % 60:g}s"


def _without(said: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in said.items() if name not in names}
