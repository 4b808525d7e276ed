"""Deciding several tasks in one act: each gets its own decision, record and undo, and what needs a closer look is held
back and named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import PermissionDenied

from reviewhub.accounts.models import Person
from reviewhub.reviews.exceptions import InvalidRequest, ReviewError
from reviewhub.reviews.models import Decision, ReviewTask
from reviewhub.reviews.services.answers import Answer, checked_answer
from reviewhub.reviews.services.decisions import decide_task

MOST = 100


@dataclass(frozen=True, slots=True)
class HeldBack:
    task: ReviewTask
    because: str


@dataclass(frozen=True, slots=True)
class Together:
    """What fits together, and what does not, with why."""

    tasks: tuple[ReviewTask, ...]
    held_back: tuple[HeldBack, ...]


def sorted_out(tasks: Iterable[ReviewTask]) -> Together:
    """Those of one step of one workflow version, and of low risk. The first one says which step."""
    fitting: list[ReviewTask] = []
    held_back = []
    for task in tasks:
        because = _because(task, fitting[0] if fitting else task)
        if because:
            held_back.append(HeldBack(task, because))
        else:
            fitting.append(task)
    return Together(tuple(fitting), tuple(held_back))


def decide_together(
    *, versions: Mapping[UUID, int], actor: Person, outcome: str, reasons: Sequence[str] = (), note: str = ""
) -> tuple[list[Decision], list[HeldBack]]:
    """Decide each task as it was shown (`versions` by id), in the order given; 100 at most. A high risk is never taken
    along. What has moved on, or needs a reason that was not given, is held back like the rest.

    Raises InvalidRequest where there are too many.
    """
    if len(versions) > MOST:
        said = f"{len(versions)} tasks at once; at most {MOST} are decided together."
        raise InvalidRequest([{"path": "", "code": "too_many", "message": said}])
    known = ReviewTask.objects.select_related("queue").in_bulk(list(versions))
    found = sorted_out(known[task_id] for task_id in versions if task_id in known)
    held_back, decided = list(found.held_back), []
    for task in found.tasks:
        try:
            _refuse_high_risk(task, outcome, reasons, note)
            decided.append(
                decide_task(
                    task_id=task.pk,
                    actor=actor,
                    outcome=outcome,
                    expected_version=versions[task.pk],
                    reasons=reasons,
                    note=note,
                    together=len(found.tasks),
                )
            )
        except (ReviewError, PermissionDenied) as error:
            held_back.append(HeldBack(task, str(error)))
    return decided, held_back


def _because(task: ReviewTask, first: ReviewTask) -> str:
    if not task.is_waiting:
        return "It needs no decision any more."
    if task.kind != ReviewTask.Kind.REVIEW:
        return "A failed step is looked at by itself."
    if task.critical or any(outcome.get("risk") == "high" for outcome in task.outcomes):
        return "A high risk is decided by itself."
    same = (task.workflow, task.workflow_version, task.step_id) == (
        first.workflow,
        first.workflow_version,
        first.step_id,
    )
    return "" if same else "It asks something else than the first one."


def _refuse_high_risk(task: ReviewTask, outcome: str, reasons: Sequence[str], note: str) -> None:
    checked_answer(task, Answer(outcome, {}, tuple(reasons), note, "", confirmed=False))
