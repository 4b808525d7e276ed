"""The check of tests beside the text: every slip at its line, and no trace in the workflow's content."""

from __future__ import annotations

import pytest

from orchestration.core.language.check import check_text
from tests.unit.language.purchase import CATALOGUE, PURCHASE

BEFORE = PURCHASE.count("\n") + 1  # the line of `tests:`
INPUT = "{request_id: R-1, requester: ann@example.com, amount: 10, cost_center: C1}"


def faults_of(test: str) -> list[tuple[int, str]]:
    """Line within the test (its name being the first) and message of each fault."""
    lines = "".join(f"    {line}\n" for line in test.strip().splitlines())
    checked = check_text(f"{PURCHASE}tests:\n  - name: t\n{lines}", CATALOGUE)
    return [(fault.line - BEFORE, fault.message) for fault in checked.faults]


@pytest.mark.parametrize(
    ("test", "line", "message"),
    [
        (f"input: {INPUT}", 1, "'expect' is missing: what has to come of it, such as {outcome: done}."),
        (f"input: {INPUT}\nexpect: {{}}", 3, "A test expects something, such as {outcome: done}."),
        (f"input: {INPUT}\nexpected: {{outcome: done}}", 3, "'expected' is not known here. Did you mean 'expect'?"),
        ("input: {amount: ten}\nexpect: {outcome: done}", 2, "'ten' is not of type 'number'"),
        (f"input: {INPUT}\nexpect: {{path: [budgt]}}", 3, "There is no step 'budgt'. Did you mean 'budget'?"),
        (f"input: {INPUT}\nexpect: {{calls: [mail.sned]}}", 3, "The workflow calls no tool 'mail.sned'."),
        (f"input: {INPUT}\nexpect: {{took: soon}}", 3, "Expected a duration such as 30s, 8h, 10d or P30D"),
        (f"input: {INPUT}\ntools: {{finance.bugdet: {{}}}}\nexpect: {{took: 1d}}", 3, "Did you mean 'finance.budget'?"),
        (
            f"input: {INPUT}\ntools:\n  finance.budget: {{remaining: much}}\nexpect: {{took: 1d}}",
            4,
            "'remaining' is not what the tool gives: 'much' is not of type 'number'",
        ),
        (
            f"input: {INPUT}\ntools: {{finance.budget: {{left: 1}}}}\nexpect: {{took: 1d}}",
            3,
            "The tool gives no 'left'.",
        ),
        (
            f"input: {INPUT}\ntools: {{finance.budget: {{error: bad}}}}\nexpect: {{took: 1d}}",
            3,
            "Expected one of transient",
        ),
        (f"input: {INPUT}\nai: {{purchase-asessment: {{}}}}\nexpect: {{took: 1d}}", 3, "'purchase-assessment'"),
        (
            f"input: {INPUT}\nai: {{purchase-assessment: {{outcom: x}}}}\nexpect: {{took: 1d}}",
            3,
            "'outcom' is not known here. Did you mean 'outcome'?",
        ),
        (f"input: {INPUT}\npeople: [{{step: approval}}]\nexpect: {{took: 1d}}", 3, "'decide' is missing"),
        (
            f"input: {INPUT}\npeople: [{{step: aproval, decide: x}}]\nexpect: {{took: 1d}}",
            3,
            "Did you mean 'approval'?",
        ),
        (f"input: {INPUT}\npeople: [{{cancel: x, decide: y}}]\nexpect: {{took: 1d}}", 3, "an act of its own"),
        (f"input: {INPUT}\nat: tomorrow\nexpect: {{took: 1d}}", 3, "Expected an instant with its zone"),
        (
            "settings: {calendars: {o: {zone: Nowhere, week: {mon: ['09:00-10:00']}}}}\nexpect: {took: 1d}",
            2,
            "'Nowhere' is not a time zone",
        ),
    ],
)
def test_a_slip_in_a_test_is_a_fault_at_its_line(test: str, line: int, message: str) -> None:
    found = faults_of(test)
    assert any(at == line and message in said for at, said in found), found


def test_two_tests_have_two_names() -> None:
    test = f"input: {INPUT}\nexpect: {{took: 1d}}"
    assert faults_of(f"{test}\n") == []
    twice = check_text(
        f"{PURCHASE}tests:\n" + f"  - {{name: t, input: {INPUT}, expect: {{took: 1d}}}}\n" * 2,
        CATALOGUE,
    )
    assert [fault.message for fault in twice.faults] == [f"There is a test 't' already, on line {BEFORE + 1}."]


def test_tests_are_no_part_of_what_a_workflow_means() -> None:
    plain = check_text(PURCHASE, CATALOGUE)
    tested = check_text(f"{PURCHASE}tests: [{{name: t, input: {INPUT}, expect: {{took: 1d}}}}]\n", CATALOGUE)
    assert tested.canonical == plain.canonical
    assert tested.content_hash == plain.content_hash
    assert [test.name for test in tested.tests] == ["t"]
    assert plain.tests == ()
