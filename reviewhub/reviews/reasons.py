"""The reasons that every installation starts with. What is changed in the settings stays changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.apps.registry import Apps
from django.apps.registry import apps as installed
from django.db.models import QuerySet

from reviewhub.reviews.models import OverrideReason

Feeds = OverrideReason.Feeds


@dataclass(frozen=True, slots=True)
class Group:
    """A first-level reason and its details, as {detail: label}."""

    name: str
    label: str
    feeds: str
    trains: bool
    details: dict[str, str]
    needs_note: bool = False


GROUPS = (
    Group(
        "missing_context",
        "Missing context",
        feeds=Feeds.INTEGRATION,
        trains=False,
        details={"elsewhere": "In another system", "arrived_later": "Arrived later", "tacit": "People knew"},
    ),
    Group(
        "policy",
        "Policy",
        feeds=Feeds.PROCESS_OWNER,
        trains=True,
        details={
            "rule_missing": "Rule missing",
            "rule_outdated": "Rule outdated",
            "approved_exception": "Approved exception",
        },
    ),
    Group(
        "recommendation",
        "Conclusion",
        feeds=Feeds.RECOMMENDER,
        trains=True,
        details={
            "conclusion_wrong": "Conclusion wrong",
            "too_strict": "Too strict",
            "too_lenient": "Too lenient",
            "wrong_route": "Wrong route",
        },
    ),
    Group(
        "evidence",
        "Evidence",
        feeds=Feeds.RECOMMENDER,
        trains=True,
        details={"unsupported": "Unsupported", "misread": "Misread", "cherry_picked": "Cherry-picked"},
    ),
    Group(
        "extraction",
        "Extraction",
        feeds=Feeds.RECOMMENDER,
        trains=True,
        details={
            "wrong_value": "Wrong value",
            "missed_field": "Missed field",
            "invented_value": "Invented value",
            "wrong_format": "Wrong format",
        },
    ),
    Group(
        "classification",
        "Wrong class",
        feeds=Feeds.RECOMMENDER,
        trains=True,
        details={"wrong_class": "Another class", "ambiguous": "Ambiguous", "class_missing": "Class missing"},
    ),
    Group(
        "data_quality",
        "Bad data",
        feeds=Feeds.DATA_OWNER,
        trains=False,
        details={
            "stale": "Out of date",
            "duplicate": "Duplicate",
            "unreadable": "Unreadable",
            "contradictory": "Contradictory",
        },
    ),
    Group(
        "safety",
        "Safety",
        feeds=Feeds.SAFETY,
        trains=False,
        details={"injection": "Instructions in the text", "bias": "Bias", "privacy": "Privacy"},
    ),
    Group(
        "preference",
        "Preference",
        feeds=Feeds.NOBODY,
        trains=True,
        details={"judgement": "Judgement", "style": "Style"},
    ),
    Group(
        "human_error",
        "Slip",
        feeds=Feeds.NOBODY,
        trains=False,
        details={"misclick": "Misclick", "reversed": "Changed my mind"},
    ),
    Group("other", "Other", feeds=Feeds.PROCESS_OWNER, trains=False, details={}, needs_note=True),
)

_ROOM = 100  # between the positions of groups, for their details
NEVER_TRAIN = frozenset({"policy/approved_exception"})  # in groups that otherwise do


def add_missing(*, using: str, apps: Apps = installed, **_: Any) -> None:
    """After every migration and flush: what is not in the catalogue yet comes into it, what is there stays."""
    try:
        reasons = apps.get_model("reviews", "OverrideReason")
    except LookupError:  # migrated back to before there were any
        return
    rows: QuerySet[Any] = QuerySet(reasons, using=using)
    everywhere = rows.filter(workflow="") if hasattr(reasons, "workflow") else rows
    known = set(everywhere.values_list("code", flat=True))
    rows.bulk_create(reasons(**fields) for fields in default_reasons() if fields["code"] not in known)


def default_reasons() -> list[dict[str, object]]:
    """The fields of every default reason, groups before their details."""
    rows: list[dict[str, object]] = []
    for position, group in enumerate(GROUPS, start=1):
        rows.append(_row(group, "", group.label, position * _ROOM))
        details = enumerate(group.details.items(), start=position * _ROOM + 1)
        rows += [_row(group, detail, label, place) for place, (detail, label) in details]
    return rows


def _row(group: Group, detail: str, label: str, position: int) -> dict[str, object]:
    code = f"{group.name}/{detail}" if detail else group.name
    return {
        "group": group.name,
        "detail": detail,
        "code": code,
        "label": label,
        "feeds": str(group.feeds),
        "trains": group.trains and code not in NEVER_TRAIN,
        "needs_note": group.needs_note,
        "position": position,
    }
