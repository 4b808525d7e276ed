"""One act on many tasks of a queue: each for itself, with a record of its own; what cannot be is named."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import gettext as _

from reviewhub.accounts.permissions import PermissionDenied
from reviewhub.reviews.exceptions import InvalidRequest, ReviewError
from reviewhub.reviews.models import Queue, ReviewTask

MOST = 200


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A task that was not done along with the others, with the reason in words."""

    task_id: UUID
    title: str
    why: str


@dataclass(slots=True)
class Done:
    tasks: list[ReviewTask] = field(default_factory=list)
    held_back: list[HeldBack] = field(default_factory=list)


def one_by_one(*, queue: Queue, task_ids: Iterable[UUID], act: Callable[[UUID], ReviewTask]) -> Done:
    """`act` on each task of the queue, in a transaction of its own making. At most `MOST`. Raises InvalidRequest."""
    wanted = list(dict.fromkeys(task_ids))
    if len(wanted) > MOST:
        said = _("At most %(most)s tasks at a time.") % {"most": MOST}
        raise InvalidRequest([{"path": "/tasks", "code": "refused", "message": said}])
    done = Done()
    titles = dict(ReviewTask.objects.filter(pk__in=wanted, queue=queue).values_list("pk", "title"))
    for task_id in wanted:
        if task_id not in titles:
            said = _("It is no task of %(title)s.") % {"title": queue.title}
            done.held_back.append(HeldBack(task_id, str(task_id), said))
            continue
        try:
            done.tasks.append(act(task_id))
        except (ReviewError, PermissionDenied) as refusal:
            done.held_back.append(HeldBack(task_id, titles[task_id], str(refusal)))
    return done
