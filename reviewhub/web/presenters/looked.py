"""Second looks in words."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from reviewhub.accounts.models import Person
from reviewhub.reviews.looks.answering import answered_by
from reviewhub.reviews.models import ReviewTask, SecondLook
from reviewhub.reviews.selectors.looked import Looked


@dataclass(frozen=True, slots=True)
class LookedShown:
    """`says` are sentences; `case` is the address of the case that was looked at again."""

    says: tuple[str, ...]
    case: str
    known: str  # the label of the answer that is known
    known_id: str
    answers: tuple[tuple[str, str], ...]


def looked_shown(looked: Looked | None, task: ReviewTask, viewer: Person) -> LookedShown | None:
    if looked is None:
        return None
    answers = tuple((str(each["id"]), str(each["label"])) for each in task.outcomes) if looked.may_mark else ()
    known = looked.known
    return LookedShown(
        says=_says(looked, task, viewer),
        case=reverse("web:task", args=[looked.own.original_id]) if looked.own else "",
        known=task.label_of(known.outcome) if known else "",
        known_id=known.outcome if known else task.outcome,
        answers=answers,
    )


def _says(looked: Looked, task: ReviewTask, viewer: Person) -> tuple[str, ...]:
    if looked.own is not None:
        return (_own(looked.own, task, viewer),)
    return tuple(_other(look, task, viewer) for look in looked.others)


def _own(look: SecondLook, task: ReviewTask, viewer: Person) -> str:
    words = {
        "who": _name(look.by, viewer),
        "outcome": task.label_of(look.outcome),
        "first": _name(look.first_by, viewer),
        "expected": task.label_of(look.expected),
    }
    if look.kind == SecondLook.Kind.KNOWN:
        said = _("This was a case whose answer is known: “%(expected)s”. %(who)s decided “%(outcome)s”.")
    else:
        said = _("This was a second look. %(first)s had decided “%(expected)s”, %(who)s decided “%(outcome)s”.")
    instead = ", ".join(person.display_name for person in answered_by(task))
    answered = _("%(who)s answered in the requester’s place.") % {"who": instead} if instead else ""
    return " ".join(filter(None, (said % words, answered, _("It has no effect but to be compared."))))


def _other(look: SecondLook, task: ReviewTask, viewer: Person) -> str:
    words = {"who": _name(look.by, viewer), "outcome": task.label_of(look.outcome)}
    if look.agrees:
        return _("%(who)s looked at it again without knowing, and decided “%(outcome)s” too.") % words
    return _("%(who)s looked at it again without knowing, and decided “%(outcome)s”.") % words


def _name(person: Person | None, viewer: Person) -> str:
    if person is None:
        return ""
    return _("You") if person.pk == viewer.pk else person.display_name
