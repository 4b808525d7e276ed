"""What the requester was asked, and what they answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from reviewhub.reviews.questions import asked_of
from reviewhub.web import moments

if TYPE_CHECKING:
    from reviewhub.accounts.models import Person
    from reviewhub.reviews.models import InformationRequest, ReviewTask


@dataclass(frozen=True, slots=True)
class Information:
    asked: str
    by: str
    answer: str
    at: datetime
    documents: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """One that is open."""

    title: str
    text: str


def information_of(task: ReviewTask) -> tuple[Information, ...]:
    """The newest first."""
    return tuple(
        Information(
            each["asked"],
            each["by"],
            each["answer"],
            datetime.fromisoformat(each["at"]),
            tuple(each.get("documents", ())),
        )
        for each in reversed(task.information)
    )


def question_of(asked: InformationRequest | None, viewer: Person, now: datetime) -> Question | None:
    if asked is None:
        return None
    who = _("You") if asked.by_id == viewer.pk else asked.by.display_name
    values = {"who": who, "to": asked_of(asked), "at": moments.moment(asked.asked_at, now)}
    return Question(_("%(who)s asked %(to)s at %(at)s; no answer yet") % values, asked.text)
