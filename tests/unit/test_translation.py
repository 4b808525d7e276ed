"""What people read at the desk goes through gettext, in templates and in scripts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("components", "desk", "documents", "errors", "lead", "phone", "registration")
TEMPLATES = sorted(path for folder in FOLDERS for path in (ROOT / "templates" / folder).rglob("*.html"))
SCRIPTS = sorted((ROOT / "static" / "js").rglob("*.js"))

NAMES = {"ReviewHub"}  # in every language
NOT_READ = (
    r"{#.*?#}",
    r"{% comment %}.*?{% endcomment %}",
    r"{% blocktranslate.*?{% endblocktranslate %}",
    r"{% block (?:skip_to|device|scrolls) %}.*?{% endblock %}",
    r"<(script|style|kbd|code)\b.*?</\1>",
    r"{%.*?%}|{{.*?}}",
)
READ_ATTRIBUTES = r'(?:aria-label|title|placeholder|alt)="([^"]*)"'
WORD = r"[A-Za-z]{2}"
SENTENCE = r"""(["'`])[A-Z][a-z]+ [a-z]+[^"'`]*\1"""


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_template_says_words_that_cannot_be_translated(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for pattern in NOT_READ:
        text = re.sub(pattern, "", text, flags=re.DOTALL)
    said = [*re.findall(READ_ATTRIBUTES, text), *re.sub(r"<[^>]*>", "\n", text).split("\n")]
    bare = [each.strip() for each in said if re.search(WORD, each)]
    assert [each for each in bare if each.strip(" ·") not in NAMES] == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_script_brings_sentences_of_its_own(path: Path) -> None:
    """What a script says stands in the page, translated: in `data-` attributes and templates."""
    text = re.sub(r"/\*.*?\*/|//[^\n]*", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert [found.group(0) for found in re.finditer(SENTENCE, text)] == []
