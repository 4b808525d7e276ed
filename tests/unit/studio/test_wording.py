"""Lengths of time, targets, sources and conditions in words."""

from __future__ import annotations

from datetime import timedelta

import pytest

from reviewhub.studio.conditions import condition, sentence_of
from reviewhub.studio.wording import brief_target, length, source, target

LENGTHS = [
    (0.04, "0 s", "nothing to speak of"),
    (1.44, "1.4 s", "tenths while they matter"),
    (59.6, "1 min", "a minute is not sixty seconds"),
    (90, "1 min 30 s", "two units"),
    (3600, "1 h", "no empty second unit"),
    (28800, "8 h", "an SLA"),
    (90061, "1 d 1 h", "the third unit is left out"),
    (timedelta(days=10), "10 d", "as a length of time too"),
    (-90, "-1 min 30 s", "in the past"),
]
TARGETS = [
    ({"kind": "backup_of", "of": "queue"}, "the backup of the queue", "backup"),
    ({"kind": "manager_of", "of": "assignee"}, "the manager of whoever has it", "manager"),
    ({"kind": "owner", "of": "workflow"}, "the process owner", "owner"),
    ({"kind": "user", "name": "carol"}, "carol", "carol"),
    ({"kind": "role", "name": "operator"}, "everyone with the role operator", "everyone with the role operator"),
    ({"kind": "queue", "name": "legal"}, "the queue legal", "the queue legal"),
]
SOURCES = [
    ("manual", "by hand"),
    ("api", "through the API"),
    ("webhook:purchases", "by a signed webhook at purchases"),
    ("schedule", "by schedule"),
]
CONDITIONS = [
    ("${ steps.approval.outcome == 'approve' }", "approval is approve", "an outcome by its step"),
    ("${ input.amount > 40000.0 }", "amount is over 40000", "no tail of zeros"),
    ("${ input.amount <= 1000 && !sla.critical }", "amount is at most 1000 and not critical", "and, not"),
    ('${ input.a != "x" || input.b < 2 }', "a is not x or b is under 2", "or, under"),
    ("${ input.cost_center == 'LAB' }", "cost center is LAB", "names as words"),
    ("${ input.amount > steps.budget.remaining }", "amount is over budget remaining", "a part of a result"),
    ("${ input.share >= 1.5 }", "share is at least 1.5", "a fraction stays one"),
]


@pytest.mark.parametrize(("value", "text", "remark"), LENGTHS)
def test_a_length_of_time_has_at_most_two_units(value: float | timedelta, text: str, remark: str) -> None:
    assert length(value) == text, remark


@pytest.mark.parametrize(("to", "full", "brief"), TARGETS)
def test_a_target_is_said_in_full_and_in_a_word(to: dict[str, str], full: str, brief: str) -> None:
    assert (target(to), brief_target(to)) == (full, brief)


@pytest.mark.parametrize(("text", "said"), SOURCES)
def test_a_source_says_where_a_run_came_from(text: str, said: str) -> None:
    assert source(text) == said


@pytest.mark.parametrize(("expression", "said", "remark"), CONDITIONS)
def test_a_condition_reads_as_words(expression: str, said: str, remark: str) -> None:
    assert condition(expression) == said, remark


def test_expressions_inside_a_text_are_words_in_brackets() -> None:
    text = "Exceeds what ${ input.cost_center } has left: ${ steps.budget.remaining }"
    assert sentence_of(text) == "Exceeds what (cost center) has left: (budget remaining)"
    assert sentence_of("Costs $${ literally } 5") == "Costs ${ literally } 5"
