"""Rows as HTML. A row is a value, so a row that was printed once is printed: to the next viewer, and a moment later.

What changes with the time (the ring, "in 2 h") is part of the value; a row that shows something else is another one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache, reduce
from operator import add
from types import MappingProxyType
from typing import cast

from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from reviewhub.web.presenters.rows import Row

KEPT = 2000  # rows, of about 2 kB each


def printed(
    rows: Iterable[Row],
    *,
    from_view: str = "",
    open_task: str = "",
    viewer: int | None = None,
    looked: Mapping[str, str] = MappingProxyType({}),
) -> SafeString:
    """`from_view` is added to a row's address; `open_task` is the one that is shown beside the list. `looked`: the
    viewer has seen a task ("seen"), or something of it has changed since ("changed")."""
    language = get_language()

    def one(row: Row) -> SafeString:
        is_mine = row.holder is not None and row.holder.pk == viewer
        return _printed(row, from_view, row.id == open_task, is_mine, looked.get(row.id, ""), language)

    return reduce(add, map(one, rows), SafeString(""))


@lru_cache(maxsize=KEPT)
def _printed(row: Row, from_view: str, is_open: bool, is_mine: bool, looked: str, language: str) -> SafeString:
    context = {"row": row, "from_view": from_view, "is_open": is_open, "is_mine": is_mine, "looked": looked}
    return cast("SafeString", get_template("components/row.html").render(context))
