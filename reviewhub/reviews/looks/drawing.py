"""Which cases are looked at again."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from orchestration import api, ports
from orchestration.exceptions import InvalidTransition
from reviewhub.reviews.looks import STEP
from reviewhub.reviews.looks.lots import is_drawn
from reviewhub.reviews.looks.opening import open_known, open_second
from reviewhub.reviews.models import KnownAnswer, Queue, ReviewTask, SecondLook

OVERLAP = timedelta(minutes=5)  # what was being committed when it was last drawn
DECIDED_WITHIN = timedelta(days=1)  # of closing; a run may have been paused in between, but not for longer
AT_ONCE = 200  # closed cases of a queue in one round
GIVEN_UP_AFTER = timedelta(days=30)


def draw_looks() -> None:
    """A chore: draws from what was closed since the last time, and gives up what nobody has taken for a month."""
    wanting = Q(second_share__gt=0) | Q(known_share__gt=0)
    for queue_id in Queue.objects.filter(wanting).order_by("pk").values_list("pk", flat=True):
        _draw(queue_id)
    _give_up()


@transaction.atomic
def _draw(queue_id: int) -> None:
    """The queue is locked, weakly enough that new tasks may refer to it: nobody else draws the same lot meanwhile."""
    queue = Queue.objects.select_for_update(no_key=True).get(pk=queue_id)
    now, since = ports.clock().process_now(), queue.looks_drawn_until
    closed = list(_closed(queue, since - OVERLAP, now)) if since is not None else []
    for task in closed:
        if is_drawn("second", task, queue.second_share) and not _is_open_or_was("second", task):
            open_second(task)
        if is_drawn("known", task, queue.known_share) and not _is_open_or_was("known", task):
            _open_some_known(queue, task)
    reached = closed[-1].closed_at if len(closed) == AT_ONCE else now
    Queue.objects.filter(pk=queue_id).update(looks_drawn_until=reached)


def _closed(queue: Queue, since: datetime, now: datetime) -> list[ReviewTask]:
    """What one person has decided, and counts; second looks are not looked at again."""
    found = ReviewTask.objects.filter(
        queue=queue,
        kind=ReviewTask.Kind.REVIEW,
        status=ReviewTask.Status.CLOSED,
        approvals__isnull=True,
        decided_at__gt=since - DECIDED_WITHIN,
        closed_at__gt=since,
        closed_at__lte=now,
    )
    return list(found.exclude(key=STEP).select_related("queue").order_by("closed_at", "id")[:AT_ONCE])


def _is_open_or_was(kind: str, task: ReviewTask) -> bool:
    return SecondLook.objects.filter(kind=kind, drawn_for=task).exists()


def _open_some_known(queue: Queue, drawn_for: ReviewTask) -> None:
    """The one that was given least, and is not being looked at now."""
    known = KnownAnswer.objects.filter(task__queue=queue).select_related("task__queue")
    given = known.annotate(given=Count("task__looks")).order_by("given", "marked_at", "id")
    for each in given.exclude(task__looks__in=SecondLook.objects.filter(ended_at=None)):
        if open_known(each, drawn_for) is not None:
            return


def _give_up() -> None:
    before = ports.clock().process_now() - GIVEN_UP_AFTER
    forgotten = SecondLook.objects.filter(ended_at=None, opened_at__lt=before, task__isnull=False)
    for run_id in forgotten.values_list("task__run", flat=True):
        try:
            api.cancel_run(run_id=run_id, reason=_("It is not needed any more."), actor=api.SYSTEM)
        except InvalidTransition:  # it was decided just now
            continue
