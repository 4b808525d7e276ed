"""What the desk says to people can be translated: every sentence in its Python goes through gettext."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DESK = ("accounts", "notifications", "reviews", "web")
MARKS = {"_", "_lazy", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
# Said to whoever runs or writes the program, or kept on record: in English.
FOR_ENGINEERS = {
    *("ValueError", "TypeError", "KeyError", "RuntimeError", "LookupError", "NotImplementedError", "DoesNotExist"),
    *("Http404", "ImproperlyConfigured", "ChannelBusy", "PermanentError", "TransientError", "NotFound"),
}
NOT_FOR_PEOPLE = {"management", "migrations", "requested"}  # a system that asks reads English, as of the API
WORD = re.compile(r"(?<![{\w])[A-Za-z]{2,}")
SENTENCE = re.compile(r"[A-Z“{][^<>]* [^<>]*[a-z”}][.?]")


def python_of_the_desk() -> list[Path]:
    found = (path for package in DESK for path in (ROOT / "reviewhub" / package).rglob("*.py"))
    return sorted(path for path in found if not NOT_FOR_PEOPLE & set(path.parts))


@pytest.mark.parametrize("path", python_of_the_desk(), ids=lambda path: str(path.relative_to(ROOT / "reviewhub")))
def test_a_sentence_is_marked_for_translation(path: Path) -> None:
    bare = [f"line {line}: {text}" for line, text in bare_sentences(ast.parse(path.read_text("utf-8")))]
    assert bare == []


def bare_sentences(node: ast.AST) -> Iterator[tuple[int, str]]:
    if isinstance(node, ast.Call) and name_of(node.func) in MARKS | FOR_ENGINEERS:
        return
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):  # a docstring
        return
    text = text_of(node)
    if text is not None:
        assert isinstance(node, ast.expr)
        if SENTENCE.fullmatch(text) and WORD.search(text):
            yield node.lineno, text
        return
    for child in ast.iter_child_nodes(node):
        yield from bare_sentences(child)


def text_of(node: ast.AST) -> str | None:
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def name_of(called: ast.expr) -> str:
    return called.id if isinstance(called, ast.Name) else called.attr if isinstance(called, ast.Attribute) else ""


def test_a_bare_sentence_is_found() -> None:
    text = 'def say():\n  "Not this one."\n  raise Refused(f"{name} may not do this.")\n  return _("Nor this one.")\n'
    assert list(bare_sentences(ast.parse(text))) == [(3, "{} may not do this.")]
