"""Tasks that hide what the AI recommends until a reviewer has committed to a first answer of their own.

While a task hides it, `ai_outcome` and `ai_confidence` are empty in its row, so that no list, filter or order tells
them; they are in its recommendation. What was read for its fields is hidden too; what a field holds is the case's, and
is not. Whoever has answered sees it from then on, everybody once the task is decided.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reviewhub.accounts.models import Person
from reviewhub.reviews.looks.lots import is_drawn
from reviewhub.reviews.models import FirstAnswer, ReviewTask

OF_THE_AI = ("low_confidence",)  # why a person sees a task, as far as it says how sure the AI is


def hide(task: ReviewTask, share: int) -> None:
    """A task that is being opened, where the lot falls on it. Failed steps, and tasks without an answer of the AI or
    with something that speaks against it, hide nothing."""
    if not share or task.kind != ReviewTask.Kind.REVIEW or not task.ai_outcome:
        return
    said = task.recommendation
    if said is not None and not said.provenance.get("concerns") and is_drawn("hidden", task, share):
        task.ai_hidden, task.ai_outcome, task.ai_confidence = True, "", None
        task.why = [code for code in task.why if code not in OF_THE_AI] or ["always"]


def is_hidden_from(task: ReviewTask, person: Person | None) -> bool:
    """`None`: a program that is nobody's."""
    if not task.ai_hidden or not task.is_waiting:
        return False
    return person is None or not FirstAnswer.objects.filter(task=task, by=person).exists()


def as_seen_by(task: ReviewTask, person: Person | None) -> ReviewTask:
    """The task in memory, never to be saved: without the AI's answer and what it read, or with both."""
    if is_hidden_from(task, person):
        task.recommendation = None
        task.context = {"input": {}, "steps": {}, **without_the_ai(task.context)}
        task.fields = [{name: said for name, said in field.items() if name != "read"} for field in task.fields]
    elif task.ai_hidden:
        show(task)
    return task


def show(task: ReviewTask) -> None:
    """Puts back in memory what the row of the task hides."""
    if task.ai_hidden and task.recommendation is not None:
        task.ai_outcome, task.ai_confidence = task.recommendation.outcome, task.recommendation.confidence


def without_the_ai(value: Any) -> Any:
    """What came of the case alone, however deep a step has put what the AI says or read."""
    if isinstance(value, Mapping):
        return {name: without_the_ai(each) for name, each in value.items() if not _says_it(each)}
    if isinstance(value, list):
        return [without_the_ai(each) for each in value if not _says_it(each)]
    return value


def _says_it(value: Any) -> bool:
    """A recommendation, or what was read for a field: both say how sure of it the AI is."""
    if not isinstance(value, Mapping) or not value.keys() & {"confidence", "own_confidence"}:
        return False
    return bool(value.keys() & {"outcome", "value"})
