"""Texts with expressions in them: where an expression starts and ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.core.language.template import Piece, pieces_of
from orchestration.core.language.tokens import UnreadableExpression


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", ["plain"]),
        ("${ a }", [("a",)]),
        ("x ${ a } y ${ b }", ["x ", ("a",), " y ", ("b",)]),
        ("$${ a }", ["${ a }"]),  # a literal
        ("5 $ and $5", ["5 $ and $5"]),
        ("$$${ a }", ["$${ a }"]),
        ("${ '}' }", [("'}'",)]),  # a brace in a string
        ('${ "\\"}" }', [('"\\"}"',)]),  # after an escaped quote
        ("${ r'\\' }}", [("r'\\'",), "}"]),  # a raw string ends at its quote
        ('${ """a"}b""" }', [('"""a"}b"""',)]),
        ("${ '''it's }''' }", [("'''it's }'''",)]),
        ("${ {'a': {'b': 1}} }", [("{'a': {'b': 1}}",)]),  # map literals
        ("${ a // } not yet\n }", [("a // } not yet",)]),  # a comment
        ("${ b'}' + rb'}' }", [("b'}' + rb'}'",)]),
        ("", []),
    ],
)
def test_a_text_is_split_where_its_expressions_end(text: str, expected: list[str | tuple[str]]) -> None:
    found = [(piece.text.strip(),) if piece.is_expression else piece.text for piece in pieces_of(text)]
    assert found == expected


@pytest.mark.parametrize("text", ["${", "${ a", "${ 'a }", "${ {'a': 1 }", "${ ''' }", "${ # }", "${ a // }"])
def test_an_expression_without_an_end_says_so(text: str) -> None:
    with pytest.raises(UnreadableExpression) as caught:
        pieces_of(text)
    assert 0 <= caught.value.offset <= len(text)


@given(st.text(alphabet="${}'\"\\ab /\nr.[]()1", max_size=120))
def test_reading_any_text_ends_with_its_pieces_or_one_complaint(text: str) -> None:
    read = _read(text)
    if isinstance(read, int):
        assert 0 <= read <= len(text)
        return
    for piece in read:
        if piece.is_expression:
            assert text[piece.offset : piece.offset + len(piece.text) + 1] == piece.text + "}"


def _read(text: str) -> tuple[Piece, ...] | int:
    """The pieces, or where the complaint is."""
    try:
        return pieces_of(text)
    except UnreadableExpression as error:
        return error.offset


@given(st.text(max_size=60), st.sampled_from(["'", '"', "'''", '"""']))
def test_a_quoted_string_never_ends_an_expression(inside: str, quote: str) -> None:
    quoted = "".join(f"\\U{ord(char):08x}" if char in "\\'\"\r\n" else char for char in inside)
    text = f"before ${{ {quote}{quoted}{quote} }} after"
    literal, expression, rest = pieces_of(text)
    assert (literal.text, rest.text) == ("before ", " after")
    assert expression.text.strip() == f"{quote}{quoted}{quote}".strip()
