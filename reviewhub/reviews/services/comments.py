"""Commenting on a task."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from orchestration import api, ports
from reviewhub.accounts.actors import actor_of
from reviewhub.accounts.models import Person
from reviewhub.accounts.permissions import require
from reviewhub.reviews.announcements import Fact, announce
from reviewhub.reviews.exceptions import InvalidComment
from reviewhub.reviews.models import Comment
from reviewhub.reviews.services.holding import hold_task

LONGEST = 4000


@transaction.atomic
def comment_on_task(*, task_id: UUID | str, actor: Person, text: str) -> Comment:
    """Add a comment, in any state of the task. Raises PermissionDenied, InvalidComment, TaskNotFound."""
    task = hold_task(task_id)
    require(actor, "task.comment", task)
    text = text.strip()
    if not text:
        raise InvalidComment([{"path": "/text", "code": "missing", "message": "The comment is empty."}])
    if len(text) > LONGEST:
        too_long = f"The comment has {len(text)} characters; at most {LONGEST} fit."
        raise InvalidComment([{"path": "/text", "code": "too_long", "message": too_long}])
    now = ports.clock().process_now()
    comment = Comment.objects.create(task=task, by=actor, text=text, created_at=now)
    api.record_run_event(
        run_id=task.run_id,
        kind="desk.commented",
        data={"key": task.key, "comment": comment.pk},
        actor=actor_of(actor),
        values={"text": text},
    )
    announce(Fact("commented", task, now, by=actor))
    return comment
