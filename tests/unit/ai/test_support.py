from __future__ import annotations

import time
from typing import Any

import pytest

from orchestration.ai.support import check_readings, check_support
from tests.support.questions import PURCHASE

HOLDS = [{"source": "budget.remaining", "quote": "5000"}]


def test_a_quote_is_given_back_as_it_stands_in_its_source() -> None:
    support = check_support(
        {"mail": {"body": "We pay 30 %\n with the order."}}, [{"source": "mail.body", "quote": "pay 30 % with"}], []
    )
    assert support.holds
    assert support.evidence[0].quote == "pay 30 %\n with"


def test_a_quote_that_does_not_occur_fails_and_is_left_out() -> None:
    support = check_support(PURCHASE, [{"source": "request.note", "quote": "approved by the dean"}], [])
    assert not support.holds
    assert support.evidence == ()
    assert "approved by the dean" in support.faults[0]


def test_a_source_named_wrongly_is_put_right() -> None:
    support = check_support(PURCHASE, [{"source": "$.lines[0].name", "quote": "PS-200"}], [])
    assert support.holds
    assert support.evidence[0].source == "lines.0.item"


def test_a_short_quote_counts_only_in_the_source_it_names() -> None:
    assert not check_support(PURCHASE, [{"source": "request.supplier", "quote": "50"}], []).holds


def test_a_number_may_be_quoted_as_people_write_it() -> None:
    support = check_support(PURCHASE, [{"source": "request.amount", "quote": "€1,200.00"}], [])
    assert support.evidence[0].quote == "1,200"


def test_a_number_quoted_with_the_wrong_source_is_put_right() -> None:
    support = check_support(PURCHASE, [{"source": "amount", "quote": "1200"}], [])
    assert (support.evidence[0].source, support.evidence[0].quote) == ("request.amount", "1,200")


def test_an_answer_that_quotes_nothing_is_not_held_up() -> None:
    assert check_support(PURCHASE, [], ["It is fine."]).faults == ("The answer quotes nothing from the case",)


@pytest.mark.parametrize(
    "claim",
    [
        "The amount of 1,200 fits.",
        "1.200,00 are asked for.",  # the other way to write thousands
        "3,800 would remain.",  # a difference
        "It takes 24 % of the budget.",  # a share
        "3 of 4 checks passed.",  # counts are language
        "One PS-200 at 1150.50.",
        "Of 5000 1200 are asked for.",  # two figures side by side
        "1\u202f200 of 5'000.",
        "No figures at all.",
    ],
)
def test_figures_that_the_facts_give_agree(claim: str) -> None:
    assert check_support(PURCHASE, HOLDS, [claim]).holds, claim


@pytest.mark.parametrize("claim", ["The amount is 7,777.", "It takes 91 % of the budget.", "Paid in 2019 already."])
def test_a_figure_from_nowhere_is_named(claim: str) -> None:
    assert not check_support(PURCHASE, HOLDS, [claim]).holds


def test_an_answer_full_of_figures_is_not_checked_for_ever() -> None:
    facts = {"numbers": [number * 7.3 for number in range(400)]}
    text = " ".join(str(number) for number in range(13, 6_000))
    started = time.process_time()
    support = check_support(facts, [{"source": "numbers.3", "quote": "21.9"}], [text])
    assert support.faults == ("The answer holds more figures than can be checked",)
    check_support(facts, [], [" ".join(str(number) for number in range(13_013, 13_050))])
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("said", "own", "quote"),
    [
        ({"value": 1200, "confidence": 0.9, "source": "request.amount", "quote": "1,200"}, 0.9, "1,200"),
        ({"value": 1300, "confidence": 0.9, "source": "request.amount", "quote": "1,200"}, 0.5, ""),  # another number
        ({"value": 1200, "confidence": 0.9, "source": "request.amount", "quote": "9,999"}, 0.5, ""),  # it is not there
        ({"value": 1200, "confidence": 0.9, "source": None, "quote": None}, 0.5, ""),
        ({"value": "Northwind", "confidence": 7, "source": "x", "quote": "Northwind"}, 1.0, "Northwind"),
        ({"value": None, "confidence": 0.9, "source": "request.amount", "quote": "1,200"}, None, ""),
    ],
)
def test_a_reading_without_a_passage_that_gives_it_has_a_capped_word(
    said: dict[str, Any], own: float | None, quote: str
) -> None:
    read = check_readings(PURCHASE, {"amount": said}, 0.5)["amount"]
    assert (read.own_confidence, read.quote) == (own, quote)
