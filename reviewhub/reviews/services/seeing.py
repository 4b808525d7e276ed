"""Keeping how far somebody has seen a case, so that they are shown what is new the next time."""

from __future__ import annotations

import re
from uuid import UUID

from django.db import transaction

from orchestration import ports
from reviewhub.accounts.models import Person
from reviewhub.reviews.models import CaseSeen, Comment, ReviewTask
from reviewhub.reviews.selectors.changes import point_of
from reviewhub.reviews.selectors.detail import read_task

_MARK = re.compile(r"(\d{1,9})-(\d{1,9})-(\d{1,18})")


def mark_seen(*, task_id: UUID | str, actor: Person, mark: str) -> None:
    """How far the page showed the task, in its own words (`mark_of`): nothing but the sender's own marks depends on
    that, and what is no mark changes nothing. What was new stays marked for a while. Raises PermissionDenied,
    TaskNotFound."""
    _note(task_id, actor, mark, lingers=True)


def put_changes_away(*, task_id: UUID | str, actor: Person, mark: str) -> None:
    """The same at once: nothing is new any more. Raises PermissionDenied, TaskNotFound."""
    _note(task_id, actor, mark, lingers=False)


@transaction.atomic
def _note(task_id: UUID | str, actor: Person, mark: str, *, lingers: bool) -> None:
    task = read_task(task_id, actor)
    told = _MARK.fullmatch(mark)
    if told is None:
        return
    clock = ports.clock()
    added, answers, comment = (int(each) for each in told.groups())
    now = {"task": task, "added": added, "answers": answers, "comment": comment}
    now |= {"at": clock.process_now(), "noted_at": clock.system_now()}
    seen, is_first = CaseSeen.objects.select_for_update().get_or_create(
        person=actor, run_id=task.run_id, item=task.item, defaults=now
    )
    if is_first:
        return
    if seen.task.created_at > task.created_at or (lingers and (seen.task_id, seen.added) == (task.pk, added)):
        return
    before = point_of(seen, clock.system_now()).stored() if lingers else None
    for name, value in {**now, "before": before}.items():
        setattr(seen, name, value)
    seen.save()


def know_own_comment(task: ReviewTask, comment: Comment) -> None:
    """Whoever had seen all but what they said themselves has still seen all."""
    own = CaseSeen.objects.filter(person=comment.by, task=task, added=task.added - 1)
    own.update(added=task.added, comment=comment.pk)
