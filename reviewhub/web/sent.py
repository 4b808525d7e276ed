"""What a reviewer has sent with the decision form, kept when it has to be shown again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.http import HttpRequest, QueryDict

from reviewhub.accounts.models import Person
from reviewhub.numbers import number_in
from reviewhub.reviews.evidence import EvidenceOpened, evidence_opened
from reviewhub.reviews.models import Decision, ReviewTask
from reviewhub.reviews.services import File, decide_task
from reviewhub.web.presenters.fields import corrections_in

LONGEST_LOOK = 24 * 3600.0  # seconds; a page open for longer says nothing about how long somebody looked


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
    evidence: EvidenceOpened | None = None  # what of the case came into view
    asked: bool = False  # the reasons were open
    corrections: Mapping[str, str] = field(default_factory=dict)


def sent_of(data: QueryDict, task: ReviewTask) -> Sent:
    version, reason, detail = data.get("version", ""), data.get("reason", ""), data.get("detail", "")
    return Sent(
        outcome=data.get("outcome", ""),
        version=number_in(version),
        shown=data.get("shown", ""),
        key=data.get("key", "")[:100],
        opened=data.get("opened", ""),
        reason=reason,
        detail=detail if detail.startswith(f"{reason}/") else "",
        note=data.get("note", ""),
        ai_right=data.get("ai_right", ""),
        severity=data.get("severity", ""),
        confirmed=data.get("confirmed") == "yes",
        evidence=evidence_opened(data.get("evidence", ""), LONGEST_LOOK),
        asked=data.get("asked") == "yes",
        corrections=corrections_in(task, data),
    )


def decide_as_sent(
    sent: Sent,
    task_id: UUID,
    actor: Person,
    channel: Decision.Channel,
    seconds: float | None,
    *,
    proved_by: str = "",
) -> Decision:
    """Decides the task, looked at for so many seconds. Raises what `decide_task` does."""
    return decide_task(
        task_id=task_id,
        actor=actor,
        outcome=sent.outcome,
        expected_version=sent.version,
        fields=sent.corrections,
        reasons=tuple(code for code in (sent.detail or sent.reason,) if code),
        note=sent.note,
        ai_right_if_known=sent.ai_right,
        severity=sent.severity,
        confirmed=sent.confirmed,
        idempotency_key=sent.key,
        channel=channel,
        evidence_hash=sent.shown,
        seconds_spent=seconds,
        opened=sent.evidence,
        proved_by=proved_by,
    )


def files_of(request: HttpRequest) -> list[File]:
    """What a form's `files` bring along, as the browser names them."""
    sent = request.FILES.getlist("files")
    return [File(each.name or "file", each.content_type or "application/octet-stream", each.read()) for each in sent]
