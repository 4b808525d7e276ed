"""What every page's shell shows. Everything is read on first use, so that an error page costs no query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orchestration import ports
from reviewhub.accounts.permissions import allows_somewhere
from reviewhub.notifications.selectors import unread_count
from reviewhub.reviews.selectors import COUNTED_UP_TO, counts
from reviewhub.reviews.selectors.leading import is_named
from reviewhub.web.presenters.deadlines import zone_label
from reviewhub.web.presenters.people import Face, face
from reviewhub.web.queue_views import QUEUE_VIEWS

THEMES = ("light", "dark")


@dataclass(frozen=True, slots=True)
class Link:
    name: str
    label: str | Promise
    icon: str
    href: str
    count: str = ""
    tone: str = ""


PROCESS = (  # name, label, icon, address, verb; everybody has runs of their own tasks to look at
    ("runs", _("Runs"), "pulse", "studio:runs", "workflow.read"),
    ("workflows", _("Workflows"), "flow", "studio:workflows", "workflow.read"),
    ("deadlines", _("Deadlines"), "risk", "studio:deadlines", "workflow.read"),
    ("quality", _("Quality"), "diff", "web:quality", "workflow.read"),
    ("stuck", _("Stuck"), "alert", "studio:stuck", "stuck.read"),
    ("audit", _("Audit"), "shield", "studio:audit", "audit.read"),
    ("admin", _("Settings"), "gear", "admin:index", "config.read"),
)


class Shell:
    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._person: Any = getattr(request, "user", None)

    @property
    def _signed_in(self) -> bool:
        return bool(self._person and self._person.is_authenticated)

    @cached_property
    def now(self) -> datetime:
        return ports.clock().process_now()

    @cached_property
    def speed(self) -> float:
        return ports.clock().speed()

    @property
    def zone(self) -> str:
        return timezone.get_current_timezone_name()

    @property
    def zone_label(self) -> str:
        return zone_label()

    @property
    def demo(self) -> bool:
        return bool(settings.DEMO)

    @property
    def theme(self) -> str:
        chosen = getattr(self._person, "theme", "")
        return chosen if chosen in THEMES else ""

    @property
    def other_theme(self) -> str:
        """What the button offers where no script knows which of the two a person without a choice sees."""
        return "light" if self.theme == "dark" else "dark"

    @property
    def current(self) -> str:
        """The link of the side under whose address this page stands; a page that stands elsewhere says `current`."""
        here = [link for link in (*self.views, *self.process) if link.href and self._request.path.startswith(link.href)]
        return max(here, key=lambda link: len(link.href)).name if here else ""

    @property
    def me(self) -> Face | None:
        return face(self._person) if self._signed_in else None

    @cached_property
    def counts(self) -> Mapping[str, int]:
        return counts(self._person)

    @cached_property
    def notices(self) -> int:
        return unread_count(self._person) if self._signed_in else 0

    @cached_property
    def views(self) -> tuple[Link, ...]:
        if not self._signed_in:
            return ()
        return tuple(
            Link(name, view.label, view.icon, _href("web:queue", name), _said(count), view.tone if count else "")
            for name, view in QUEUE_VIEWS.items()
            for count in (self.counts[name],)
        )

    @cached_property
    def process(self) -> tuple[Link, ...]:
        if not self._signed_in:
            return ()
        led = (Link("lead", _("Team"), "team", _href("web:teams")),) if leads_something(self._person) else ()
        return led + tuple(
            Link(name, label, icon, href)
            for name, label, icon, address, verb in PROCESS
            if allows_somewhere(self._person, verb) and (href := _href(address))
        )


def leads_something(person: Any) -> bool:
    """For the menu: without a query more for reviewers, whose pages are many. Whoever reviews and also manages a queue,
    or is named as an owner by a workflow, finds it by its address."""
    if any(role == "lead" for _, role in person.queue_roles) or allows_somewhere(person, "queue.read"):
        return True
    return not person.queue_roles and is_named(person)


def _said(count: int) -> str:
    """A view is counted up to a bound; static/js/controllers/live.js says it the same way."""
    return str(count) if count < COUNTED_UP_TO else f"{COUNTED_UP_TO - 1}+"


@lru_cache(maxsize=64)
def _href(address: str, *named: str) -> str:
    try:
        return reverse(address, args=named)
    except NoReverseMatch:  # a deployment without these pages
        return ""


def shell(request: HttpRequest) -> dict[str, Any]:
    return {"shell": Shell(request)}
