"""What a reviewer has sent with the decision form, kept when it has to be shown again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.http import QueryDict

from reviewhub.reviews.models import ReviewTask
from reviewhub.web.presenters.fields import corrections_in


@dataclass(frozen=True, slots=True)
class Sent:
    outcome: str = ""
    version: int | None = None
    shown: str = ""  # the hash of what was shown
    key: str = ""  # of idempotency
    opened: str = ""  # when the page came, ISO
    reason: str = ""  # of the first level
    detail: str = ""  # of the second, which may be left out
    note: str = ""
    ai_right: str = ""
    severity: str = ""
    confirmed: bool = False
    asked: bool = False  # the reasons were open
    corrections: Mapping[str, str] = field(default_factory=dict)


def sent_of(data: QueryDict, task: ReviewTask) -> Sent:
    version, reason, detail = data.get("version", ""), data.get("reason", ""), data.get("detail", "")
    return Sent(
        outcome=data.get("outcome", ""),
        version=int(version) if version.isdigit() else None,
        shown=data.get("shown", ""),
        key=data.get("key", "")[:100],
        opened=data.get("opened", ""),
        reason=reason,
        detail=detail if detail.startswith(f"{reason}/") else "",
        note=data.get("note", ""),
        ai_right=data.get("ai_right", ""),
        severity=data.get("severity", ""),
        confirmed=data.get("confirmed") == "yes",
        asked=data.get("asked") == "yes",
        corrections=corrections_in(task, data),
    )
