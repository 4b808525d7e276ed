from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from orchestration import ports
from reviewhub.web import moments

register = template.Library()


@lru_cache(maxsize=256)
def _icon(name: str, classes: str, sprite: str) -> SafeString:
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>', classes, sprite, name)


@register.simple_tag
def icon(name: str, directed: bool = False) -> SafeString:
    """An icon of the sprite. `directed` ones are mirrored where text runs from right to left."""
    return _icon(name, "icon icon-directed" if directed else "icon", static("icons.svg"))


@register.filter
def moment(at: datetime | None) -> str:
    """`14:52`, `Fri 09:40`, `3 Dec 14:52`: in the viewer's zone, against process time."""
    return moments.moment(at, ports.clock().process_now()) if at else ""


@register.filter
def day_moment(at: datetime | None) -> str:
    """The same, with `Today` said."""
    return moments.day_moment(at, ports.clock().process_now()) if at else ""


@register.filter
def iso(at: datetime | None) -> str:
    return moments.iso(at)
