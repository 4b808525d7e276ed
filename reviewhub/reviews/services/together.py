"""Deciding several tasks in one act: each gets its own decision, record and undo, and what needs a closer look is held
back and named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from reviewhub.accounts.models import Person
from reviewhub.reviews.exceptions import InvalidRequest, ReviewError
from reviewhub.reviews.models import Decision, ReviewTask
from reviewhub.reviews.services.answers import Answer, checked_answer
from reviewhub.reviews.services.decisions import decide_task
from reviewhub.reviews.services.one_by_one import HeldBack

MOST = 100


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
            held_back.append(HeldBack(task.pk, task.title, because))
        else:
            fitting.append(task)
    return Together(tuple(fitting), tuple(held_back))


@dataclass(frozen=True, slots=True)
class Act:
    """One answer to several tasks. With a key, what was decided under it before is not decided again."""

    actor: Person
    outcome: str
    reasons: Sequence[str] = ()
    note: str = ""
    idempotency_key: str = ""
    channel: str = Decision.Channel.WEB


def decide_together(
    *,
    versions: Mapping[UUID, int],
    actor: Person,
    outcome: str,
    reasons: Sequence[str] = (),
    note: str = "",
    idempotency_key: str = "",
    channel: str = Decision.Channel.WEB,
) -> tuple[list[Decision], list[HeldBack]]:
    """Decide each task as it was shown (`versions` by id), in the order given; 100 at most. A high risk is never taken
    along. What has moved on, or needs a reason that was not given, is held back like the rest. What the actor may not
    see is passed over. The same key sent again answers with the same decisions.

    Raises InvalidRequest where there are too many.
    """
    if len(versions) > MOST:
        said = _("%(count)s tasks at once; at most %(most)s are decided together.") % {
            "count": len(versions),
            "most": MOST,
        }
        raise InvalidRequest([{"path": "", "code": "too_many", "message": said}])
    act = Act(actor, outcome, reasons, note, idempotency_key, channel)
    known = ReviewTask.objects.visible_to(actor).select_related("queue").in_bulk(list(versions))
    before = _decided_before(act, known)
    found = sorted_out(known[pk] for pk in versions if pk in known and pk not in before)
    decided, held_back = dict(before), list(found.held_back)
    for task in found.tasks:
        try:
            decided[task.pk] = _decide(task, versions[task.pk], act, together=len(found.tasks))
        except (ReviewError, PermissionDenied) as error:
            held_back.append(HeldBack(task.pk, task.title, str(error)))
    return [decided[pk] for pk in versions if pk in decided], held_back


def _decided_before(act: Act, known: Iterable[UUID]) -> dict[UUID, Decision]:
    if not act.idempotency_key:
        return {}
    own = Decision.objects.select_related("task").filter(
        by=act.actor, idempotency_key=act.idempotency_key, outcome=act.outcome
    )
    return {decision.task_id: decision for decision in own.filter(task__in=list(known))}


def _decide(task: ReviewTask, version: int, act: Act, *, together: int) -> Decision:
    checked_answer(task, Answer(act.outcome, {}, tuple(act.reasons), act.note, "", confirmed=False))  # no high risk
    return decide_task(
        task_id=task.pk,
        actor=act.actor,
        outcome=act.outcome,
        expected_version=version,
        reasons=act.reasons,
        note=act.note,
        idempotency_key=act.idempotency_key,
        channel=act.channel,
        together=together,
    )


def _because(task: ReviewTask, first: ReviewTask) -> str:
    if not task.is_waiting:
        return _("It needs no decision any more.")
    if task.kind != ReviewTask.Kind.REVIEW:
        return _("A failed step is looked at by itself.")
    if task.ai_hidden:
        return _("What the AI says is hidden until you have answered: decide it by itself.")
    if task.critical or any(outcome.get("risk") == "high" for outcome in task.outcomes):
        return _("A high risk is decided by itself.")
    same = (task.workflow, task.workflow_version, task.step_id) == (
        first.workflow,
        first.workflow_version,
        first.step_id,
    )
    return "" if same else _("It asks something else than the first one.")
