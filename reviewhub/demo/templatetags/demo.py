"""What the bar on every page of the demo shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import template
from django.conf import settings

from reviewhub.demo.people import SWITCH

register = template.Library()


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the people in the bar."""

    username: str
    name: str
    first_name: str
    initials: str
    says: str
    current: bool


@register.simple_tag(takes_context=True)
def demo_people(context: dict[str, Any]) -> list[Choice]:
    """The demo's people in the order of the bar; `current` is who sits at the desk."""
    here = getattr(context.get("user"), "username", "")
    return [
        Choice(
            invented.username,
            invented.name,
            invented.first_name,
            "".join(word[0] for word in invented.name.split()),
            invented.says,
            invented.username == here,
        )
        for invented in SWITCH
    ]


@register.simple_tag
def demo_pace() -> str:
    """How fast process time runs: `1 s here is 1 min`."""
    seconds = settings.DEMO_SPEED
    for unit, length in (("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"1 s is {seconds / length:g} {unit}"
    return f"1 s is {seconds:g} s"
