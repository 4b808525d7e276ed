"""Where quotes are found in a document's text."""

from __future__ import annotations

from reviewhub.web.presenters.evidence import Part, Quote
from reviewhub.web.presenters.quoting import marked, places


def test_a_quote_is_found_across_a_line_break() -> None:
    quotes = [Quote(1, "a", "with the order"), Quote(2, "b", "nowhere")]
    assert marked("30 % with\n  the order.", quotes) == (Part("30 % "), Part("with\n  the order", 1), Part("."))
    assert [quote.ref for quote in quotes] == [2]


def test_two_quotes_never_overlap() -> None:
    assert marked("one two three", [Quote(1, "", "one two"), Quote(2, "", "two three")]) == (
        Part("one two", 1),
        Part(" three"),
    )


def test_among_words_it_is_those_that_the_quote_touches() -> None:
    words = ["Sum:", "€18,400.", "Payment", "30", "%", "with", "order"]
    found = dict(places(words, [Quote(1, "", "18,400"), Quote(2, "", "30 % with"), Quote(3, "", "x")]))
    assert {ref: [words[index] for index in touched] for ref, touched in found.items()} == {
        1: ["€18,400."],
        2: ["30", "%", "with"],
    }
