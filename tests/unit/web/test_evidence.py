"""Where the AI's quotes are found in a case."""

from __future__ import annotations

from reviewhub.web.presenters.evidence import Marks, Part
from reviewhub.web.presenters.sections import sections_of

EVIDENCE = [
    {"source": "request.supplier", "quote": "Northwind"},
    {"source": "request.quotation", "quote": "30 % with the order"},
    {"source": "request.amount", "quote": "18400"},
]


def test_a_quote_is_marked_where_it_stands_and_only_once() -> None:
    marks = Marks(EVIDENCE)
    text = "Payment 30 % with the order, again 30 % with the order."
    assert marks.said("quotation", text, text) == (
        Part("Payment "),
        Part("30 % with the order", 2),
        Part(", again 30 % with the order."),
    )
    assert marks.said("quotation", text, text) == (Part(text),)


def test_a_number_is_marked_as_it_is_shown() -> None:
    assert Marks(EVIDENCE).said("amount", 18400, "18,400") == (Part("18,400", 3),)


def test_a_quote_is_never_found_in_another_value() -> None:
    assert Marks(EVIDENCE).said("note", "Northwind", "Northwind") == (Part("Northwind"),)


def test_fields_carry_the_number_of_their_quote() -> None:
    marks = Marks(EVIDENCE)
    assert [marks.ref_of(name) for name in ("supplier", "amount", "cost_center")] == [1, 3, None]


def test_a_case_is_shown_as_the_request_and_what_was_gathered() -> None:
    context = {
        "input": {"supplier": "Northwind", "quotation": "Long text. " * 20, "lines": [{"item": "Kit", "net": 1250}]},
        "steps": {
            "budget": {"remaining": 900.0, "next": {"amount": 6000}},
            "assess": {"outcome": "approve", "confidence": 0.9},
            "skipped": None,
        },
    }
    request, budget = sections_of(context, {"supplier": "Who sells"}, Marks(EVIDENCE), {})
    assert (request.title, [entry.label for entry in request.entries]) == ("Request", ["Who sells"])
    assert [entry.label for entry in request.texts] == ["Quotation"]
    assert request.tables[0].heads == ("Item", "Net")
    assert [(entry.label, entry.parts[0].text) for entry in budget.entries] == [
        ("Remaining", "900"),
        ("Next, amount", "6,000"),
    ]


def test_a_case_that_says_nothing_has_no_request() -> None:
    assert sections_of({"input": {}, "steps": {}}, {}, Marks([]), {}) == ()
