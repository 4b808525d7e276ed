"""Bodies that come from outside are read strictly."""

from __future__ import annotations

import json

import pytest

from orchestration.triggers.json_body import MAX_DEPTH, MalformedBody, read_json_object

REFUSED = [
    (b"", "nothing at all"),
    (b"{", "cut off"),
    (b'{"a": 1} x', "something after the end"),
    (b"[1, 2]", "a list is no object"),
    (b'"text"', "nor is a text"),
    (b"null", "nor is null"),
    (b'{"a": 1, "a": 2}', "two readers could take it two ways"),
    (b'{"x": {"a": 1, "b": 2, "a": 3}}', "the same inside"),
    (b'{"a": NaN}', "not JSON, though Python reads it"),
    (b'{"a": -Infinity}', "the same"),
    (b'{"a": 1e999}', "would become infinite"),
    (b'{"a": 9223372036854775808}', "more than 64 bits"),
    (b'{"a": ' + b"9" * 5000 + b"}", "more digits than Python converts"),
    (b'{"a": "\\u0000"}', "PostgreSQL cannot keep NUL"),
    (b'{"a\\u0000": 1}', "in a name neither"),
    (b'{"a": "\x00"}', "nor as it is"),
    (b'{"a": "\\ud800"}', "half of a surrogate pair"),
    (b'{"a": "\xff"}', "not UTF-8"),
    (b"\xef\xbb\xbf{}", "a byte order mark"),
    (b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "deeper than the parser goes"),
    (b'{"a": ' + b"[" * MAX_DEPTH + b"]" * MAX_DEPTH + b"}", "one level too deep"),
]


@pytest.mark.parametrize(("raw", "remark"), REFUSED, ids=[remark for _, remark in REFUSED])
def test_a_body_that_could_be_misread_is_refused(raw: bytes, remark: str) -> None:
    with pytest.raises(MalformedBody) as refusal:
        read_json_object(raw)
    assert len(str(refusal.value)) < 200


def test_a_body_comes_through_as_it_was_sent() -> None:
    sent = {
        "text": "Ä 漢 \U0001f600",
        "whole": -(2**63),
        "part": 0.1,
        "deep": [[{"a": [None, True]}]],
        "": "empty name",
    }

    assert read_json_object(json.dumps(sent).encode()) == sent
    assert read_json_object(json.dumps(sent, ensure_ascii=False).encode()) == sent


def test_the_deepest_body_that_is_taken() -> None:
    levels = MAX_DEPTH - 1
    raw = b'{"a": ' + b"[" * levels + b"]" * levels + b"}"

    assert read_json_object(raw)["a"] is not None


def test_a_fault_is_named_by_its_place() -> None:
    with pytest.raises(MalformedBody, match="line 2, column 7"):
        read_json_object(b'{"a": 1,\n "b": x}')
