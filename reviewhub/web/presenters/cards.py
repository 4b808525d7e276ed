"""A task as one card on the phone: what decides it above the fold, and what each outcome asks before it counts.

A card has to work without a connection, so it brings along every question that the desk might ask.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.template.loader import render_to_string

from reviewhub.accounts.models import Person
from reviewhub.direction import in_order
from reviewhub.reviews.exceptions import InvalidDecision
from reviewhub.reviews.models import ReviewTask
from reviewhub.reviews.selectors import TaskDetail, seen_among
from reviewhub.reviews.services.answers import Answer, checked_answer
from reviewhub.web.presenters.asking import Ask, ask_of
from reviewhub.web.presenters.outcomes import OutcomeButton
from reviewhub.web.presenters.task_pages import TaskPage, page_of_task
from reviewhub.web.sent import Sent

BOTH_WAYS = 2


@dataclass(frozen=True, slots=True)
class Way:
    """One outcome of a card. `swipe` is "left", "right" or empty; `ask` is what has to be said first."""

    button: OutcomeButton
    swipe: str
    ask: Ask | None


def card_of(detail: TaskDetail, viewer: Person, view: str) -> dict[str, Any]:
    """JSON: {"id", "version", "shown", "mark", "added", "changed", "title", "html"}; the HTML is of the viewer's own
    card, `mark` what says how far they saw it, `changed` whether there is something new to them."""
    page = page_of_task(detail, viewer, view)
    page = replace(page, fields=tuple(replace(field, editable=False) for field in page.fields))
    context = {"page": page, "task": detail.task, "ways": _ways(page, detail.task), "list": {"view": view}}
    return {
        "id": page.id,
        "version": page.version,
        "shown": page.evidence_hash,
        "mark": "" if page.seen_all else page.mark,
        "added": detail.task.added,
        "changed": seen_among(viewer, [page.id]).get(page.id, False),
        "title": in_order(page.title),
        "html": in_order(render_to_string("phone/card.html", context)),
    }


def _ways(page: TaskPage, task: ReviewTask) -> list[Way]:
    main = [button.id for button in page.outcomes if button.main]
    return [Way(button, _swipe(button.id, main), _asked(task, button)) for button in page.outcomes]


def _swipe(outcome: str, main: list[str]) -> str:
    """The first of the two decisions is to the right, the other to the left; one alone is to the right."""
    if outcome not in main[:BOTH_WAYS]:
        return ""
    return "right" if outcome == main[0] else "left"


def _asked(task: ReviewTask, button: OutcomeButton) -> Ask | None:
    """What the desk would answer if only this outcome were sent: a reason, a confirmation, or nothing."""
    try:
        checked_answer(task, Answer(button.id, {}, (), "", "", confirmed=False))
    except InvalidDecision as error:
        faults = error.by_path
        return ask_of(task, Sent(outcome=button.id), faults, (), reasons="/reasons" in faults)
    return None
