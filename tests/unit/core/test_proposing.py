"""Which way out of an incident is proposed, and how a failed step is told."""

from __future__ import annotations

import pytest

from orchestration.core.explaining import explained
from orchestration.core.incidents import COMPENSATE, FAIL, RETRY, RETRY_CORRECTED, SKIP
from orchestration.core.proposing import propose

CALL = (RETRY, RETRY_CORRECTED, SKIP, FAIL)
BLOCK = (RETRY, FAIL)


@pytest.mark.parametrize(
    ("known", "code", "ways", "repeatable", "way"),
    [
        ("transient", "http_503", CALL, False, RETRY),  # it was only busy
        ("transient", "bad_input", CALL, False, RETRY),  # the class says more than the code
        ("ambiguous", "timeout", CALL, True, RETRY),  # takes effect once under the same key
        ("ambiguous", "timeout", CALL, False, ""),  # nobody can say without looking
        ("permanent", "bad_input", CALL, False, RETRY_CORRECTED),  # the input does not fit
        ("permanent", "http_422", CALL, False, RETRY_CORRECTED),  # the other side says so
        ("permanent", "http_401", CALL, False, RETRY),  # the input is not at fault
        ("permanent", "unknown_tool", CALL, False, RETRY),  # once it is deployed
        ("permanent", "bad_output", CALL, False, SKIP),  # it was called; once is enough
        ("permanent", "bad_output", BLOCK, False, FAIL),  # nothing to skip with
        ("permanent", "expression", CALL, False, FAIL),  # the same values every time
        ("permanent", "expression", (RETRY, COMPENSATE, FAIL), False, COMPENSATE),  # rather undone than left half
        ("permanent", "whatever", CALL, False, RETRY_CORRECTED),
        ("permanent", "whatever", BLOCK, False, FAIL),
    ],
)
def test_the_rules_propose(known: str, code: str, ways: tuple[str, ...], repeatable: bool, way: str) -> None:
    found = propose({"class": known, "code": code}, ways, {}, repeatable=repeatable)
    assert found.way == way
    assert found.reasons


@pytest.mark.parametrize(
    ("history", "way"),
    [
        ({SKIP: 2}, RETRY),  # two choices are no habit
        ({SKIP: 3}, SKIP),
        ({SKIP: 3, RETRY: 2}, SKIP),  # three of five
        ({SKIP: 2, RETRY: 2}, RETRY),  # nobody agrees: the rule
        ({"gone": 5}, RETRY),  # a way that is not offered any more
    ],
)
def test_what_people_chose_before_weighs_more_than_the_rule(history: dict[str, int], way: str) -> None:
    assert propose({"class": "transient", "code": "busy"}, CALL, history).way == way


def test_a_failed_step_is_told_in_four_parts() -> None:
    told = explained({"class": "ambiguous", "code": "timeout"}, step="order", tool="erp.order@1", attempts=3)
    assert told == {
        "happened": "The other system did not answer in time.",
        "to": "The step “order”, which calls erp.order@1.",
        "tried": "It was tried 3 times.",
        "means": "Nobody knows whether it took effect: the other system did not say. Look there before you choose.",
    }
