"""Values of a case as people read them."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from orchestration import api

LONGEST_LINE = 72


def spoken_name(name: str) -> str:
    """`cost_center` as `Cost center`."""
    words = name.replace("_", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:]


def shown(value: Any) -> str:
    match value:
        case None:
            return "–"
        case bool():
            return _("Yes") if value else _("No")
        case int() | float():
            return _number(value, get_language())
        case list() | tuple():
            return ", ".join(shown(each) for each in value)
        case dict() if api.is_document(value):
            return str(value["name"])
        case dict():
            return ", ".join(f"{spoken_name(str(key))} {shown(each)}" for key, each in value.items())
        case _:
            return str(value)


@lru_cache(maxsize=2000)
def _number(value: float, language: str) -> str:
    whole = isinstance(value, int) or value.is_integer()
    return number_format(value, decimal_pos=0 if whole else 2, force_grouping=True)


def typed(value: Any, kind: str) -> str:
    """What stands in an input for this value."""
    if kind in ("json", "object", "array"):
        return json.dumps(value, indent=2, ensure_ascii=False)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def is_long(value: Any) -> bool:
    return isinstance(value, str) and (len(value) > LONGEST_LINE or "\n" in value)
