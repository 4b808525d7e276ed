"""What people read goes through gettext, in templates, in scripts and in Python."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WITHIN_TAGS = {"entry_said.html", "reached.html"}  # attributes alone
ALL = (path for path in (ROOT / "templates").rglob("*.*") if path.suffix in (".html", ".txt"))
TEMPLATES = sorted(path for path in ALL if path.name not in WITHIN_TAGS)
SCRIPTS = sorted((ROOT / "static" / "js").rglob("*.js"))

NAMES = {"ReviewHub", "ReviewHub · ReviewHub"}  # in every language
NOT_READ = (
    r"{#.*?#}",
    r"{% comment %}.*?{% endcomment %}",
    r"{% blocktranslate.*?{% endblocktranslate %}",
    r"{% block (?:skip_to|device|scrolls|opens) %}.*?{% endblock %}",
    r"<(script|style|kbd|code)\b.*?</\1>",
    r"{%.*?%}|{{.*?}}",
)
READ_ATTRIBUTES = r'(?:aria-label|title|placeholder|alt)="([^"]*)"'
# What a template gives to another one, and what stands for an empty value.
GIVEN = r'\b(?:title|text|label|action)="([^"]*)"'
DEFAULT = r'\|default(?:_if_none)?:"([A-Z][^"]*|[^"]* [^"]*)"'
WORD = r"[A-Za-z]{2}"
SENTENCE = r"""(["'`])[A-Z][a-z]+ [a-z]+[^"'`]*\1"""

DESK = ("accounts", "notifications", "reviews", "studio", "web")
MARKS = {"_", "_lazy", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
# Said to whoever runs or writes the program, or kept on record: in English.
FOR_ENGINEERS = {
    *("ValueError", "TypeError", "KeyError", "RuntimeError", "LookupError", "NotImplementedError", "DoesNotExist"),
    *("Http404", "ImproperlyConfigured", "ChannelBusy", "PermanentError", "TransientError", "NotFound"),
}
NOT_FOR_PEOPLE = {"management", "migrations", "requested"}  # a system that asks reads English, as of the API
WORDS = re.compile(r"(?<![{\w])[A-Za-z]{2,}")
SAID_IN_PYTHON = re.compile(r"[A-Z“{][^<>]* [^<>]*[a-z”}][.?]")
# The studio says what is no whole sentence: a step's state, what an event means, what a block of the drawing does.
SAID_IN_PART = re.compile(r"[A-Za-z“{;:,][^<>_=]*[a-z}]+ [^<>_=]*[a-z]{2}[^<>_=]*")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_template_says_words_that_cannot_be_translated(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    given = [said for tag in re.findall(r"{% include .*?%}", text) for said in re.findall(GIVEN, tag)]
    given += re.findall(DEFAULT, text)
    for pattern in NOT_READ:
        text = re.sub(pattern, "", text, flags=re.DOTALL)
    said = [*given, *re.findall(READ_ATTRIBUTES, text), *re.sub(r"<[^>]*>", "\n", text).split("\n")]
    bare = [each.strip() for each in said if re.search(WORD, each)]
    assert [each for each in bare if each.strip(" ·") not in NAMES] == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_script_brings_sentences_of_its_own(path: Path) -> None:
    """What a script says stands in the page, translated: in `data-` attributes and templates."""
    text = re.sub(r"/\*.*?\*/|//[^\n]*", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert [found.group(0) for found in re.finditer(SENTENCE, text)] == []


def python_of_the_desk() -> list[Path]:
    found = (path for package in DESK for path in (ROOT / "reviewhub" / package).rglob("*.py"))
    return sorted(path for path in found if not NOT_FOR_PEOPLE & set(path.parts))


@pytest.mark.parametrize("path", python_of_the_desk(), ids=lambda path: str(path.relative_to(ROOT / "reviewhub")))
def test_a_sentence_is_marked_for_translation(path: Path) -> None:
    bare = [f"line {line}: {text}" for line, text in bare_sentences(ast.parse(path.read_text("utf-8")))]
    assert bare == []


STUDIO = [path for path in python_of_the_desk() if "studio" in path.parts]


@pytest.mark.parametrize("path", STUDIO, ids=lambda path: str(path.relative_to(ROOT / "reviewhub")))
def test_a_part_of_a_sentence_is_marked_too(path: Path) -> None:
    parsed = ast.parse(path.read_text("utf-8"))
    assert [f"line {line}: {text}" for line, text in bare_sentences(parsed, SAID_IN_PART)] == []


def bare_sentences(node: ast.AST, said: re.Pattern[str] = SAID_IN_PYTHON) -> Iterator[tuple[int, str]]:
    if isinstance(node, ast.Call) and name_of(node.func) in MARKS | FOR_ENGINEERS:
        return
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):  # a docstring
        return
    text = text_of(node)
    if text is not None:
        assert isinstance(node, ast.expr)
        if said.fullmatch(text) and WORDS.search(text):
            yield node.lineno, text
        return
    for child in ast.iter_child_nodes(node):
        yield from bare_sentences(child, said)


def text_of(node: ast.AST) -> str | None:
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def name_of(called: ast.expr) -> str:
    return called.id if isinstance(called, ast.Name) else called.attr if isinstance(called, ast.Attribute) else ""


def test_a_bare_sentence_is_found() -> None:
    text = 'def say():\n  "Not this one."\n  raise Refused(f"{name} may not do this.")\n  return _("Nor this one.")\n'
    assert list(bare_sentences(ast.parse(text))) == [(3, "{} may not do this.")]
