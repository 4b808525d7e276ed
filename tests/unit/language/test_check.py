"""The check of a whole text: every problem at once, at its line, with what was expected and the nearest name."""

from __future__ import annotations

import json

import pytest

from orchestration.core.language.check import Catalogue, check_policy, check_text
from tests.unit.language.purchase import CATALOGUE, PURCHASE, changed, faults_of, line_of


def test_a_sound_workflow_has_no_fault_and_a_canonical_form() -> None:
    checked = check_text(PURCHASE, CATALOGUE)
    assert checked.faults == ()
    assert checked.canonical is not None
    assert checked.canonical["workflow"] == "purchase-approval"


def test_without_an_installation_the_names_are_not_checked() -> None:
    assert faults_of(changed("queue: finance", "queue: nobody-knows"), Catalogue()) == ()


FAULTS = [  # what is replaced, by what, and what is said at the line of the new text
    # names and shapes
    ("title: Purchase approval", "titel: Purchase approval", "'titel' is not known here. Did you mean 'title'?"),
    ("workflow: purchase-approval", "workflow: Purchase Approval", "Expected a name of small letters"),
    ("workflow: purchase-approval", "workflow: second-look", "The name 'second-look' is the product's own"),
    ("  - id: facts\n", "  - id: second-look\n", "for reviews that it makes itself: choose another."),
    ("owner: oscar", "owner: [oscar]", "Expected who owns the process, found a list"),
    ("undo: 10s", "undoo: 10s", "Did you mean 'undo'?"),
    ("undo: 10s", "undo: 2h", "at most 1h"),
    ("{end: rejected}", "{end: 5}", "Expected the run's outcome"),
    ("- {end: rejected}", "- just words", "Expected a step"),
    ("  - id: facts", "  - id: budget", "The id 'budget' is taken already, on line 21"),
    ("  - id: facts", "  - id: 1st", "is no name for a step"),
    ("  - id: facts\n    set:", "  - set:", "'id' is missing"),
    ("    set: {over:", "    sett: {over:", "Did you mean 'set'?"),
    ("- id: order\n", "- id: order\n            set: {}\n", "not of tool and set at once"),
    # durations
    ("sla: {due: 8h,", "sla: {due: 8 hours,", "Expected a duration such as 30s"),
    ("{duration: P30D,", "{duration: 30,", "found the number 30"),
    ("{after: 24h, to", "{after: 0s, to", "must be longer"),
    ("timeout: 30s", "timeout: 2h", "at most 10m"),
    # expressions
    ("${ sla.critical }", "${ sla.critical ", "cannot be read: an expression that starts with"),
    ("${ steps.facts.over }", "steps.facts.over", "Expected a condition such as"),
    ("${ steps.facts.over }", "${ steps.facts.ovr }", "steps.facts has no 'ovr'. Did you mean 'over'?"),
    ("${ steps.facts.over }", "${ steps.fact.over }", "There is no step 'fact'. Did you mean 'facts'?"),
    ("${ steps.facts.over }", "${ steps.order.over }", "The step 'order' on line 50 cannot have run before"),
    ("${ steps.facts.over }", "${ inputs.over }", "'inputs' is not known here. Did you mean 'input'?"),
    ("${ steps.facts.over }", "${ task.over }", "task is not available in this version"),
    ("${ steps.facts.over }", "${ sla.critical }", "sla is known only in the conditions of escalation levels"),
    ('highlights: {Amount: "${ input.amount }"}', 'highlights: {A: "${ input.amont }"}', "Did you mean 'amount'?"),
    ('is: "${ input.request_id }"', 'is: "${ steps.budget }"', "'steps' is not known here"),
    ('steps.budget.remaining }"}', 'steps.budget.left }"}', "steps.budget has no 'left'"),
    ("steps.approval.outcome", "steps.approval.result", "steps.approval has no 'result'"),
    ("steps.approval.fields.amount", "steps.approval.fields.sum", "steps.approval.fields has no 'sum'"),
    ('with: {request: "${ input }",', 'with: {request: "${ steps.assess }",', "cannot have run before"),
    ("tool: suppliers.history@1}", "tool: suppliers.history@1, with: {b: '${ steps.budget }'}}", "cannot have run"),
    # names of the installation
    ("tool: mail.send@1", "tool: mail.sent@1", "There is no tool 'mail.sent'. Did you mean 'mail.send@1'?"),
    ("tool: erp.create_order@2", "tool: erp.create_order@3", "has no version 3; it has 1, 2."),
    ("tool: mail.send@1", "tool: mail.send", "Expected a tool and its version"),
    ("ai: purchase-assessment", "ai: purchase-asessment", "Did you mean 'purchase-assessment'?"),
    ("queue: finance", "queue: finanse", "There is no queue 'finanse'. Did you mean 'finance'?"),
    ("calendar: office-hours", "calendar: office", "There is no calendar 'office'"),
    ("secret: erp-hook", "secret: erp-hok", "Did you mean 'erp-hook'?"),
    ('with: {cost_center: "${ input.cost_center }"}', "with: {}", "finance.budget@1 needs 'cost_center'"),
    ('with: {cost_center: "${', 'with: {year: "${ input.amount } €", cost_center: "${', "type integer; an"),
    ('with: {cost_center: "${', 'with: {year: soon, cost_center: "${', "'year' of finance.budget@1 does not fit"),
    ('with: {cost_center: "${', 'with: {yeer: 1, cost_center: "${', "has no 'yeer'. Did you mean 'year'?"),
    ("ambiguous: reconcile", "ambiguous: retry", "is not idempotent"),
    # reviews
    ("outcome: reject}\n", "outcome: rejct}\n", "'rejct' is not among the outcomes. Did you mean 'reject'?"),
    ("fields: {amount: {edit: true}", "fields: {sum: {edit: true}", "The input has no 'sum'; say the field's `value`."),
    ("fields: {amount: {edit: true}", "fields: {amount: {reed: 1}", "Did you mean 'read'?"),
    ("fields: {amount: {edit: true}", "fields: {amount: {read: '${ steps.assess.sum }'}", "steps.assess has no 'sum'"),
    ("reason: always", "reason: sometimes", "Expected one of against_ai, always, never"),
    ("{backup_of: queue}", "{backup_of: assignee}", "Expected one of queue"),
    ("{backup_of: queue}", "{backup: queue}", "Did you mean 'backup_of'?"),
    ("priority: urgent", "priority: urgnt", "Did you mean 'urgent'?"),
    ("approvals: 1}", "approvals: 10}", "Expected a whole number from 1 to 9"),
    ("approvals: 1}", "approvals: {blind: true}}", "Say how many decide: `need`, or who they are under `of`"),
    ("approvals: 1}", "approvals: {need: 3, of: 2}}", "3 are needed, and only 2 are asked"),
    ("approvals: 1}", "approvals: {need: 1}}", "One person needs no `approvals`"),
    ("approvals: 1}", "approvals: {need: 2, in_order: true}}", "name them under `of`"),
    ("approvals: 1}", "approvals: {need: 2, alone: [rejct]}}", "Did you mean 'reject'?"),
    ("approvals: 1}", "approvals: {need: 2, disagree: {}}}", "either an outcome that then counts, or whom to ask"),
    ("approvals: 1}", "approvals: {of: [{user: ann}, {backup_of: workflow}]}}", "Expected one of queue"),
    ("owner: oscar\n", "", "The workflow has no `owner`"),
    ('title: "${ input.requester }: ${ input.amount }"', "title: {a: b}", "Expected the task's title, found a mapping"),
    ("recommendation: ${ steps.assess }", "recommendation: steps.assess", "Expected the result of an ai step"),
    ('highlights: {Amount: "${ input.amount }"}', "highlights: {Amount: [1]}", "Expected a text or a number"),
    ('exclude: ["${ input.requester }"]', "exclude: [{a: b}]", "Expected an e-mail address or a user name"),
    ("approvals: 1}", "skills: [{a: b}]}", "Expected a skill, such as german"),
    ("say: Exceeds the budget", "say: [a]", "Expected what the reviewer reads"),
    # blocks
    ("- otherwise: true", "- otherwise: false", "Expected `when: ${ … }`, or `otherwise: true`"),
    ("join: all", "join: some", "Expected all, any or {at_least: 2}, found 'some'"),
    ("join: all", "join: {at_least: 3}", "There are 2 branches; 3 of them can never end."),
    ("join: all", "errors: retry", "Expected one of ask, collect, stop, found 'retry'"),
    ("    timeout: 30s", "    on_error: []", "Expected one step at least: what is done about the error."),
    ("  - id: facts\n", "  - id: facts\n    on_error: [{end: x}]\n", "'on_error' is not known here"),
    ("  - id: facts\n", "  - id: facts\n    timeout: 1h\n", "'timeout' is not known here"),
    ("  - id: facts\n", "  - id: on_error\n", "'on_error' is no name for a step"),
    ("${ steps.facts.over }", "${ error.code == 'x' }", "error is known only in on_error."),
    ("${ steps.facts.over }", "${ item.over }", "item is known only inside each."),
    # events that webhooks tell
    ("secret: erp-hook}", "secret: erp-hook, event: paid}", "Expected a mapping"),
    ("secret: erp-hook}", "secret: erp-hook, event: {name: paid}}", "'key' is missing"),
    ("secret: erp-hook}", "secret: erp-hook, event: {name: Paid, key: a}}", "Expected the name of an event"),
    ("secret: erp-hook}", "secret: erp-hook, event: {name: a, key: '${ input.x }'}}", "'input' is not known here"),
    ("secret: erp-hook}", "secret: erp-hook, event: {name: a, key: '${ message.body }'}}", "message has no 'body'"),
    ("secret: erp-hook}", "secret: erp-hook, event: {name: a, key: b, schema: {type: text}}}", "not valid JSON Schema"),
    # what comes later
    ("    timeout: 30s", "    undo: {tool: erp.undo_order@2}", "There is no tool 'erp.undo_order'"),
    ("    timeout: 30s", "    undo: {with: {}}", "'tool' is missing: a tool and its version"),
    ("    timeout: 30s", "    fallback: {tool: a@1}", "Expected a list of tools"),
    ("    timeout: 30s", "    fallback: [{toll: a@1}]", "'toll' is not known here. Did you mean 'tool'?"),
    ("    timeout: 30s", "    cache: 1h", "erp.create_order@2 does not just look something up"),
    ("tool: suppliers.history@1}", "tool: suppliers.history@1, cache: soon}", "Expected a duration such as 30s"),
    ("tool: suppliers.history@1}", "tool: suppliers.history@1, cache: 1h, undo: {tool: a@1}}", "nothing to undo"),
    ("tool: suppliers.history@1}", "tool: suppliers.history@1, cache: 0.5s}", "The duration must be longer."),
    ("undo: 10s", "autonomy: {within: x}", "Autonomy is not available in this version."),
    ("  - webhook: {path", "  - schedule: {}\n  - webhook: {path", "A schedule is not available in this version."),
    ("limits: {", "on_error: []\nlimits: {", "Expected one step at least: what is done about the error."),
    ("limits: {", "on_error: [{end: x}]\nlimits: {", "A run that failed ends as failed; end has no place here."),
    # the input's schema
    ("amount: {type: number,", "amount: {type: numbre,", "This is not valid JSON Schema"),
    ("cost_center: {type: string}", "cost_center: {type: string, pattern: '(?=a)'}", "This pattern cannot be used"),
    ("cost_center: {type: string}", "cost_center: {$ref: 'https://example.com/s'}", "points into the same schema"),
    ("cost_center: {type: string}", "cost_center: {$ref: '#/properties/cost_center'}", "leads back to itself"),
    # limits
    ("steps: 50}", "steps: 3}", "The workflow has 10 steps, more than this limit."),
]  # fmt: skip


LOOP = """\
workflow: loops
input:
  type: object
  properties:
    lines: {type: array, items: {type: object, properties: {sku: {type: string}}, additionalProperties: false}}
steps:
  - id: lines
    each:
      in: "${ input.lines }"
      result: check
      steps: [{id: check, set: {sku: "${ item.sku }"}}, {id: more, set: {}}]
  - id: again
    repeat:
      until: "${ steps.asked.done }"
      max: 5
      steps: [{id: asked, set: {done: "${ number > 2 && previous.done }"}}]
  - {id: last, set: {first: "${ steps.lines[0].sku }"}}
"""  # fmt: skip
LOOP_FAULTS = [
    ("item.sku", "item.skew", "item has no 'skew'. Known: sku."),
    ("result: check", "result: chek", "There is no step of this block 'chek'. Did you mean 'check'?"),
    ('in: "${ input.lines }"', "in: lines", "Expected a list such as ${ input.lines }"),
    ('      in: "${ input.lines }"\n', "", "'in' is missing"),
    ("[{id: asked", "[{id: later, set: {x: '${ steps.check }'}}, {id: asked", "can be read only inside 'lines'"),
    ("${ steps.lines[0].sku }", "${ steps.check.sku }", "can be read only inside 'lines'; outside, read steps.lines."),
    ("${ steps.lines[0].sku }", "${ steps.lines[0].skew }", "steps.lines[0] has no 'skew'"),
    ("${ steps.lines[0].sku }", "${ number }", "number is known only inside each and repeat."),
    ("      max: 5\n", "", "'max' is missing"),
    ("max: 5", "max: 5000", "Expected a whole number from 1 to 1000"),
    ('      until: "${ steps.asked.done }"\n', "", "Expected `until: ${ … }` or `while: ${ … }`"),
    ("item.sku", "previous.sku", "previous is known only inside repeat."),
]


@pytest.mark.parametrize(("old", "new", "said"), LOOP_FAULTS)
def test_a_fault_of_a_loop_is_said(old: str, new: str, said: str) -> None:
    assert check_text(LOOP, Catalogue()).faults == ()
    assert old in LOOP
    faults = [fault.message for fault in check_text(LOOP.replace(old, new), Catalogue()).faults]
    assert any(said in fault for fault in faults), faults


@pytest.mark.parametrize(("old", "new", "said"), FAULTS)
def test_a_fault_is_said_at_its_line(old: str, new: str, said: str) -> None:
    text = changed(old, new)
    faults = faults_of(text)
    found = [fault for fault in faults if said in fault.message]
    assert found, faults
    assert check_text(text, CATALOGUE).canonical is None
    if new:
        lines = range(line_of(text, new), line_of(text, new) + new.count("\n") + 1)
        assert found[0].line in lines


def test_all_faults_are_there_at_once_in_the_order_of_the_lines() -> None:
    text = PURCHASE
    for old, new in (("owner: oscar", "ownr: oscar"), ("due: 8h", "due: soon"), ("mail.send@1", "mail.sned@1")):
        text = text.replace(old, new)
    faults = faults_of(text)
    assert [fault.line for fault in faults] == sorted(fault.line for fault in faults)
    assert len([fault for fault in faults if fault.level == "error"]) == 4  # the level to the owner misses it too


def test_a_name_written_twice_says_where_it_was_first() -> None:
    faults = faults_of(changed("owner: oscar", "title: Again"))
    assert [(fault.line, fault.message) for fault in faults if "twice" in fault.message] == [
        (3, "'title' is written twice; it is first on line 2.")
    ]


def test_a_workflow_of_many_steps_is_advised_to_be_split_but_may_be_published() -> None:
    steps = "\n".join(f"  - {{id: s{n}, set: {{n: {n}}}}}" for n in range(21))
    checked = check_text(f"workflow: long\nsteps:\n{steps}\n", CATALOGUE)
    assert [fault.level for fault in checked.faults] == ["advice"]
    assert checked.canonical is not None


def test_what_is_never_reached_is_advice() -> None:
    checked = check_text("workflow: w\nsteps:\n  - {end: done}\n  - {id: a, set: {}}\n", CATALOGUE)
    assert [(fault.line, fault.level) for fault in checked.faults] == [(4, "advice")]


def test_a_level_after_the_end_of_the_review_is_advice() -> None:
    checked = check_text(changed("after: 10d", "after: 30h"), CATALOGUE)
    assert [fault.level for fault in checked.faults] == ["advice"]


def test_steps_of_an_earlier_block_can_be_read_and_those_of_a_sibling_cannot() -> None:
    text = (
        "workflow: w\nsteps:\n  - id: s\n    switch:\n      - when: ${ true }\n        steps: [{id: a, set: {x: 1}}]\n"
    )
    sibling = "      - otherwise: true\n        steps: [{id: b, set: {y: '${ steps.a.x }'}}]\n"
    after = "  - {id: c, set: {y: '${ steps.a.x }'}}\n"
    assert faults_of(text + after) == ()
    assert "cannot have run before" in faults_of(text + sibling)[0].message


def test_what_on_error_gives_in_the_place_of_failing_can_be_read_too() -> None:
    text = """
workflow: w
steps:
  - id: approval
    review: {outcomes: [approve], assign: {queue: finance}}
    on_error: [{id: late, set: {outcome: late, why: "${ error.code }"}}]
  - {id: said, set: {why: "${ steps.approval.why }", by: "${ steps.approval.by }"}}
  - {id: other, set: {n: "${ steps.approval.whom }"}}
"""
    (fault,) = faults_of(text)
    assert fault.line == 8
    assert "has no 'whom'" in fault.message


def test_ids_that_are_too_long_together_are_a_fault() -> None:
    """A step's path is a column of the database."""
    long = "x" * 58
    inner = f"{{id: c{long}, set: {{}}}}"
    for letter in "ba":
        inner = f"{{id: {letter}{long}, parallel: {{branches: {{{long}: [{inner}]}}}}}}"
    assert "too long together" in faults_of(f"workflow: w\nsteps:\n  - {inner}\n")[0].message


def test_an_id_with_a_dash_is_explained() -> None:
    text = "workflow: w\nsteps:\n  - {id: a-b, set: {x: 1}}\n  - {id: c, set: {y: '${ steps.a-b.x }'}}\n"
    assert any("For an id with a dash write steps['a-b']." in fault.message for fault in faults_of(text))


def test_json_is_the_same_language() -> None:
    from_yaml = check_text(PURCHASE, CATALOGUE)
    from ruamel.yaml import YAML

    text = json.dumps(YAML(typ="safe").load(PURCHASE), indent="\t")
    assert check_text(text, CATALOGUE).content_hash == from_yaml.content_hash


POLICY = "- {after: 24h, to: {backup_of: queue}}\n- {after: 2d, to: {owner: workflow}, when: '${ sla.critical }'}\n"


def test_a_chain_kept_in_the_settings_is_checked_alone() -> None:
    checked = check_policy("escalation", POLICY, CATALOGUE)
    assert checked.faults == ()
    assert checked.canonical is not None
    assert [level["after"] for level in checked.canonical["levels"]] == [86_400, 172_800]


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("escalation", "- {after: soon, to: {backup_of: queue}}", "Expected a duration"),
        ("escalation", "policy-name", "a list of levels"),
        ("escalation", "- {after: 1h, to: {owner: workflow}, when: '${ steps.a.b }'}", "'steps' is not known here"),
        ("sla", "{calendar: office-hours}", "'due' is missing"),
        ("sla", "", "empty"),
    ],
)
def test_a_faulty_policy_says_what_is_wrong(kind: str, text: str, said: str) -> None:
    checked = check_policy(kind, text, CATALOGUE)
    assert checked.canonical is None
    assert any(said in fault.message for fault in checked.faults)


def test_an_sla_kept_in_the_settings_is_checked_alone() -> None:
    checked = check_policy("sla", "{due: 8h, calendar: office-hours, critical: '${ input.amount > 5.0 }'}", CATALOGUE)
    assert checked.canonical == {"due": 28_800, "calendar": "office-hours", "critical": "${ input.amount > 5.0 }"}
