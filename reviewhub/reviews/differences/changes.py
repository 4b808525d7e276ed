"""The differences between two versions of a case, value by value."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import islice
from typing import Any

from orchestration import api
from reviewhub.reviews.differences.content import Content

MOST = 1_000  # differences that are told
MOST_ROWS = 500  # of a list that are laid beside each other
DEEPEST = 20
LONGEST_LINE = 72  # characters of a value that is not read as a text


@dataclass(frozen=True, slots=True)
class Change:
    """`path` leads through the case: ("fields", "amount"), ("steps", "quote", "items", "2", "price").

    `kind` is value, text, list, document, or result: what a step gave that had given nothing before.
    `how` is changed, added or removed. Of a list, `was` are the entries that went and `now` those that came.
    """

    path: tuple[str, ...]
    kind: str
    how: str
    was: Any = None
    now: Any = None
    label: str = ""  # as the workflow calls it; empty: nothing in particular

    @property
    def name(self) -> str:
        return ".".join(self.path)


def changes_between(was: Content, now: Content, *, same_step: bool) -> tuple[Change, ...]:
    """MOST at the most. What only one of two steps shows at all is not compared: that it is shown is the workflow's
    doing. A value that several places show is told once, where it stands first."""
    found = list(islice(_told_once(_all(was, now, same_step=same_step)), MOST))
    if not found and was.title != now.title:
        found = [Change(("title",), "text", "changed", was.title, now.title)]
    return tuple(found)


def _all(was: Content, now: Content, *, same_step: bool) -> Iterator[Change]:
    for name in [name for name in now.fields if name in was.fields]:
        label, value = now.fields[name]
        for change in _between(("fields", name), was.fields[name][1], value):
            yield replace(change, label=label if len(change.path) == len(("fields", name)) else "")
    yield from _of_input(was.input, now.input, same_step=same_step)
    for step, result in now.steps.items():
        if step in was.steps:
            yield from _between(("steps", step), was.steps[step], result)
        elif result not in (None, "", {}, []):
            yield Change(("steps", step), "result", "added", None, result)
    for label in [label for label in now.highlights if label in was.highlights]:
        for change in _between(("highlights", label), was.highlights[label], now.highlights[label]):
            yield replace(change, label=label)


def _of_input(was: Any, now: Any, *, same_step: bool) -> Iterator[Change]:
    if same_step or not isinstance(was, Mapping) or not isinstance(now, Mapping):
        yield from _between(("input",), was, now)
        return
    for name in [name for name in now if name in was]:
        yield from _between(("input", str(name)), was[name], now[name])


def _told_once(changes: Iterator[Change]) -> Iterator[Change]:
    told: dict[str, set[str]] = {}  # by the two values: the names they have been told under
    for change in changes:
        if change.kind == "result":
            yield change
            continue
        names = told.setdefault(_canonical([change.was, change.now]), set())
        name = change.path[-1]
        again = name in names or (change.path[0] == "highlights" and names)
        names.add(name)
        if not again:
            yield change


# ---- two values --------------------------------------------------------------------------------


def _between(path: tuple[str, ...], was: Any, now: Any) -> Iterator[Change]:
    if _same(was, now):
        return
    if api.is_document(was) or api.is_document(now):
        yield from _documents(path, was, now)
    elif isinstance(was, Mapping) and isinstance(now, Mapping) and len(path) < DEEPEST:
        yield from _mappings(path, was, now)
    elif isinstance(was, list) and isinstance(now, list) and len(path) < DEEPEST:
        yield from _lists(path, was, now)
    else:
        long = isinstance(was, str) and isinstance(now, str) and (_is_long(was) or _is_long(now))
        yield Change(path, "text" if long else "value", _how(was, now), was, now)


def _same(was: Any, now: Any) -> bool:
    """1 and 1.0 are the same; 1 and true are not, however deep they stand."""
    if isinstance(was, Mapping | list) and isinstance(now, Mapping | list):
        return bool(was == now) and _canonical(was) == _canonical(now)
    return bool(was == now) and isinstance(was, bool) == isinstance(now, bool)


def _how(was: Any, now: Any) -> str:
    return "added" if was is None else "removed" if now is None else "changed"


def _is_long(text: str) -> bool:
    return len(text) > LONGEST_LINE or "\n" in text


def _documents(path: tuple[str, ...], was: Any, now: Any) -> Iterator[Change]:
    """A document that takes the place of another value is told as a document, and the value as gone."""
    old, new = (each if api.is_document(each) else None for each in (was, now))
    if old and new and old[api.DOCUMENT_DIGEST] == new[api.DOCUMENT_DIGEST]:
        return
    yield Change(path, "document", _how(old, new), old, new)


def _mappings(path: tuple[str, ...], was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Change]:
    for name in dict.fromkeys([*now, *was]):
        yield from _between((*path, str(name)), was.get(name), now.get(name))


def _lists(path: tuple[str, ...], was: list[Any], now: list[Any]) -> Iterator[Change]:
    if any(api.is_document(each) for each in (*was, *now)):
        yield from _files(path, was, now)
    elif any(isinstance(each, Mapping) for each in (*was, *now)):
        yield from _rows(path, was, now)
    else:
        gone, come = _without(was, now), _without(now, was)
        yield Change(path, "list", "changed", gone, come)


def _without(these: Sequence[Any], those: Sequence[Any]) -> list[Any]:
    """Those of the first that the second has not, each as often as it is missing."""
    left: dict[str, int] = {}
    for each in those:
        left[_canonical(each)] = left.get(_canonical(each), 0) + 1
    missing = []
    for each in these:
        key = _canonical(each)
        if left.get(key):
            left[key] -= 1
        else:
            missing.append(each)
    return missing


def _files(path: tuple[str, ...], was: list[Any], now: list[Any]) -> Iterator[Change]:
    """A document that went and one of the same name that came are two versions of one."""
    gone, come = _without_files(was, now), _without_files(now, was)
    for new in come:
        old = next((each for each in gone if each["name"] == new["name"]), None)
        if old is not None:
            gone.remove(old)
        yield Change((*path, str(now.index(new) + 1)), "document", _how(old, new), old, new)
    for old in gone:
        yield Change((*path, str(was.index(old) + 1)), "document", "removed", old, None)


def _without_files(these: list[Any], those: list[Any]) -> list[Any]:
    there = {each[api.DOCUMENT_DIGEST] for each in those if api.is_document(each)}
    return [each for each in these if api.is_document(each) and each[api.DOCUMENT_DIGEST] not in there]


def _rows(path: tuple[str, ...], was: list[Any], now: list[Any]) -> Iterator[Change]:
    """Rows of a table: those that stand in each other's place are compared cell by cell."""
    if max(len(was), len(now)) > MOST_ROWS:
        yield Change(path, "list", "changed", _without(was, now), _without(now, was))
        return
    old, new = [_canonical(each) for each in was], [_canonical(each) for each in now]
    gone: list[Any] = []
    come: list[Any] = []
    for tag, start, end, at, until in SequenceMatcher(None, old, new).get_opcodes():
        if tag == "replace" and end - start == until - at:
            for offset in range(end - start):
                yield from _between((*path, str(at + offset + 1)), was[start + offset], now[at + offset])
        elif tag != "equal":
            gone += was[start:end]
            come += now[at:until]
    if gone or come:
        yield Change(path, "list", "changed", gone, come)


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
