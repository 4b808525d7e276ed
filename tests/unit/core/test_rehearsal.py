"""Tests beside the text, run on the core: what they show when they pass, and what they say when they fail."""

from __future__ import annotations

import time

import pytest

from orchestration.core.deciding import Policy
from orchestration.core.language.check import Catalogue, check_text
from orchestration.core.language.definition import Step, compile_definition
from orchestration.core.rehearsal.outcome import Rehearsed
from orchestration.core.rehearsal.rehearse import rehearse

LEAVE = """\
workflow: leave
owner: carol
input:
  type: object
  required: [days, who]
  properties: {days: {type: integer}, who: {type: string}}
limits: {duration: P30D}
steps:
  - id: left
    tool: hr.days_left@1
    with: {who: "${ input.who }"}
    retry: {attempts: 2, first: 10s, jitter: 0}
    ambiguous: ask
  - id: approval
    review:
      outcomes: [approve, reject]
      assign: {queue: office, exclude: ["${ input.who }"]}
      fields: {days: {edit: true}, who: {}}
      escalate: [{after: 1d, to: {backup_of: queue}}, {after: 2d, to: {owner: workflow}}]
      unanswered: {after: 10d, outcome: reject}
  - id: booked
    when: ${ steps.approval.outcome == 'approve' }
    tool: hr.book@1
    with: {days: "${ steps.approval.fields.days }"}
  - {id: told, ai: words, with: {}}
"""


def rehearsed(test: str, text: str = LEAVE, policies: dict[tuple[str, str], Policy] | None = None) -> Rehearsed:
    """The one test, written after `tests: - name: t`."""
    lines = "".join(f"    {line}\n" for line in test.strip().splitlines())
    checked = check_text(f"{text}tests:\n  - name: t\n{lines}", Catalogue())
    assert checked.canonical is not None, checked.faults
    definition = compile_definition(checked.canonical)
    found = policies or {}
    return rehearse(definition, checked.tests[0], lambda kind, name: found.get((kind, name)), _ambiguity)


def _ambiguity(step: Step) -> str:
    return str(step.spec.get("ambiguous", "retry"))


def said(result: Rehearsed) -> list[str]:
    return [f"{failure.expected} | {failure.found}" for failure in result.failures]


PASSING = {
    "a decision with corrected fields is what the next call gets": """
input: {days: 9, who: ann}
people: [{step: approval, decide: approve, after: 3h, by: alice, fields: {days: 5}}]
expect:
  outcome: done
  path: [left, approval, booked, told]
  calls: [hr.days_left, {tool: hr.book@1, with: {days: 5}}]
  results: {approval: {by: alice, fields: {days: 5}}}
  escalated_to: []
  took: 3h""",
    "a decision taken back leaves the clocks running": """
input: {days: 9, who: ann}
people: [{step: approval, decide: approve, after: 3h, take_back: 1h}]
expect: {outcome: done, never: [booked], escalated_to: [backup, owner], took: 10d}""",
    "a decision taken back can be made again by another": """
input: {days: 9, who: ann}
people:
  - {step: approval, decide: reject, after: 3h, take_back: 1m}
  - {step: approval, decide: approve, after: 2d, by: bob}
expect: {path: [booked], escalated_to: [backup], took: 2d}""",
    "at the same instant a person comes before the clock": """
input: {days: 9, who: ann}
people: [{step: approval, decide: approve, after: 10d}]
expect: {path: [booked]}""",
    "successive answers, a retry and its wait": """
input: {days: 9, who: ann}
tools: {hr.days_left: [{error: transient}, {days: 4}]}
people: [{step: approval, decide: reject}]
expect: {calls: [hr.days_left, hr.days_left], results: {left: {days: 4}}, took: 10s}""",
    "an error comes before a person, who retries": """
input: {days: 9, who: ann}
tools: {hr.days_left: [{error: {class: permanent, code: gone, message: No such person}}, {days: 4}]}
people:
  - {step: left, decide: retry, after: 1h}
  - {step: approval, decide: reject}
expect: {incidents: [left], took: 1h}""",
    "a person lets the run fail, and the error is said": """
input: {days: 9, who: ann}
tools: {hr.days_left: {error: ambiguous}}
people: [{step: left, decide: fail}]
expect: {outcome: failed, error: {class: ambiguous, step: left}, incidents: [left]}""",
    "somebody cancels": """
input: {days: 9, who: ann}
people: [{cancel: not needed any more, after: 26h}]
expect: {outcome: cancelled, escalated_to: [backup], open: [], took: 1d2h}""",
    "a run that still waits is open": """
input: {days: 9, who: ann}
tools: {hr.days_left: {error: permanent}}
people: []
expect: {outcome: failed, incidents: [left], error: limit, took: 30d}""",
}


@pytest.mark.parametrize("name", PASSING)
def test_what_a_test_can_show(name: str) -> None:
    assert said(rehearsed(PASSING[name])) == []


PAID = """\
workflow: paid
input: {type: object, properties: {id: {type: string}}}
steps:
  - id: lines
    each: {in: "${ [1, 2] }", steps: [{id: line, tool: erp.line@1, with: {n: "${ item }"}}]}
  - {id: paid, wait: {event: order.paid, key: "${ input.id }", unanswered: {after: 3d, outcome: late}}}
  - {id: later, wait: {for: 1h}}
  - {id: told, emit: {event: order.closed, key: "${ input.id }", with: {how: "${ steps.paid.outcome }"}}}
  - {end: "closed"}
"""


@pytest.mark.parametrize(
    "test",
    [
        "events: [{event: order.paid, key: A, after: 2d}]\nexpect: {took: 2d1h, results: {paid: {outcome: received}}}",
        "events: [{event: order.paid, key: A, with: {sum: 5}}]\nexpect: {results: {paid: {payload: {sum: 5}}}}",
        "events: [{event: order.paid, key: B}]\nexpect: {took: 3d1h, results: {paid: {outcome: late}}}",
        "expect: {emitted: [{event: order.closed, key: A, with: {how: late}}]}",
        "tools: {erp.line: [{}, {error: transient}, {}]}\nexpect: {path: ['lines#1/line', 'lines#2/line', paid]}",
    ],
)
def test_events_arrive_and_are_told_and_loops_have_paths(test: str) -> None:
    assert said(rehearsed(f"input: {{id: A}}\n{test}", PAID)) == []


def test_an_event_that_is_there_before_its_wait_is_found() -> None:
    text = PAID.replace("  - id: lines\n", "  - {id: first, wait: {for: 1d}}\n  - id: lines\n")
    test = "input: {id: A}\nevents: [{event: order.paid, key: A, after: 2h}]\nexpect: {took: 1d1h}"
    assert said(rehearsed(test, text)) == []


PARENT = """\
workflow: parent
steps:
  - {id: child, workflow: supplier-check, with: {n: 1}, retry: {attempts: 2, first: 1m, jitter: 0}}
  - {id: said, set: {good: "${ steps.child.result.good }"}}
"""


@pytest.mark.parametrize(
    "test",
    [
        "workflows: {supplier-check: {outcome: fine, result: {good: true}}}\nexpect: {results: {said: {good: true}}}",
        "workflows: {supplier-check: [{error: permanent}, {result: {good: false}}]}\nexpect: {took: 1m}",
    ],
)
def test_runs_inside_a_run_end_as_the_test_says(test: str) -> None:
    assert said(rehearsed(test, PARENT)) == []


def test_what_still_waits_is_open() -> None:
    text = LEAVE.replace("limits: {duration: P30D}\n", "")
    error = "tools: {hr.days_left: {error: permanent}}"
    test = f"input: {{days: 9, who: ann}}\n{error}\nexpect: {{incidents: [left], open: [left]}}"
    assert said(rehearsed(test, text)) == []


FAILING = {
    "expect: {outcome: rejected}": "outcome: rejected | done",
    "expect: {path: [booked, left]}": "path: [booked, left] | [left, approval, booked, told]",
    "expect: {never: [booked, told]}": "never: [booked, told] | booked, told ran",
    "expect: {calls: [hr.book, hr.book]}": "calls: [hr.book, hr.book] | [hr.days_left, hr.book]",
    "expect: {calls: [{tool: hr.book, with: {days: 3}}]}": (
        "calls: [{tool: hr.book, with: {days: 3}}] | "
        "[{tool: hr.days_left, with: {who: ann}}, {tool: hr.book, with: {days: 9}}]"
    ),
    "expect: {results: {booked: {ok: true}}}": "results: {booked: {ok: true}} | {booked: {}}",
    "expect: {escalated_to: [backup]}": "escalated_to: [backup] | []",
    "expect: {incidents: [left]}": "incidents: [left] | []",
    "expect: {error: gone}": "error: {message: gone} | no error",
    "expect: {open: [approval]}": "open: [approval] | []",
    "expect: {took: 2h}": "took: 2h | 1h",
}


@pytest.mark.parametrize("expect", FAILING)
def test_a_failed_expectation_says_what_was_expected_and_what_happened(expect: str) -> None:
    result = rehearsed(
        f"input: {{days: 9, who: ann}}\npeople: [{{step: approval, decide: approve, after: 1h}}]\n{expect}"
    )
    assert said(result) == [FAILING[expect]]
    assert result.failures[0].line == LEAVE.count("\n") + 5
    assert [told.what for told in result.trail if told.what.startswith("approval: review decided")] != []


@pytest.mark.parametrize(
    ("people", "why"),
    [
        ("{step: approval, decide: maybe}", "'maybe' is not one of the outcomes: approve, reject."),
        ("{step: approval, decide: approve, by: ann}", "ann may not decide here (exclude)"),
        ("{step: approval, decide: approve, fields: {who: bob}}", "who cannot be corrected here"),
        ("{step: approval, decide: approve, after: 11d}", "the run was succeeded already"),
        ("{step: told, decide: retry}", "it was not open any more"),
        ("{cancel: late, after: 20d}", "the run was succeeded already"),
    ],
)
def test_what_people_cannot_do_fails_the_test_at_their_line(people: str, why: str) -> None:
    result = rehearsed(
        f"input: {{days: 9, who: ann}}\npeople:\n  - {people}\nexpect: {{}}".replace("{}", "{took: 10d}")
    )
    failure = result.failures[0]
    assert (failure.line, failure.found) == (LEAVE.count("\n") + 5, why)


def test_an_incident_that_is_not_expected_fails_the_test() -> None:
    error = "{error: {class: permanent, message: No such person}}"
    result = rehearsed(f"input: {{days: 1, who: ann}}\ntools: {{hr.days_left: {error}}}\nexpect: {{outcome: failed}}")
    assert said(result) == ["no incident | [left (No such person)]"]


def test_a_call_more_than_there_are_answers_fails_the_test() -> None:
    result = rehearsed("input: {days: 1, who: ann}\ntools: {hr.days_left: [{error: transient}]}\nexpect: {took: 1d}")
    assert said(result) == ["at most 1 calls of hr.days_left | one more call"]


POLICY = LEAVE.replace(
    "      escalate: [{after: 1d, to: {backup_of: queue}}, {after: 2d, to: {owner: workflow}}]\n", ""
)
POLICY = POLICY.replace("unanswered:", "escalate: standard\n      unanswered:")


def test_a_named_policy_comes_from_the_settings_or_from_the_test() -> None:
    level = {"after": 3_600, "to": {"kind": "backup_of", "of": "queue"}, "mode": "add", "business": False}
    kept = {("escalation", "standard"): Policy("standard", 4, [level])}
    assert said(rehearsed("input: {days: 1, who: ann}\nexpect: {escalated_to: [backup]}", POLICY, kept)) == []
    own = "settings: {escalation: {standard: [{after: 1h, to: {user: dora}}]}}"
    assert said(rehearsed(f"input: {{days: 1, who: ann}}\n{own}\nexpect: {{escalated_to: [dora]}}", POLICY, kept)) == []


def test_a_policy_that_nobody_gives_is_said() -> None:
    found = said(rehearsed("input: {days: 1, who: ann}\nexpect: {took: 1d}", POLICY))
    assert found == [
        "the escalation 'standard' from the settings | nobody gives it; write it under `settings` of the test"
    ]


def test_a_calendar_of_the_test_counts_working_time() -> None:
    text = LEAVE.replace("{after: 1d, to:", "{after: 4h, business: true, to:").replace(
        "      fields:", "      sla: {due: 8h, calendar: office}\n      fields:"
    )
    test = """
at: 2026-11-06T15:00:00Z
input: {days: 1, who: ann}
settings: {calendars: {office: {zone: UTC, week: {mon: ["09:00-17:00"], fri: ["09:00-17:00"]}}}}
people: [{step: approval, decide: approve, after: 67h59m}]
expect: {escalated_to: [owner]}"""
    assert said(rehearsed(test, text)) == []  # Friday 15:00 and four hours of work is Monday 11:00, 68 hours later
    assert said(rehearsed(test.replace("67h59m", "68h1m").replace("[owner]", "[owner, backup]"), text)) == []


def test_a_month_passes_in_milliseconds() -> None:
    started = time.process_time()
    assert rehearsed(
        "input: {days: 1, who: ann}\ntools: {hr.days_left: {error: permanent}}\nexpect: {took: 30d, incidents: [left]}"
    ).passed
    assert time.process_time() - started < 5  # a month is 2,592,000 seconds


AROUND = """\
workflow: around
input: {type: object}
steps:
  - {id: desk, tool: desk.book@1, undo: {tool: desk.free@1}}
  - {id: inside, workflow: trip}
  - {id: last, tool: last@1, undo: {tool: last.undo@1}}
  - {id: no, fail: Not today}
"""


def test_what_a_run_inside_did_is_undone_in_its_turn() -> None:
    calls = "calls: [desk.book, last, last.undo, desk.free], incidents: [], outcome: failed"
    played = rehearsed(f"workflows: {{trip: {{undoes: true}}}}\nexpect: {{{calls}}}", AROUND)
    assert said(played) == []
    undone = [told.what for told in played.trail if told.what.endswith(("undo started", "undo asked"))]
    assert undone == ["last~undo: undo started", "inside~undo: undo asked", "desk~undo: undo started"]
    assert not any("undo asked" in told.what for told in rehearsed(f"expect: {{{calls}}}", AROUND).trail)
