"""What the AI is given of documents: their text, within a budget, with what was left out told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestration.ai.documents import LEAST_SECONDS, MOST_CHARACTERS, MOST_DOCUMENTS, with_texts
from orchestration.core.documents import document
from orchestration.ports import DocumentText, Evidence

PLENTY = 100.0


def named(digit: str) -> dict[str, Any]:
    return document(digit * 64, name=f"{digit}.pdf", media_type="application/pdf", size=9)


class Shelf:
    """Says what each document is set to say, by the first digit of its digest."""

    def __init__(self, **says: DocumentText) -> None:
        self.says = says

    def text_of(self, document: Mapping[str, Any]) -> DocumentText:
        return self.says[document["$document"][0]]


def test_text_stands_in_the_place_of_the_document_and_is_traced_to_it() -> None:
    shelf = Shelf(a=DocumentText((("page_1", "Sum 1,250"), ("part_1.text", "Hello"))))
    texts = with_texts({"request": {"file": named("a"), "amount": 3}}, shelf, lambda: PLENTY)
    assert texts.facts == {
        "request": {"file": {"name": "a.pdf", "page_1": "Sum 1,250", "part_1": {"text": "Hello"}}, "amount": 3}
    }
    quoted = texts.located(Evidence("request.file.part_1.text", "Hello"))
    assert (quoted.document, quoted.part) == ("a" * 64, "part_1.text")
    assert texts.located(Evidence("request.amount", "3")).document == ""


def test_each_document_has_a_share_of_the_budget_and_what_is_cut_is_told() -> None:
    shelf = Shelf(a=DocumentText((("text", "a" * 90_000),)), b=DocumentText((("text", "b" * 50),), "page 2"))
    texts = with_texts({"one": named("a"), "two": named("b")}, shelf, lambda: PLENTY)
    half = MOST_CHARACTERS // 2
    assert (len(texts.facts["one"]["text"]), len(texts.facts["two"]["text"])) == (half, 50)
    assert [told["left_out"] for told in texts.told] == [f"all but the first {half} of 90000 characters", "page 2"]


def test_no_more_documents_are_read_than_a_few_and_none_without_time() -> None:
    shelf = Shelf(a=DocumentText((("text", "x"),)))
    many = with_texts({"files": [named("a")] * (MOST_DOCUMENTS + 1)}, shelf, lambda: PLENTY)
    assert many.told[-1]["left_out"] == f"only the first {MOST_DOCUMENTS} documents are read"
    late = with_texts({"file": named("a")}, shelf, lambda: LEAST_SECONDS / 2)
    assert (late.facts, late.told[0]["characters"]) == ({"file": {"name": "a.pdf"}}, 0)


def test_a_reader_that_breaks_leaves_the_document_out() -> None:
    texts = with_texts({"file": named("c")}, Shelf(), lambda: PLENTY)
    assert texts.told[0]["left_out"] == "it could not be read (KeyError)"


def test_without_documents_nothing_changes() -> None:
    facts = {"amount": 3}
    assert with_texts(facts, Shelf(), lambda: PLENTY).facts is facts
    assert with_texts({"file": named("a")}, None, lambda: PLENTY).told == ()
