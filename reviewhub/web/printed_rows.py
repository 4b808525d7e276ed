"""Rows as HTML. A row is a value, so a row that was printed once is printed: to the next viewer, and a moment later.

What changes with the time (the ring, "in 2 h") is part of the value; a row that shows something else is another one.
"""

from __future__ import annotations

from functools import lru_cache
from typing import cast

from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from reviewhub.web.presenters.rows import Row

KEPT = 2000  # rows, of about 2 kB each


def printed(
    row: Row, *, from_view: str = "", is_open: bool = False, viewer: int | None = None, looked: str = ""
) -> SafeString:
    """`from_view` is added to the row's address; `is_open` marks the one whose task is beside the list. `looked`: the
    viewer has seen it ("seen"), or something of it has changed since ("changed")."""
    is_mine = row.holder is not None and row.holder.pk == viewer
    return _printed(row, from_view, is_open, is_mine, looked, get_language())


@lru_cache(maxsize=KEPT)
def _printed(row: Row, from_view: str, is_open: bool, is_mine: bool, looked: str, language: str) -> SafeString:
    context = {"row": row, "from_view": from_view, "is_open": is_open, "is_mine": is_mine, "looked": looked}
    return cast("SafeString", get_template("components/row.html").render(context))
