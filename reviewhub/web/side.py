"""The side of every page as HTML: printed once for whoever sees the same there, but for the token of their forms."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.template.loader import get_template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from reviewhub.web.context import Link, Shell
from reviewhub.web.presenters.people import Face

KEPT = 300  # of about 6 kB each
TOKEN_HERE = secrets.token_hex(16)  # nobody can write it into what is shown


@dataclass(frozen=True, slots=True)
class Side:
    """What the template reads of the shell. A link's words follow from its name and the language."""

    views: tuple[Link, ...] = field(compare=False)
    process: tuple[Link, ...] = field(compare=False)
    shown: tuple[tuple[str, str], ...]  # names and counts of these links
    me: Face | None
    zone_label: str
    other_theme: str
    notices: int


def printed_side(shell: Shell, current: str, view: str, token: object) -> SafeString:
    """`current` names the link of the page, where its address does not say it; `view` is that of a list beside it."""
    side = Side(
        views=shell.views,
        process=shell.process,
        shown=tuple((link.name, link.count) for link in (*shell.views, *shell.process)),
        me=shell.me,
        zone_label=shell.zone_label,
        other_theme=shell.other_theme,
        notices=shell.notices,
    )
    printed = _printed(side, current or shell.current, bool(view), get_language())
    return format_html(printed, token=token if side.me is not None else "")


@lru_cache(maxsize=KEPT)
def _printed(side: Side, current: str, has_list: bool, language: str) -> str:
    """A format with a place for the token."""
    context: dict[str, Any] = {
        "shell": side,
        "current": current,
        "has_list": has_list,
        "user": {"is_authenticated": side.me is not None, "pk": side.me.pk if side.me else None},
        "csrf_token": TOKEN_HERE,
    }
    html = get_template("components/side.html").render(context)
    return html.replace("{", "{{").replace("}", "}}").replace(TOKEN_HERE, "{token}")
