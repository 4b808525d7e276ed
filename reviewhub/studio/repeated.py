"""The steps inside a run's loops: how many stand how, and pages of them, those that need somebody first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _lazy

from orchestration import api
from reviewhub.studio import selectors
from reviewhub.studio.facts import Names
from reviewhub.studio.states import State, step_state

SIZE = 25


@dataclass(frozen=True, slots=True)
class Group:
    """Steps that stand alike. `tone` as in states."""

    name: str
    text: str | Promise
    statuses: tuple[str, ...]
    tone: str = ""


GROUPS = (
    Group("needs", _lazy("Needs a person"), ("incident",), "breached"),
    Group("failed", _lazy("Failed"), ("failed",), "breached"),
    Group("open", _lazy("In progress"), ("ready", "running", "retrying", "limited", "waiting"), "calm"),
    Group("stands-by", _lazy("Stands by"), ("registered",)),
    Group("done", _lazy("Done"), ("succeeded", "skipped")),
    Group("left", _lazy("Not needed"), ("cancelled",)),
)


@dataclass(frozen=True, slots=True)
class Counted:
    group: Group
    count: int
    href: str
    current: bool


@dataclass(frozen=True, slots=True)
class Line:
    title: str
    href: str
    state: State
    at: Any


class Repeated:
    """`asked` is the page's query: `part` names a group, `after` where the page before ended."""

    def __init__(self, run: Any, names: Names, asked: Mapping[str, str]) -> None:
        self._names = names
        self._part = next((group for group in GROUPS if group.name == asked.get("part")), None)
        self._after = _place(asked.get("after", ""))
        self._rows = api.run_steps(run.pk).filter(path__contains="#").exclude(kind__in=selectors.BLOCKS)
        self.counts = tuple(self._counted())
        self._found = list(self._page()[: SIZE + 1]) if self.counts else []
        undos = [api.undo_of(row.path) for row in self._found]
        self._undos = {row.path: row for row in self._rows.filter(path__in=undos).only("path", "status")}

    def __bool__(self) -> bool:
        return bool(self.counts)

    @property
    def lines(self) -> tuple[Line, ...]:
        return tuple(
            Line(
                self._names.step(row.path),
                f"?{urlencode({'step': row.path})}",
                step_state(row, self._undos.get(api.undo_of(row.path))),
                row.ended_at or row.started_at,
            )
            for row in self._found[:SIZE]
        )

    @property
    def next(self) -> str:
        if len(self._found) <= SIZE:
            return ""
        last = self._found[SIZE - 1]
        return self._href(self._part, after=f"{last.rank}.{last.position}.{last.pk}")

    @property
    def first(self) -> str:
        """Back to the first page, from another one."""
        return self._href(self._part) if self._after else ""

    def _counted(self) -> Iterator[Counted]:
        found = dict(self._rows.order_by().values_list("status").annotate(count=Count("pk")))
        for group in GROUPS:
            count = sum(found.get(status, 0) for status in group.statuses)
            if count:
                current = group is self._part
                yield Counted(group, count, self._href(None if current else group), current)

    def _page(self) -> QuerySet[Any]:
        ranks = [When(status__in=group.statuses, then=Value(rank)) for rank, group in enumerate(GROUPS)]
        rows = self._rows.annotate(rank=Case(*ranks, default=Value(len(GROUPS)), output_field=IntegerField()))
        if self._part is not None:
            rows = rows.filter(status__in=self._part.statuses)
        if self._after:
            rank, position, pk = self._after
            beyond = Q(position__gt=position) | Q(position=position, pk__gt=pk)
            rows = rows.filter(Q(rank__gt=rank) | Q(rank=rank) & beyond)
        return rows.defer("input", "result", "error", "scope").order_by("rank", "position", "pk")

    def _href(self, part: Group | None, **more: str) -> str:
        asked = {**({"part": part.name} if part is not None else {}), **more}
        return f"?{urlencode(asked)}#inside"


def _place(text: str) -> tuple[int, int, int] | None:
    """Where a page ended; a broken text is the first page."""
    numbers = [int(each) for each in text.split(".") if each.isascii() and each.isdigit() and len(each) < 18]
    return (numbers[0], numbers[1], numbers[2]) if len(numbers) == 3 else None
