"""Reads the tokens of the Common Expression Language, so that braces, names and nesting are seen as CEL sees them.

This is only the lexical part (strings with their quotes, escapes, raw and triple forms; comments; names); the
grammar itself is left to the CEL library.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


class UnreadableExpression(Exception):
    """The text cannot be read as an expression. `offset` counts characters from the start of the text read."""

    def __init__(self, reason: str, offset: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.offset = offset


@dataclass(frozen=True, slots=True)
class Token:
    """`kind`: name, string, number or sign. `start` and `end` are offsets in the text read."""

    kind: str
    text: str
    start: int
    end: int


_BLANK = re.compile(r"(?:[\s]+|//[^\n]*)+")
_STRING_START = re.compile(r"(?P<prefix>[rRbB]{0,2})(?P<quote>\"\"\"|'''|\"|')")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NUMBER = re.compile(r"0[xX][0-9a-fA-F]+[uU]?|(?:\d+\.\d+|\.\d+|\d+)(?:[eE][+-]?\d+)?[uU]?")
_SIGN = re.compile(r"&&|\|\||[=!<>]=|[-+*/%!<>?:.,()\[\]{}]")
_SIMPLE_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.))", re.DOTALL)


def tokens_of(text: str) -> tuple[Token, ...]:
    """All tokens of an expression. Raises `UnreadableExpression`."""
    found = []
    at = after_blank(text, 0)
    while at < len(text):
        token = token_at(text, at)
        found.append(token)
        at = after_blank(text, token.end)
    return tuple(found)


def after_blank(text: str, at: int) -> int:
    """The offset after white space and comments."""
    blank = _BLANK.match(text, at)
    return blank.end() if blank else at


def token_at(text: str, at: int) -> Token:
    opening = _STRING_START.match(text, at)
    if opening:
        end = _end_of_string(text, opening)
        return Token("string", text[at:end], at, end)
    for kind, pattern in (("name", _NAME), ("number", _NUMBER), ("sign", _SIGN)):
        match = pattern.match(text, at)
        if match:
            return Token(kind, match.group(), at, match.end())
    raise UnreadableExpression(f"{text[at]!r} does not belong in an expression", at)


def _end_of_string(text: str, opening: re.Match[str]) -> int:
    quote, raw = opening["quote"], "r" in opening["prefix"].lower()
    at = opening.end()
    while at < len(text):
        if text[at] == "\\" and not raw:
            at += 2
        elif text.startswith(quote, at):
            return at + len(quote)
        elif text[at] in "\r\n" and len(quote) == 1:
            break
        else:
            at += 1
    raise UnreadableExpression("a string is not closed", opening.start())


def string_value(token: Token) -> str:
    """What a string token says."""
    start = token.text.index(token.text[-1])
    quote = 3 if token.text[start:].startswith(token.text[-1] * 3) and len(token.text) >= start + 6 else 1
    body = token.text[start + quote : -quote]
    return body if "r" in token.text[:start].lower() else _ESCAPE.sub(_unescaped, body)


def _unescaped(match: re.Match[str]) -> str:
    hexadecimal = match[1] or match[2] or match[3]
    try:
        if hexadecimal:
            return chr(int(hexadecimal, 16))
        if match[4]:
            return chr(int(match[4], 8))
    except (ValueError, OverflowError):
        return "\N{REPLACEMENT CHARACTER}"
    return _SIMPLE_ESCAPES.get(match[5], match[5])
