"""The case in sections: what was asked for first, then what was gathered about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from orchestration import api
from reviewhub.web.presenters.evidence import Marks, Part
from reviewhub.web.presenters.outside import Outside, outside_of
from reviewhub.web.presenters.values import is_long, shown, spoken_name

Parts = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    label: str
    parts: Parts
    link: Outside | None = None


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

    @property
    def brief(self) -> str:
        """The first facts, for a section that is folded up."""
        return ", ".join(f"{entry.label} {''.join(part.text for part in entry.parts)}" for entry in self.entries[:2])


def sections_of(
    context: Mapping[str, Any], labels: Mapping[str, str], marks: Marks, *, links: bool = False
) -> tuple[Section, ...]:
    """`context` is {"input": …, "steps": {id: result}}; what the AI said has a place of its own and is left out.

    `links`: a value that is a web address and nothing else leads there.
    """
    given = context.get("input")
    found = [_section(_("Request"), given, labels, marks, links=links)] if isinstance(given, dict) else []
    steps = context.get("steps") or {}
    for name, result in steps.items():
        if isinstance(result, dict) and result and not _is_answer(result):
            found.append(_section(spoken_name(name), result, labels, marks))
    return tuple(found)


def _is_answer(result: Mapping[str, Any]) -> bool:
    return "confidence" in result and "outcome" in result


def _section(
    title: str, values: Mapping[str, Any], labels: Mapping[str, str], marks: Marks, *, links: bool = False
) -> Section:
    entries: list[Entry] = []
    texts: list[Entry] = []
    tables: list[Table] = []
    for name, label, value in _leaves(values, labels):
        if _is_table(value):
            tables.append(_table(label, value, marks))
            continue
        entry = Entry(label, marks.said(name, value, shown(value)), outside_of(value) if links else None)
        (texts if is_long(value) else entries).append(entry)
    return Section(title, tuple(entries), tuple(texts), tuple(tables))


def _leaves(values: Mapping[str, Any], labels: Mapping[str, str], above: str = "") -> Iterator[tuple[str, str, Any]]:
    for name, value in values.items():
        own = labels.get(name) or spoken_name(name)
        label = f"{above}, {own[:1].lower()}{own[1:]}" if above else own
        if isinstance(value, dict) and value and not api.is_document(value):
            yield from _leaves(value, {}, label)
        else:
            yield name, label, value


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
