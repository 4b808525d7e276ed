from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from django import template
from django.template.loader import get_template
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from orchestration import api, ports
from reviewhub.reviews.selectors import COUNTED_UP_TO, seen_among
from reviewhub.web import moments
from reviewhub.web.presenters.rows import Row
from reviewhub.web.presenters.values import shown
from reviewhub.web.printed_rows import printed
from reviewhub.web.side import printed_side

if TYPE_CHECKING:
    from reviewhub.web.context import Link

register = template.Library()


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str, directed: bool = False) -> SafeString:
    """An icon of the sprite. `directed` ones are mirrored where text runs from right to left."""
    classes, sprite = "icon icon-directed" if directed else "icon", static("icons.svg")
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>', classes, sprite, name)


@register.simple_tag
def fixed(template_name: str, view: str = "") -> SafeString:
    """A part that is the same on every page, or on every page with the list of this view, whoever looks: printed once
    a language."""
    return _fixed(template_name, view, get_language())


@lru_cache(maxsize=256)
def _fixed(template_name: str, view: str, language: str) -> SafeString:
    return cast("SafeString", get_template(template_name).render({"view": view}))


@register.filter
def moment(at: datetime | None) -> str:
    """`14:52`, `Fri 09:40`, `3 Dec 14:52`: in the viewer's zone, against process time."""
    return moments.moment(at, ports.clock().process_now()) if at else ""


@register.filter
def day_moment(at: datetime | None) -> str:
    """The same, with `Today` said."""
    return moments.day_moment(at, ports.clock().process_now()) if at else ""


@register.filter
def day_moment_inside(at: datetime | None) -> str:
    """The same within a sentence: `today 13:49`."""
    return moments.day_moment_inside(at, ports.clock().process_now()) if at else ""


@register.filter
def counted(count: int) -> str:
    """As the menu says how many there are: what is long is not counted to its end."""
    return str(count) if count < COUNTED_UP_TO else f"{COUNTED_UP_TO - 1}+"


@register.filter
def iso(at: datetime | None) -> str:
    return moments.iso(at)


@register.filter
def as_shown(value: Any) -> str:
    """A value of the case as people read it."""
    return shown(value)


@register.filter
def document_href(document: Mapping[str, Any], task_id: str) -> str:
    """Where a document of the task is looked at."""
    return reverse("web:document", args=[task_id, document[api.DOCUMENT_DIGEST]])


@register.simple_tag(takes_context=True)
def rows(context: Mapping[str, Any], shown: Sequence[Row], from_view: str, open_task: str) -> SafeString:
    """Rows of the queue, marked where the task is the open one, the viewer has it, or it changed since they looked."""
    person = context.get("user")
    viewer = getattr(person, "pk", None)
    seen = seen_among(person, [row.id for row in shown if not row.ended]) if viewer and person else {}
    looked = {task: "changed" if more else "seen" for task, more in seen.items()}
    return printed(shown, from_view=from_view, open_task=open_task, viewer=viewer, looked=looked)


@register.simple_tag(takes_context=True)
def side(context: Mapping[str, Any], current: str, view: str) -> SafeString:
    """The side of the page."""
    return printed_side(context["shell"], current, view, context.get("csrf_token", ""))


@register.simple_tag
def links(shown: tuple[Link, ...], current: str) -> SafeString:
    """Links of the side, which are printed once for whoever has the same."""
    return _links(shown, current, get_language())


@lru_cache(maxsize=500)
def _links(shown: tuple[Link, ...], current: str, language: str) -> SafeString:
    return cast("SafeString", get_template("components/links.html").render({"links": shown, "current": current}))
