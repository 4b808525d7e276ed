"""What a closed task's page says of second looks: only now, when nothing can be changed by knowing it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import QuerySet

from reviewhub.accounts.models import Person
from reviewhub.accounts.permissions import VERBS, Role
from reviewhub.reviews.looks import STEP
from reviewhub.reviews.models import KnownAnswer, ReviewTask, SecondLook


@dataclass(frozen=True, slots=True)
class Looked:
    """`own`: what the task itself was; `others`: second looks at this case; `known`: the answer somebody stands for."""

    own: SecondLook | None
    others: tuple[SecondLook, ...]
    known: KnownAnswer | None
    may_mark: bool


def looked_of(task: ReviewTask, person: Person, roles: Collection[Role]) -> Looked | None:
    """For those who took part, and those who may read how alike the queue decides. None while it is not closed."""
    if task.status != ReviewTask.Status.CLOSED or task.kind != ReviewTask.Kind.REVIEW:
        return None
    reads = bool(VERBS["quality.read"].roles & set(roles))
    ended = SecondLook.objects.exclude(outcome="").select_related("by", "first_by", "original")
    if task.key == STEP:
        own = _seen(ended.filter(task=task), person, reads=reads)
        return Looked(own[0], (), None, may_mark=False) if own else None
    marks = bool(VERBS["quality.mark"].roles & set(roles))
    known = KnownAnswer.objects.filter(task=task).select_related("marked_by").first() if marks else None
    others = _seen(ended.filter(original=task, kind=SecondLook.Kind.SECOND), person, reads=reads)
    return Looked(None, others, known, marks) if others or marks else None


def is_looked_at_again(task: ReviewTask) -> bool:
    """Whether a second look at this closed case waits for its decision to count."""
    return task.closed_at is not None and SecondLook.objects.filter(original=task, ended_at=None).exists()


def _seen(looks: QuerySet[SecondLook], person: Person, *, reads: bool) -> tuple[SecondLook, ...]:
    return tuple(look for look in looks if reads or person.pk in (look.by_id, look.first_by_id))
