"""One page of a queue view."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from orchestration import ports
from reviewhub.accounts.models import Person
from reviewhub.reviews.models.querysets import ReviewTaskQuerySet, with_holders
from reviewhub.reviews.selectors import Cursor, Page, first_page, page_of, view
from reviewhub.web.presenters.rows import Row, row_of
from reviewhub.web.queue_views import DONE, QUEUE_VIEWS

SHOWN = 40
DONE_SHOWN = 100


@dataclass(frozen=True, slots=True)
class TaskList:
    view: str
    label: str | Promise
    unit: str
    order_label: str
    sort: str  # the row's data that it is ordered by, in the browser too
    rows: tuple[Row, ...]
    next: str
    query: str
    from_view: str  # what a row's address says of the list it stands in
    empty_icon: str
    empty_title: str | Promise
    empty_text: str | Promise


def list_of(person: Person, name: str, *, query: str = "", after: str = "") -> TaskList:
    """A mangled `after` shows the first page."""
    looks, clock = QUEUE_VIEWS[name], ports.clock()
    page = _page(person, name, query, after)
    now, system_now = clock.process_now(), clock.system_now()
    done = name == DONE
    return TaskList(
        view=name,
        label=looks.label,
        unit=_("decided") if done else _("open"),
        order_label=_("Decided tasks, latest first") if done else _("Open tasks, most urgent first"),
        sort="decided" if done else "order",
        rows=tuple(row_of(task, now, system_now) for task in page.rows),
        next=_next(name, query, page.following) if page.following else "",
        query=query,
        from_view=f"?view={name}",
        empty_icon="search" if query else "done",
        empty_title=_("Nothing found") if query else looks.empty_title,
        empty_text=_("No task of this view has these words.") if query else looks.empty_text,
    )


def _page(person: Person, name: str, query: str, after: str) -> Page:
    if name == DONE:
        return Page(with_holders(_found(view(name, person), query).for_rows().latest_first()[:DONE_SHOWN]), None)
    if query or after:
        return page_of(_found(view(name, person), query), after=_cursor(after), size=SHOWN)
    return first_page(name, person, SHOWN)


def _cursor(text: str) -> Cursor | None:
    try:
        return Cursor.parse(text) if text else None
    except ValueError:
        return None


def _found(tasks: ReviewTaskQuerySet, query: str) -> ReviewTaskQuerySet:
    for word in query.split():
        tasks = tasks.filter(
            Q(title__icontains=word) | Q(requester__icontains=word) | Q(workflow_title__icontains=word)
        )
    return tasks


def _next(name: str, query: str, following: Cursor) -> str:
    values = {"after": str(following)} | ({"q": query} if query else {})
    return f"{reverse('web:queue', args=[name])}?{urlencode(values)}"
