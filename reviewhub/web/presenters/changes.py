"""What has changed in a case, as people read it: each value with what it was, numbers with by how much, texts word by
word, documents with both versions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orchestration import api
from reviewhub.reviews.differences import Change, Piece, words_between
from reviewhub.web.presenters.values import shown, spoken_name
from reviewhub.web.presenters.versions import elided

if TYPE_CHECKING:
    from reviewhub.reviews.models import Comment, ReviewTask
    from reviewhub.reviews.selectors.changes import Changes

SHOWN = 12  # on the task's own page; the others have a page
MOST_ENTRIES = 20  # of a list that are named
LONGEST_VALUE = 300
LONGEST_TEXT = 20_000  # characters of a text that are compared in a page


@dataclass(frozen=True, slots=True)
class ChangeShown:
    name: str
    label: str
    kind: str
    how: str
    was: str
    now: str
    by: str = ""  # how much a number has changed
    pieces: tuple[Piece, ...] = ()
    gone: tuple[str, ...] = ()
    come: tuple[str, ...] = ()
    more: int = 0  # entries of a list that are not named
    was_href: str = ""
    now_href: str = ""
    href: str = ""  # where the two are compared


@dataclass(frozen=True, slots=True)
class ChangesShown:
    title: str
    since: datetime
    earlier: str  # the title of the task that is compared with; empty where it is the same
    items: tuple[ChangeShown, ...]
    more: int
    more_href: str
    answers: tuple[str, ...]  # of the requester
    comments: tuple[str, ...]  # who said something
    names: Mapping[str, ChangeShown]  # by where it stands in the case
    documents: frozenset[str]  # the digests of those that are new

    @property
    def any(self) -> bool:
        return bool(self.items or self.answers or self.comments)


def changes_shown(changes: Changes | None, task: ReviewTask, *, most: int = SHOWN) -> ChangesShown | None:
    if changes is None:
        return None
    earlier = changes.earlier
    made = tuple(_shown(change, task, earlier if changes.may_open else None) for change in changes.found)
    return ChangesShown(
        title=_title(changes),
        since=changes.since,
        earlier=earlier.title if earlier and earlier != task else "",
        items=made[:most],
        more=max(0, len(made) - most),
        more_href=reverse("web:changes", args=[task.pk, earlier.pk]) if earlier and earlier != task else "",
        answers=tuple(str(each["answer"]) for each in changes.answers),
        comments=_said_by(changes.comments),
        names={change.name: change for change in made},
        documents=frozenset(
            str(change.now[api.DOCUMENT_DIGEST]) for change in changes.found if change.kind == "document" and change.now
        ),
    )


def _title(changes: Changes) -> str:
    kinds = [change.kind for change in changes.found]
    documents, results = kinds.count("document"), kinds.count("result")
    parts = (
        (len(kinds) - documents - results, ngettext("%(n)d value", "%(n)d values", len(kinds) - documents - results)),
        (documents, ngettext("%(n)d document", "%(n)d documents", documents)),
        (results, ngettext("%(n)d new result", "%(n)d new results", results)),
        (len(changes.answers), ngettext("%(n)d answer", "%(n)d answers", len(changes.answers))),
        (len(changes.comments), ngettext("%(n)d comment", "%(n)d comments", len(changes.comments))),
    )
    return ", ".join(said % {"n": number} for number, said in parts if number)


def _said_by(comments: Sequence[Comment]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(comment.by.display_name for comment in comments))


def _shown(change: Change, task: ReviewTask, earlier: ReviewTask | None) -> ChangeShown:
    values: dict[str, Any] = {
        "name": change.name,
        "label": _label(change),
        "kind": change.kind,
        "how": change.how,
        "was": _short(shown(change.was)),
        "now": _short(shown(change.now)),
    }
    match change.kind:
        case "text":
            values["pieces"] = _pieces(change)
        case "list":
            values |= _entries(change)
        case "document":
            values |= _addresses(change, task, earlier)
        case "value":
            values["by"] = _by(change.was, change.now)
    return ChangeShown(**values)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


def _pieces(change: Change) -> tuple[Piece, ...]:
    was, now = str(change.was), str(change.now)
    if max(len(was), len(now)) > LONGEST_TEXT:
        return (Piece(was[:LONGEST_TEXT], "gone"), Piece(now[:LONGEST_TEXT], "new"))
    return tuple(elided(words_between(was, now)))


def _entries(change: Change) -> dict[str, Any]:
    gone, come = change.was or [], change.now or []
    return {
        "gone": tuple(_short(shown(each)) for each in gone[:MOST_ENTRIES]),
        "come": tuple(_short(shown(each)) for each in come[:MOST_ENTRIES]),
        "more": max(0, len(gone) - MOST_ENTRIES) + max(0, len(come) - MOST_ENTRIES),
    }


def _addresses(change: Change, task: ReviewTask, earlier: ReviewTask | None) -> dict[str, str]:
    old, new = (each and str(each[api.DOCUMENT_DIGEST]) for each in (change.was, change.now))
    if change.path[0] == "answer":
        earlier = task
    found = {}
    if new:
        found["now_href"] = reverse("web:document", args=[task.pk, new])
    if old and earlier is not None:
        found["was_href"] = reverse("web:document", args=[earlier.pk, old])
    if old and new and earlier is not None:
        found["href"] = reverse("web:document-change", args=[task.pk, earlier.pk, new])
    return found


def _by(was: Any, now: Any) -> str:
    """`+400, +33 %`. A share of nothing is none."""
    if any(isinstance(each, bool) or not isinstance(each, int | float) for each in (was, now)):
        return ""
    difference = now - was
    said = f"{'+' if difference > 0 else '−'}{shown(abs(difference))}"
    if not was:
        return said
    share = round(100 * difference / abs(was))
    return f"{said}, {'+' if share > 0 else '−' if share < 0 else ''}{abs(share)} %"


def _label(change: Change) -> str:
    place, *names = change.path
    if place == "answer":
        return _("From the requester")
    if place == "title":
        return _("Title")
    if change.label:
        return change.label
    return _joined(names) if names else _("Request")


def _joined(names: Sequence[str]) -> str:
    """`Quote, items 2, price`."""
    said = list(_parts(names))
    return ", ".join([said[0], *(f"{each[:1].lower()}{each[1:]}" for each in said[1:])])


def _parts(names: Sequence[str]) -> Iterator[str]:
    held = ""
    for name in names:
        if name.isdigit() and held:
            held = f"{held} {name}"
            continue
        if held:
            yield held
        held = spoken_name(name)
    yield held
