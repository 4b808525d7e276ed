"""Reads YAML (and so JSON) into nodes that know their line. Hostile text is a fault, never an error or a long wait.

Events are read one by one and built up without recursion, so that depth and size are bounded while reading.
Anchors, aliases, tags and several documents are no part of the language.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from orchestration.core.language.faults import Faults

MAX_TEXT = 100_000  # characters
MAX_DEPTH = 40
MAX_BRACKETS = 4_000  # the YAML library takes time with the square of open brackets
_TURNS = re.compile("[\u202a-\u202e]")
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]{1,3})?")
_WORDS: dict[str, bool | None] = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
_WORDS |= dict.fromkeys(("true", "True", "TRUE"), True) | dict.fromkeys(("false", "False", "FALSE"), False)


@dataclass(slots=True)
class Node:
    """`value` is a scalar, a list of nodes or a mapping of names to nodes; `keys` has each name's own place."""

    line: int
    column: int
    value: Any
    keys: dict[str, tuple[int, int]] = field(default_factory=dict)

    def plain(self) -> Any:
        """The value without its places."""
        if isinstance(self.value, dict):
            return {name: node.plain() for name, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value


class _Unreadable(Exception):
    """The text cannot be read further."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.message, self.line, self.column = message, line, column


def read_text(text: str, faults: Faults) -> Node | None:
    """The root node, or None where the text cannot be read at all. Never raises."""
    try:
        _refuse_unbounded(text)
        _tell_turns(text, faults)
        return _built(_events(text), faults)
    except _Unreadable as error:
        faults.add(error.line, error.column, "", error.message)
    return None


def _refuse_unbounded(text: str) -> None:
    if len(text) > MAX_TEXT:
        raise _Unreadable(f"The text has {len(text)} characters; at most {MAX_TEXT} are read.", 1, 1)
    brackets = list(re.finditer(r"[\[{]", text))
    if len(brackets) > MAX_BRACKETS:
        line = text.count("\n", 0, brackets[MAX_BRACKETS].start()) + 1
        raise _Unreadable(f"The text has more than {MAX_BRACKETS} opening brackets; write it as blocks.", line, 1)


def _tell_turns(text: str, faults: Faults) -> None:
    """Signs that show what follows in another direction: whoever reads the text reads something else than what runs."""
    for number, line in enumerate(text.split("\n"), start=1) if _TURNS.search(text) else ():
        for found in _TURNS.finditer(line):
            said = f"An invisible sign (U+{ord(found[0]):04X}) turns the direction of what follows; leave it out."
            faults.add(number, found.start() + 1, "", said, "advice")


def _events(text: str) -> Iterator[Event]:
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        text = text.replace("\t", " ")  # JSON may be indented with tabs, and has none in its strings
    try:
        yield from YAML(typ="safe", pure=True).parse(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise _Unreadable(_said(error), line, column) from error
    except YAMLError as error:
        position = getattr(error, "position", 0)
        line = text.count("\n", 0, position) + 1
        raise _Unreadable("The text has a character that YAML does not allow.", line, 1) from error
    except (ValueError, TypeError, AttributeError, IndexError, KeyError, RecursionError, AssertionError) as error:
        raise _Unreadable(f"This cannot be read as YAML ({type(error).__name__}).", 1, 1) from error


def _said(error: MarkedYAMLError) -> str:
    problem = str(error.problem or "This cannot be read as YAML")
    if "'\\t'" in problem:
        return "A tab stands where YAML wants spaces; indent with spaces."
    context = f" {error.context}" if error.context else ""
    return f"This is not valid YAML: {problem}{context}."


def _built(events: Iterable[Event], faults: Faults) -> Node | None:
    root: Node | None = None
    open_nodes: list[tuple[Node, Node | None]] = []  # the node, and the key that waits for its value
    documents = 0
    for event in events:
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        if isinstance(event, DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise _Unreadable("One text holds one workflow; a second document starts here.", line, column)
        elif isinstance(event, CollectionEndEvent):
            open_nodes.pop()
        elif isinstance(event, NodeEvent):
            node = _node(event, line, column, faults)
            if open_nodes:
                open_nodes[-1] = _placed(node, *open_nodes[-1], faults)
            else:
                root = node
            if isinstance(event, (MappingStartEvent, SequenceStartEvent)):
                open_nodes.append((node, None))
                if len(open_nodes) > MAX_DEPTH:
                    raise _Unreadable(f"This is nested more than {MAX_DEPTH} deep.", line, column)
    return root


def _node(event: NodeEvent, line: int, column: int, faults: Faults) -> Node:
    if isinstance(event, AliasEvent) or event.anchor is not None:
        raise _Unreadable("Anchors and aliases are no part of the language; write it out.", line, column)
    if isinstance(event, MappingStartEvent):
        return Node(line, column, {})
    if isinstance(event, SequenceStartEvent):
        return Node(line, column, [])
    if isinstance(event, ScalarEvent):
        tag = getattr(event, "ctag", None)
        if tag is not None and str(tag) not in ("!", "None"):
            faults.add(line, column, "", f"The tag {tag} is no part of the language.")
        return Node(line, column, _scalar(event, line, column, faults))
    raise _Unreadable("This cannot be read as YAML.", line, column)


def _placed(node: Node, parent: Node, key: Node | None, faults: Faults) -> tuple[Node, Node | None]:
    """Puts the node into its parent; a mapping takes names and values in turn."""
    if isinstance(parent.value, list):
        parent.value.append(node)
        return parent, None
    if key is None:
        return parent, node
    if isinstance(key.value, (dict, list)):
        faults.add(key.line, key.column, "", "A name must be text, not a list or a mapping.")
        return parent, None
    name = key.value if isinstance(key.value, str) else _written(key.value)
    if name in parent.value:
        faults.add(
            key.line, key.column, name, f"{name!r} is written twice; it is first on line {parent.keys[name][0]}."
        )
    else:
        parent.value[name] = node
        parent.keys[name] = (key.line, key.column)
    return parent, None


def _written(value: Any) -> str:
    words = {None: "null", True: "true", False: "false"}
    return words[value] if value is None or isinstance(value, bool) else str(value)


def _scalar(event: ScalarEvent, line: int, column: int, faults: Faults) -> Any:
    text = event.value
    if not event.implicit[0]:
        text = _whole_characters(text)
        if "\x00" in text:
            faults.add(line, column, "", "A NUL character is not allowed.")
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        number = float(text)
        if math.isfinite(number):
            return number
        faults.add(line, column, "", f"{text[:40]} is too large a number.")
    return text


def _whole_characters(text: str) -> str:
    """JSON writes some characters as two escapes; alone, half of one is replaced."""
    if not any("\ud800" <= char <= "\udfff" for char in text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
