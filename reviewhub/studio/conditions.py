"""Conditions of a workflow in words a reader can follow, as far as a short expression goes."""

from __future__ import annotations

import re

from django.utils.translation import gettext_lazy as _lazy

WORDS = (
    (re.compile(r"\bsteps\.(\w+)\.outcome\b"), r"\1"),
    (re.compile(r"\b(?:input|steps|sla|run)\."), ""),
    (re.compile(r"\s*==\s*"), _lazy(" is ")),
    (re.compile(r"\s*!=\s*"), _lazy(" is not ")),
    (re.compile(r"\s*>=\s*"), _lazy(" is at least ")),
    (re.compile(r"\s*<=\s*"), _lazy(" is at most ")),
    (re.compile(r"\s*>\s*"), _lazy(" is over ")),
    (re.compile(r"\s*<\s*"), _lazy(" is under ")),
    (re.compile(r"\s*&&\s*"), _lazy(" and ")),
    (re.compile(r"\s*\|\|\s*"), _lazy(" or ")),
    (re.compile(r"(?<![\w.])!\s*(?=[\w(])"), _lazy("not ")),
    (re.compile(r"'([^']*)'|\"([^\"]*)\""), r"\1\2"),
    (re.compile(r"\b(\d+)\.0\b"), r"\1"),
    (re.compile(r"(?<=[A-Za-z_])\.(?=[A-Za-z_])"), " "),
)
INSIDE = re.compile(r"(\$?)\$\{((?:'[^']*'|\"[^\"]*\"|[^}'\"])*)\}")
MARKED = re.compile(r"^\s*\$\{(.*)\}\s*$", re.DOTALL)


def condition(text: str) -> str:
    """`${ steps.approval.outcome == 'approve' }` reads: approval is approve."""
    inside = MARKED.match(text)
    said = (inside[1] if inside else text).strip()
    for pattern, word in WORDS:
        said = pattern.sub(str(word), said)
    return " ".join(said.replace("_", " ").split())


def sentence_of(text: str) -> str:
    """A text with expressions in it: `Over ${ steps.budget.remaining }` reads: Over (budget remaining)."""
    return INSIDE.sub(lambda found: found[0][1:] if found[1] else f"({condition(found[2])})", text)
