"""Asking the requester for information. The answer comes over a signed link, and is part of the case from then on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from mimetypes import guess_type
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from orchestration import api, ports
from orchestration.ports import Actor
from reviewhub.accounts.actors import actor_of
from reviewhub.accounts.models import Person
from reviewhub.reviews.announcements import Fact, announce
from reviewhub.reviews.evidence import evidence_of
from reviewhub.reviews.exceptions import InformationClosed, InvalidRequest, TaskNotFound
from reviewhub.reviews.looks import STEP
from reviewhub.reviews.looks.answering import actor_answering, answered_instead
from reviewhub.reviews.models import InformationRequest, ReviewTask
from reviewhub.reviews.questions import requester_address
from reviewhub.reviews.services.comments import MOST_FILES, File
from reviewhub.reviews.services.holding import hold_task
from reviewhub.reviews.services.pauses import hold_to_pause, set_aside

LONGEST = 4000


@transaction.atomic
def ask_for_information(
    *, task_id: UUID | str, actor: Person, text: str, expected_version: int | None = None
) -> InformationRequest:
    """Send a question to the task's requester, and set the task aside until the answer, for the queue's days at most.

    A question that is still open is replaced. Raises PermissionDenied, SelfApproval, StaleTask, TaskMoved, TaskTaken,
    InvalidRequest, TaskNotFound.
    """
    task = hold_to_pause(task_id, actor, "task.ask", expected_version)
    text = _said(text, "/text", _("The question"))
    to = requester_address(task)
    if not to:
        raise InvalidRequest([{"path": "", "code": "nobody", "message": _("This task names no requester to ask.")}])
    clock, wait = ports.clock(), timedelta(days=task.queue.answer_days)
    now = clock.process_now()
    InformationRequest.objects.filter(task=task, answered_at=None, revoked_at=None).update(revoked_at=now)
    task = set_aside(task, actor, why="asked", until=now + wait, stops_clock=task.queue.asking_stops_clock)
    if task.key == STEP:
        to = answered_instead(task, actor)
    asked = InformationRequest.objects.create(
        task=task, by=actor, to=to, text=text, asked_at=now, expires_at=clock.system_now() + wait
    )
    api.record_run_event(
        run_id=task.run_id,
        kind="desk.asked",
        data={"key": task.key, "request": str(asked.pk)},
        actor=actor_of(actor),
        values={"text": text, "to": to},
    )
    announce(Fact("question", task, now, by=actor, details={"request": str(asked.pk)}))
    return asked


@transaction.atomic
def answer_information(*, request_id: UUID, text: str, files: Sequence[File] = ()) -> InformationRequest:
    """The requester's answer, with files that are documents of the case from then on. The task comes back to whoever
    asked; a page that shows it as it was is stale then.

    Raises InformationClosed (answered, revoked, expired, or the task has moved on), InvalidRequest, TaskNotFound.
    """
    task_id = InformationRequest.objects.filter(pk=request_id).values_list("task_id", flat=True).first()
    if task_id is None:
        raise TaskNotFound
    task = hold_task(task_id)
    asked = InformationRequest.objects.select_related("by").get(pk=request_id)
    if not task.is_waiting or not asked.is_open(ports.clock().system_now()):
        raise InformationClosed
    text, now = _said(text, "/text", _("The answer")), ports.clock().process_now()
    documents = _kept(files)
    sent = {"documents": documents} if documents else {}
    asked.answer, asked.answered_at = text, now
    asked.save(update_fields=("answer", "answered_at"))
    actor = Actor("requester", asked.to, asked.to) if task.key != STEP else actor_answering(asked)
    api.record_run_event(
        run_id=task.run_id,
        kind="desk.answered",
        data={"key": task.key, "request": str(asked.pk)},
        actor=actor,
        values={"text": text, **sent},
    )
    if task.status == ReviewTask.Status.ASKED:
        api.resume_review(run_id=task.run_id, key=task.key, actor=actor, how="answered")
        task.refresh_from_db()
    task.information = [
        *task.information,
        {"asked": asked.text, "by": asked.by.display_name, "answer": text, "at": now.isoformat(), **sent},
    ]
    task.evidence_hash = evidence_of(task)
    task.version += 1
    task.added += 1
    task.save()
    announce(Fact("answered", task, now, people=(asked.by,), details={"request": str(asked.pk)}))
    return asked


def _kept(files: Sequence[File]) -> list[dict[str, Any]]:
    if len(files) > MOST_FILES:
        said = _("There are %(count)s files; at most %(most)s go with an answer.")
        values = {"count": len(files), "most": MOST_FILES}
        raise InvalidRequest([{"path": "/files", "code": "too_many", "message": said % values}])
    most = settings.DOCUMENT_MAX_BYTES
    for file in files:  # all of them before any is kept: whoever has the link is not known to us
        if not 0 < len(file.data) <= most:
            said = _("“%(name)s” was not taken: it is empty, or has more than %(most)s MB.")
            named = {"name": file.name[:80], "most": str(most // 1_000_000)}
            raise InvalidRequest([{"path": "/files", "code": "refused", "message": said % named}])
    return [api.keep_document(file.data, name=file.name, media_type=_type_of(file)) for file in files]


def _type_of(file: File) -> str:
    """By its name. What a stranger's browser says of a file is not asked."""
    return guess_type(file.name)[0] or "application/octet-stream"


def _said(text: str, path: str, what: str) -> str:
    text = text.strip()
    if not text:
        raise InvalidRequest([{"path": path, "code": "missing", "message": _("%(what)s is empty.") % {"what": what}}])
    if len(text) > LONGEST:
        said = _("%(what)s has %(count)s characters; at most %(most)s fit.") % {
            "what": what,
            "count": len(text),
            "most": LONGEST,
        }
        raise InvalidRequest([{"path": path, "code": "too_long", "message": said}])
    return text
