"""Which runs a person may read: by role or as their process owner, or because a task of theirs in it is over.

While a review is open, those who may be asked to decide it do not see its run, on any channel, nor which run it is: a
second look's is not theirs to see, and that has to tell nobody anything.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from orchestration import api
from reviewhub.accounts.models import Person
from reviewhub.accounts.permissions import VERBS, owns_workflow, roles_of
from reviewhub.reviews.exceptions import AnswerFirst
from reviewhub.reviews.hidden import is_hidden_from
from reviewhub.reviews.looks import STEP, WORKFLOW
from reviewhub.reviews.models import Assignment, ReviewTask
from reviewhub.reviews.models.querysets import looked_at_again_before
from reviewhub.reviews.services.holding import may_decide

_UNTOLD = Q(kind=ReviewTask.Kind.REVIEW, closed_at__isnull=True)
_UNTOLD_TASK = Q(task__kind=ReviewTask.Kind.REVIEW, task__closed_at__isnull=True)


def visible_runs(person: Person) -> QuerySet[Any]:
    """What `run.read` of the permission table allows, as a filter on `orchestration.api.runs()`."""
    runs = api.runs()
    if not person.is_active:
        return runs.none()
    if roles_of(person) & VERBS["run.read"].roles:
        return runs
    concerned = Q(Exists(_queued(person))) | Q(Exists(_asked(person)))
    return runs.exclude(workflow__name=WORKFLOW).filter(_owned(person, "workflow__") | (concerned & _is_told(person)))


def visible_runs_in_parts(person: Person) -> tuple[QuerySet[Any], ...]:
    """`visible_runs` for a list: parts that may share rows. Of each by itself a database finds the first few by an
    index; of all at once it works out everything that the person was ever concerned with."""
    if not person.is_active or roles_of(person) & VERBS["run.read"].roles:
        return (visible_runs(person),)
    owned = list(api.workflows().filter(_owned(person)).exclude(name=WORKFLOW).values_list("pk", flat=True))
    told = api.runs().exclude(workflow__name=WORKFLOW).filter(_is_told(person))
    return (
        api.runs().filter(workflow__in=owned),
        told.filter(Exists(_queued(person))),
        told.filter(Exists(_asked(person))),
    )


def _owned(person: Person, of: str = "") -> Q:
    """Whose process owner they are. `of`: the way to the workflow."""
    owned = [workflow for _role, workflow in person.granted if workflow]
    return Q(**{f"{of}name__in": owned}) | Q(**{f"{of}owner": person.username})


def _queued(person: Person) -> QuerySet[ReviewTask]:
    queues = sorted({queue for queue, _role in person.queue_roles})
    return ReviewTask.objects.filter(run=OuterRef("pk"), queue__in=queues)


def _asked(person: Person) -> QuerySet[Assignment]:
    return Assignment.objects.filter(task__run=OuterRef("pk"), person=person)


def _is_told(person: Person) -> Q:
    """Nothing of it is before them to be decided, nor for a second look."""
    deciding, asked = Exists(_queued(person).filter(_UNTOLD)), Exists(_asked(person).filter(_UNTOLD_TASK))
    again = Q(pk__in=ReviewTask.objects.filter(looked_at_again_before(person)).values("run"))
    return Q(~deciding) & Q(~asked) & ~again


def workflows_told(person: Person) -> QuerySet[Any]:
    """Those whose runs somebody may look for."""
    found = api.workflows()
    return found if roles_of(person) & VERBS["run.read"].roles else found.exclude(name=WORKFLOW)


def tells_its_run(task: ReviewTask, person: Person) -> bool:
    """Whether somebody who may read `task` is told which run it is of: by the same rule, of the task alone."""
    if roles_of(person) & VERBS["run.read"].roles:
        return True
    if task.key == STEP:
        return False
    over = task.closed_at is not None or task.kind != ReviewTask.Kind.REVIEW
    return over or owns_workflow(person, task.workflow, task.workflow_owner)


def visible_run(person: Person, run_id: UUID) -> Any | None:
    """With whether an open task of it hides what the AI recommends, asked along."""
    hiding = ReviewTask.objects.filter(run=OuterRef("pk"), ai_hidden=True).waiting()
    return visible_runs(person).annotate(hides=Exists(hiding)).filter(pk=run_id).first()


def require_answered(person: Person, run: Any) -> None:
    """`run`: of `visible_run`. Raises AnswerFirst for whoever may decide an open task of it that hides what the
    AI recommends, and has not answered: what the run's steps gave would tell them."""
    hiding = ReviewTask.objects.filter(run=run.pk, ai_hidden=True).waiting() if run.hides else ()
    for task in hiding:
        if may_decide(task, person) and is_hidden_from(task, person):
            raise AnswerFirst(
                _("Hidden until you have answered “%(title)s”: this run says what the AI recommends.")
                % {"title": task.title}
            )
