"""A purchase approval that uses every part of the language, and the installation that it names."""

from __future__ import annotations

from orchestration.core.language.check import Catalogue, Fault, check_text

_OPEN = {"type": "object"}
CATALOGUE = Catalogue(
    tools={
        "finance.budget@1": (
            {
                "type": "object",
                "required": ["cost_center"],
                "properties": {"cost_center": {"type": "string"}, "year": {"type": "integer"}},
                "additionalProperties": False,
            },
            {"type": "object", "properties": {"remaining": {"type": "number"}}, "additionalProperties": False},
            True,
        ),
        "suppliers.history@1": (_OPEN, _OPEN, True),
        "erp.create_order@1": (_OPEN, _OPEN, False),
        "erp.create_order@2": (_OPEN, _OPEN, False),
        "mail.send@1": (_OPEN, _OPEN, False),
    },
    lookups={"finance.budget@1", "suppliers.history@1"},
    decision_points={"purchase-assessment"},
    queues={"finance", "legal"},
    calendars={"office-hours"},
    escalation_policies={"standard-chain"},
    sla_policies={"standard-sla"},
    connections={"erp-hook"},
    built_in={"second-look"},
)

PURCHASE = """\
workflow: purchase-approval
title: Purchase approval
owner: oscar
input:
  type: object
  required: [request_id, requester, amount, cost_center]
  properties:
    request_id: {type: string}
    requester: {type: string, format: email}
    amount: {type: number, minimum: 0}
    cost_center: {type: string}
key: {is: "${ input.request_id }", while: open}
triggers:
  - webhook: {path: purchase-requests, secret: erp-hook}
limits: {duration: P30D, steps: 50}
steps:
  - id: gather
    parallel:
      join: all
      branches:
        budget: [{id: budget, tool: finance.budget@1, with: {cost_center: "${ input.cost_center }"}}]
        supplier: [{id: history, tool: suppliers.history@1}]
  - id: facts
    set: {over: "${ input.amount > steps.budget.remaining }"}
  - id: assess
    ai: purchase-assessment
    with: {request: "${ input }", budget: "${ steps.budget }"}
  - id: approval
    review:
      title: "${ input.requester }: ${ input.amount }"
      recommendation: ${ steps.assess }
      outcomes:
        approve: {label: Approve, risk: "${ input.amount > 40000.0 ? 'high' : 'low' }"}
        reject: {label: Reject, reason: always}
      highlights: {Amount: "${ input.amount }"}
      fields: {amount: {edit: true}, cost_center: {}}
      concerns:
        - {when: "${ steps.facts.over }", say: Exceeds the budget}
      assign: {queue: finance, exclude: ["${ input.requester }"], approvals: 1}
      sla: {due: 8h, calendar: office-hours, critical: "${ input.amount > 40000.0 }"}
      escalate:
        - {after: 24h, to: {backup_of: queue}}
        - {after: 48h, to: {owner: workflow}, when: "${ sla.critical }", priority: urgent}
      unanswered: {after: 10d, outcome: reject}
      undo: 10s
  - id: outcome
    switch:
      - when: ${ steps.approval.outcome == 'approve' }
        steps:
          - id: order
            tool: erp.create_order@2
            with: {amount: "${ steps.approval.fields.amount }"}
            retry: {attempts: 5, first: 2s, factor: 2, cap: 60s, jitter: 0.2}
            timeout: 30s
            ambiguous: reconcile
      - otherwise: true
        steps:
          - {id: told, tool: mail.send@1, with: {to: "${ input.requester }"}}
          - {end: rejected}
"""


def faults_of(text: str, catalogue: Catalogue = CATALOGUE) -> tuple[Fault, ...]:
    return check_text(text, catalogue).faults


def changed(old: str, new: str) -> str:
    """The purchase with one stretch of it replaced."""
    assert PURCHASE.count(old) == 1, f"{old!r} is there {PURCHASE.count(old)} times"
    return PURCHASE.replace(old, new)


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1
