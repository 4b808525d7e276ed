"""One page of a queue view."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from orchestration import api, ports
from reviewhub.accounts.models import Person
from reviewhub.reviews.models import ReviewTask
from reviewhub.reviews.models.querysets import with_holders
from reviewhub.reviews.selectors import Criteria, Cursor, cursor_of, first_rows, page_in_order, page_of, task_of, view
from reviewhub.web.presenters.rows import Row, row_of
from reviewhub.web.queue_views import DONE, QUEUE_VIEWS

SAYS: Mapping[str, Promise] = {
    "workflow": gettext_lazy("Workflow %(value)s"),
    "priority": gettext_lazy("Priority %(value)s"),
    "outcome": gettext_lazy("AI says %(value)s"),
    "sure_from": gettext_lazy("Sure from %(value)s %%"),
    "sure_below": gettext_lazy("Sure below %(value)s %%"),
    "order": gettext_lazy("By %(value)s"),
}
ORDER_LABELS: Mapping[str, Promise] = {
    "confidence": gettext_lazy("confidence, least sure first"),
    "value": gettext_lazy("value, highest first"),
    "age": gettext_lazy("age, oldest first"),
}
SHOWN = 40
DONE_SHOWN = 100
KEPT = 1000  # rows, of about 3 kB each

Instants = tuple[datetime, datetime]  # process time and system time, to the second


@dataclass(frozen=True, slots=True)
class Narrowed:
    """One part of a filter, and the address of the list without it."""

    said: str
    without: str


@dataclass(frozen=True, slots=True)
class TaskList:
    view: str
    label: str | Promise
    unit: str
    order_label: str
    sort: str  # the row's data that it is ordered by, in the browser too
    rows: tuple[Row, ...]
    picks: bool  # whether several can be picked and decided together
    next: str
    query: str
    narrowed: tuple[Narrowed, ...]  # by what else than words
    hidden: tuple[tuple[str, str], ...]  # that the search keeps
    filter_href: str  # where the filter is chosen and saved
    from_view: str  # what a row's address says of the list it stands in
    empty_icon: str
    empty_title: str | Promise
    empty_text: str | Promise
    empty_href: str = ""  # where more is shown


def list_of(person: Person, name: str, *, criteria: Criteria = Criteria(), after: str = "") -> TaskList:  # noqa: B008
    """A mangled `after` shows the first page."""
    looks, clock = QUEUE_VIEWS[name], ports.clock()
    at = (clock.process_now().replace(microsecond=0), clock.system_now().replace(microsecond=0))
    rows, following = _page(person, name, criteria, after, at)
    given = criteria.given
    done, filtered = name == DONE, bool(given)
    return TaskList(
        view=name,
        label=looks.label,
        unit=_("decided") if done else _("open"),
        order_label=_order_label(criteria.order, done=done),
        sort="decided" if done else "" if criteria.order else "order",
        rows=rows,
        picks=not done,
        next=_address(name, {"after": following, **given}) if following else "",
        query=criteria.q,
        narrowed=_narrowed(name, given),
        hidden=tuple((key, value) for key, value in given.items() if key != "q"),
        filter_href=f"{reverse('web:filter')}?{urlencode({'view': name, **given})}",
        from_view=f"?{urlencode({'view': name, **given})}",
        empty_icon="search" if filtered else "done",
        empty_title=_("Nothing found") if filtered else looks.empty_title,
        empty_text=_("No task of this view fits.") if filtered else looks.empty_text,
        empty_href=_address(name, {}) if filtered else "",
    )


def _narrowed(name: str, given: Mapping[str, str]) -> tuple[Narrowed, ...]:
    return tuple(
        Narrowed(
            str(SAYS[key]) % {"value": _said(key, value)},
            _address(name, {other: kept for other, kept in given.items() if other != key}),
        )
        for key, value in given.items()
        if key != "q"
    )


def _said(key: str, value: str) -> str:
    if key == "order":
        return str(ORDER_LABELS[value])
    if key == "priority":
        return str(ReviewTask.Priority(value).label)
    if key == "workflow":
        return api.workflows().filter(name=value).values_list("title", flat=True).first() or value
    return value


def _address(name: str, values: Mapping[str, str]) -> str:
    href = reverse("web:queue", args=[name])
    return f"{href}?{urlencode(values)}" if values else href


def _order_label(order: str, *, done: bool) -> str:
    if done:
        return _("Decided tasks, latest first")
    if order:
        return _("Open tasks by %(order)s") % {"order": ORDER_LABELS[order]}
    return _("Open tasks, most urgent first")


def _page(person: Person, name: str, criteria: Criteria, after: str, at: Instants) -> tuple[tuple[Row, ...], str]:
    """The rows, and where the next page goes on."""
    if not criteria.given and not after and name != DONE:
        return _first_page(person, name, at)
    if criteria.order and name != DONE:
        tasks, following = page_in_order(criteria.narrow(view(name, person)), criteria.order, after=after, size=SHOWN)
    elif name == DONE:
        done = criteria.narrow(view(name, person)).for_rows().latest_first()
        tasks, following = with_holders(done[:DONE_SHOWN]), ""
    else:
        page = page_of(criteria.narrow(view(name, person)), after=_cursor(after), size=SHOWN)
        tasks, following = page.rows, str(page.following or "")
    return tuple(row_of(task, *at) for task in tasks), following


def _first_page(person: Person, name: str, at: Instants) -> tuple[tuple[Row, ...], str]:
    found = first_rows(name, person, SHOWN + 1)
    shown, zone, language = found[:SHOWN], timezone.get_current_timezone(), get_language()
    following = str(cursor_of(task_of(shown[-1]))) if len(found) > SHOWN else ""
    return tuple(_row(values, at, zone, language) for values in shown), following


@lru_cache(maxsize=KEPT)
def _row(values: tuple[Any, ...], at: Instants, zone: tzinfo, language: str) -> Row:
    """The same values at the same second are the same row, for whoever has this zone and language."""
    return row_of(task_of(values), *at)


def _cursor(text: str) -> Cursor | None:
    try:
        return Cursor.parse(text) if text else None
    except ValueError:
        return None
