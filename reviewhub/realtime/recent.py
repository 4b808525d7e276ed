"""What a process has told lately, for whoever comes a moment later than the page that they look at was made."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

KEPT_FOR = 60.0  # seconds: a page's socket opens long before
MOST_KEPT = 500  # changes


@dataclass(slots=True, eq=False)
class Telling:
    """One change, to whom it was told, and when on the monotonic clock. `text` is what browsers are sent, once made."""

    to: tuple[str, ...]
    said: Mapping[str, Any]
    at: float
    text: str | None = None
    is_made: bool = False


class Recent:
    """Of what is told again with the same words only the last is kept: it says how things stand now."""

    def __init__(self) -> None:
        self._known: dict[tuple[Any, ...], Telling] = {}  # the oldest first
        self._complete_since = float("inf")

    def begin(self, now: float) -> None:
        """From now on nothing passes unheard."""
        self._known.clear()
        self._complete_since = now

    def note(self, to: Iterable[str], said: Mapping[str, Any], now: float) -> Telling:
        telling = Telling(tuple(to), said, now)
        key = _key(telling)
        self._known.pop(key, None)
        self._known[key] = telling
        self._drop_old(now)
        return telling

    def is_last(self, telling: Telling) -> bool:
        return self._known.get(_key(telling)) is telling

    def since(self, moment: float, names: Collection[str]) -> list[Telling] | None:
        """What these groups were told after the moment; nothing where that cannot be said any more."""
        if moment < self._complete_since:
            return None
        return [each for each in self._known.values() if each.at > moment and not set(each.to).isdisjoint(names)]

    def _drop_old(self, now: float) -> None:
        while len(self._known) > MOST_KEPT or next(iter(self._known.values())).at < now - KEPT_FOR:
            dropped = self._known.pop(next(iter(self._known)))
            self._complete_since = max(self._complete_since, dropped.at)


def _key(telling: Telling) -> tuple[Any, ...]:
    return telling.to, *telling.said.values()
