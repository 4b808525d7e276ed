"""Splits a text into what is literal and what is `${ an expression }`.

The closing brace is found by reading the expression's tokens, so a brace in a string, in a comment or of a map
literal does not end it. `$${` stands for a literal `${`.
"""

from __future__ import annotations

from dataclasses import dataclass

from orchestration.core.language.tokens import UnreadableExpression, after_blank, token_at


@dataclass(frozen=True, slots=True)
class Piece:
    """A literal stretch, or the source of an expression; `offset` is where it starts in the whole text."""

    text: str
    kind: str  # literal or expression
    offset: int

    @property
    def is_expression(self) -> bool:
        return self.kind == "expression"


def pieces_of(text: str) -> tuple[Piece, ...]:
    """Raises `UnreadableExpression` with an offset into `text`."""
    found: list[Piece] = []
    literal: list[str] = []
    at = literal_from = 0
    while at < len(text):
        dollar = text.find("$", at)
        if dollar < 0:
            literal.append(text[at:])
            break
        literal.append(text[at:dollar])
        if text.startswith("$${", dollar):
            literal.append("${")
            at = dollar + 3
        elif text.startswith("${", dollar):
            if any(literal):
                found.append(Piece("".join(literal), "literal", literal_from))
            end = _closing_brace(text, dollar)
            found.append(Piece(text[dollar + 2 : end], "expression", dollar + 2))
            at = literal_from = end + 1
            literal = []
        else:
            literal.append("$")
            at = dollar + 1
    if any(literal):
        found.append(Piece("".join(literal), "literal", literal_from))
    return tuple(found)


def _closing_brace(text: str, dollar: int) -> int:
    depth = 0
    at = after_blank(text, dollar + 2)
    while at < len(text):
        token = token_at(text, at)
        if token.text == "}" and depth == 0:
            return token.start
        if token.text in ("{", "}"):
            depth += 1 if token.text == "{" else -1
        at = after_blank(text, token.end)
    raise UnreadableExpression("an expression that starts with ${ is not closed with }", dollar)


def lone_expression(pieces: tuple[Piece, ...]) -> Piece | None:
    """The one expression of a text that holds nothing else (white space around it does not count)."""
    expressions = [piece for piece in pieces if piece.is_expression]
    if len(expressions) == 1 and all(piece.is_expression or not piece.text.strip() for piece in pieces):
        return expressions[0]
    return None
