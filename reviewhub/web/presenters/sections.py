"""The case in sections: what was asked for first, then what was gathered about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from orchestration import api
from reviewhub.web.presenters.evidence import Marks, Part
from reviewhub.web.presenters.outside import Outside, outside_of
from reviewhub.web.presenters.values import is_long, shown, spoken_name

if TYPE_CHECKING:
    from reviewhub.web.presenters.changes import ChangeShown

Parts = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    label: str
    parts: Parts
    link: Outside | None = None
    change: ChangeShown | None = None  # since the viewer last saw it


@dataclass(frozen=True, slots=True)
class Table:
    label: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Parts, ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    entries: tuple[Entry, ...]
    texts: tuple[Entry, ...]
    tables: tuple[Table, ...]
    is_new: bool = False  # the step had given nothing when the viewer last saw the case

    @property
    def changed(self) -> int:
        """How many of its values have changed."""
        return sum(bool(entry.change) for entry in (*self.entries, *self.texts))

    @property
    def brief(self) -> str:
        """The first facts, for a section that is folded up."""
        return ", ".join(f"{entry.label} {''.join(part.text for part in entry.parts)}" for entry in self.entries[:2])


def sections_of(
    context: Mapping[str, Any],
    labels: Mapping[str, str],
    marks: Marks,
    changes: Mapping[str, ChangeShown],
    *,
    links: bool = False,
) -> tuple[Section, ...]:
    """`context` is {"input": …, "steps": {id: result}}; what the AI said has a place of its own and is left out.

    `changes`: what is new, by where it stands. `links`: a value that is a web address and nothing else leads there.
    """
    given = context.get("input")
    shows = _Shows(marks, changes, links=links)
    found = [_section(_("Request"), given, labels, shows, "input")] if isinstance(given, dict) and given else []
    steps = context.get("steps") or {}
    for name, result in steps.items():
        if isinstance(result, dict) and result and not _is_answer(result):
            found.append(_section(spoken_name(name), result, labels, replace(shows, links=False), f"steps.{name}"))
    return tuple(found)


def _is_answer(result: Mapping[str, Any]) -> bool:
    return "confidence" in result and "outcome" in result


@dataclass(frozen=True, slots=True)
class _Shows:
    """What is said beside values."""

    marks: Marks
    changes: Mapping[str, ChangeShown]
    links: bool = False


def _section(title: str, values: Mapping[str, Any], labels: Mapping[str, str], shows: _Shows, place: str) -> Section:
    entries: list[Entry] = []
    texts: list[Entry] = []
    tables: list[Table] = []
    for path, label, value in _leaves(values, labels, place):
        name, change = path.rpartition(".")[2], shows.changes.get(path)
        if _is_table(value):
            tables.append(_table(label, value, shows.marks))
            continue
        outside = outside_of(value) if shows.links else None
        entry = Entry(label, shows.marks.said(name, value, shown(value)), outside, change)
        (texts if is_long(value) else entries).append(entry)
    added = shows.changes.get(place)
    return Section(title, tuple(entries), tuple(texts), tuple(tables), is_new=bool(added and added.how == "added"))


def _leaves(
    values: Mapping[str, Any], labels: Mapping[str, str], place: str, above: str = ""
) -> Iterator[tuple[str, str, Any]]:
    """Where each stands, what it is called and what it is."""
    for name, value in values.items():
        own = labels.get(name) or spoken_name(name)
        label = f"{above}, {own[:1].lower()}{own[1:]}" if above else own
        if isinstance(value, dict) and value and not api.is_document(value):
            yield from _leaves(value, {}, f"{place}.{name}", label)
        else:
            yield f"{place}.{name}", label, value


def _is_table(value: Any) -> bool:
    return (
        isinstance(value, list) and bool(value) and all(isinstance(each, dict) for each in value) and not _files(value)
    )


def _files(values: list[dict[str, Any]]) -> bool:
    return all(api.is_document(each) for each in values)


def _table(label: str, rows: list[dict[str, Any]], marks: Marks) -> Table:
    heads = tuple(dict.fromkeys(key for row in rows for key in row))
    cells = tuple(tuple(marks.said(key, row.get(key), shown(row.get(key, ""))) for key in heads) for row in rows)
    return Table(label, tuple(spoken_name(head) for head in heads), cells)
