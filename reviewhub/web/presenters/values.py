"""Values of a case as people read them."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import lru_cache
from math import isfinite
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from orchestration import api

LONGEST_LINE = 72
PLACES = 10  # of a number, unless it is smaller than that
MOST_PLACES = 20  # beyond it a power of ten says it better


def spoken_name(name: str) -> str:
    """`cost_center` as `Cost center`; a name with a dot, as of a file, is somebody's own and stays as it is."""
    if "." in name:
        return name
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
    """With all its places, two at least: a rate of 0.0035 is not 0.00. What only adding doubles brought is left out."""
    if isinstance(value, int) or value.is_integer():
        return number_format(value, decimal_pos=0, force_grouping=True)
    if not isfinite(value):
        return str(value)
    exact = Decimal(repr(round(value, PLACES) or value))
    places = len(f"{exact:f}".partition(".")[2])
    return str(exact) if places > MOST_PLACES else number_format(exact, decimal_pos=max(2, places), force_grouping=True)


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
