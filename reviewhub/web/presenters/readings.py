"""What the AI read for a field, and how far it may be believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from reviewhub.web.presenters.advice import SURE
from reviewhub.web.presenters.values import shown

LOW = 0.65  # below it a reading is looked at first


@dataclass(frozen=True, slots=True)
class Read:
    words: str
    percent: int | None
    standing: str  # what the number rests on, or why there is none
    differs: str  # what was read, where the field holds something else
    low: bool  # it is to be looked at first


def read_of(field: Mapping[str, Any]) -> Read | None:
    said = field.get("read")
    if not isinstance(said, Mapping):
        return None
    number = _number(said)
    missing = said.get("value") is None
    differs = "" if missing or _same(said.get("value"), field.get("value")) else shown(said.get("value"))
    return Read(
        words=_("not found") if missing else _words(number),
        percent=None if missing or number is None else round(100 * number),
        standing=_standing(said, number, missing=missing),
        differs=differs,
        low=missing or bool(differs) or number is None or number < LOW,
    )


def _number(said: Mapping[str, Any]) -> float | None:
    fitted: float | None = said.get("confidence")
    own: float | None = said.get("own_confidence")
    return own if fitted is None else fitted


def _words(number: float | None) -> str:
    return _("no word on it") if number is None else next(str(words) for least, words in SURE if number >= least)


def _standing(said: Mapping[str, Any], number: float | None, *, missing: bool) -> str:
    if missing or number is None:
        return ""
    if said.get("confidence") is None:
        return _("its own word")
    return _("kept %(agreed)d of %(sample)d times") % {
        "agreed": said.get("agreed") or 0,
        "sample": said.get("sample") or 0,
    }


def _same(read: Any, held: Any) -> bool:
    """1250 and 1250.0 are the same, and so are texts that differ in spaces and capitals alone."""
    if isinstance(read, str) and isinstance(held, str):
        return " ".join(read.split()).casefold() == " ".join(held.split()).casefold()
    return bool(read == held)
