"""Filters of the studio's templates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django import template
from django.urls import NoReverseMatch, reverse

from orchestration import api
from reviewhub.studio.starting import readable
from reviewhub.studio.wording import length, source

register = template.Library()


@register.filter
def length_of_time(value: timedelta | float) -> str:
    return length(value)


@register.filter
def label_of(name: Any) -> str:
    """A name of the data as a label: `cost_center` is Cost center."""
    return readable(str(name))


@register.filter
def shape(value: Any) -> str:
    """How a value is shown: map, list, large, or plain."""
    if whole_at(value):
        return "large"
    if isinstance(value, Mapping):
        return "map" if value else "nothing"
    if isinstance(value, list | tuple):
        return "list" if value else "nothing"
    return "nothing" if value is None or value == "" else "plain"


@register.filter
def pairs(value: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    """Names with values; a template's `value.items` would be the value that is called items."""
    return value.items()


@register.filter
def whole_at(value: Any) -> str:
    """Where the whole of a value is that is too large to be shown; empty for any other."""
    if not api.is_large(value):
        return ""
    try:
        return reverse("studio:run-value", args=[value["run"], value[api.LARGE_DIGEST]])
    except NoReverseMatch:  # it only looks like one
        return ""


@register.filter
def said(value: Any) -> str:
    """A plain value as text: yes and no for truth, 1200 and not 1200.0."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


@register.filter
def percent(share: float) -> str:
    return f"{round(share * 100)} %"


@register.filter
def came_from(text: str) -> str:
    """Where a run came from: by a signed webhook at purchase-requests."""
    return source(text)
