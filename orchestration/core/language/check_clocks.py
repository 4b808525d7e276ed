"""When a review is due, whom it reaches in time, and what counts when nobody answers."""

from __future__ import annotations

from typing import Any

from orchestration.core.language.catalogue import Catalogue
from orchestration.core.language.check_values import Scope, check_condition, closed
from orchestration.core.language.cursor import Cursor
from orchestration.core.language.faults import nearest

PRIORITIES = ("low", "normal", "high", "urgent")
TARGETS = {"backup_of": ("queue",), "manager_of": ("assignee", "queue"), "owner": ("workflow",)}
NAMED_TARGETS = ("user", "role", "group", "queue")
MAX_LEVELS = 12


def check_sla(cursor: Cursor, scope: Scope, catalogue: Catalogue) -> dict[str, Any]:
    """A policy's name, or {policy, due, calendar, critical}; what is written inline wins."""
    if isinstance(cursor.value, str):
        return {"policy": cursor.among(catalogue.sla_policies, "an SLA policy")}
    if not cursor.mapping(("policy", "due", "calendar", "critical")):
        return {}
    made: dict[str, Any] = {}
    policy, due, calendar, critical = (cursor.get(name) for name in ("policy", "due", "calendar", "critical"))
    if policy is not None:
        made["policy"] = policy.among(catalogue.sla_policies, "an SLA policy")
    if due is not None:
        made["due"] = due.duration(least=1)
    elif policy is None:
        cursor.fault("'due' is missing: the time to decide, such as 8h.")
    if calendar is not None:
        made["calendar"] = calendar.among(catalogue.calendars, "a calendar")
    if critical is not None:
        fixed = isinstance(critical.value, bool)
        made["critical"] = critical.value if fixed else check_condition(critical, scope)
    return made


def check_due(cursor: Cursor, catalogue: Catalogue) -> dict[str, Any]:
    """The time that a step or a run has."""
    if not cursor.mapping(("due", "calendar")):
        return {}
    due = cursor.required("due", "the time that it has, such as 8h")
    calendar = cursor.get("calendar")
    made: dict[str, Any] = {"due": due.duration(least=1) if due is not None else None}
    return made | ({"calendar": calendar.among(catalogue.calendars, "a calendar")} if calendar is not None else {})


def check_escalation(cursor: Cursor, scope: Scope, catalogue: Catalogue, *, has_owner: bool) -> Any:
    """A policy's name, {policy: name}, or the levels themselves."""
    if isinstance(cursor.value, str):
        return {"policy": cursor.among(catalogue.escalation_policies, "an escalation policy")}
    if isinstance(cursor.value, dict):
        named = cursor.get("policy") if cursor.mapping(("policy",)) else None
        if named is None:
            cursor.fault("Expected a list of levels or {policy: name}.")
            return []
        return {"policy": named.among(catalogue.escalation_policies, "an escalation policy")}
    levels = list(cursor.items("a list of levels, or the name of a policy"))
    if len(levels) > MAX_LEVELS:
        cursor.fault(f"A chain has at most {MAX_LEVELS} levels.")
    inside = scope.with_name("sla", closed("critical"))
    return [_level(level, inside, catalogue, has_owner=has_owner) for level in levels]


def _level(cursor: Cursor, scope: Scope, catalogue: Catalogue, *, has_owner: bool) -> dict[str, Any]:
    if not cursor.mapping(("after", "to", "when", "priority", "mode", "business")):
        return {}
    after, to = (
        cursor.required("after", "the time since the task was created, such as 24h"),
        cursor.required("to", "whom it reaches, such as {backup_of: queue}"),
    )
    made: dict[str, Any] = {"after": after.duration(least=1) if after else None}
    made["to"] = check_target(to, catalogue, has_owner=has_owner) if to else {}
    when, priority, mode, business = (cursor.get(name) for name in ("when", "priority", "mode", "business"))
    if when is not None:
        made["when"] = check_condition(when, scope)
    if priority is not None:
        made["priority"] = priority.one_of(*PRIORITIES)
    made["mode"] = mode.one_of("add", "move") if mode else "add"
    made["business"] = business.flag() if business else False
    return made


def check_target(cursor: Cursor, catalogue: Catalogue, *, has_owner: bool) -> dict[str, Any]:
    known = (*TARGETS, *NAMED_TARGETS)
    if not cursor.mapping(known):
        return {}
    if len(cursor.value) != 1:
        cursor.fault(f"Expected one of {', '.join(known)}.")
        return {}
    kind, child = next(cursor.children())
    if kind in TARGETS:
        if kind == "owner" and not has_owner:
            child.fault("The workflow has no `owner` that this level could reach.")
        return {"kind": kind, "of": child.one_of(*TARGETS[kind])}
    if kind == "queue":
        return {"kind": kind, "name": child.among(catalogue.queues, "a queue")}
    if kind == "group":
        return {"kind": kind, "name": child.among(catalogue.groups, "a group of people")}
    return {"kind": kind, "name": child.text(f"the name of a {kind}", 150) if kind in NAMED_TARGETS else None}


def check_unanswered(cursor: Cursor, outcomes: list[dict[str, Any]], levels: Any) -> dict[str, Any]:
    if not cursor.mapping(("after", "outcome")):
        return {}
    after = cursor.required("after", "the time until the review ends by itself, such as 10d")
    outcome = cursor.required("outcome", "the outcome that then counts")
    made: dict[str, Any] = {}
    if after is not None:
        made["after"] = after.duration(least=1)
    if outcome is not None:
        names = [each["id"] for each in outcomes]
        made["outcome"] = outcome.value
        if outcome.value not in names:
            outcome.fault(f"{outcome.value!r} is not among the outcomes.{nearest(str(outcome.value), names)}")
    ends = made.get("after")
    later = [each for each in levels or () if isinstance(each, dict) and ends and (each.get("after") or 0) >= ends]
    if later and isinstance(levels, list):
        cursor.fault("A level would fire only after the review has ended by itself.", "advice")
    return made
