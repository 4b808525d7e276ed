"""Workflows that the engine's tests run."""

PURCHASE = """
workflow: purchase
title: Purchase
owner: oscar
input:
  type: object
  required: [request, amount]
  properties:
    request: {type: string}
    requester: {type: string}
    amount: {type: number}
key: {is: "${ input.request }"}
steps:
  - id: gather
    parallel:
      join: all
      branches:
        budget: [{id: budget, tool: finance.budget@1, with: {amount: "${ input.amount }"}}]
        supplier: [{id: history, tool: suppliers.history@1, with: {name: "${ input.request }"}}]
  - id: approval
    review:
      title: "${ input.request }: ${ input.amount }"
      outcomes: [approve, reject]
      fields: {amount: {edit: true}}
      concerns:
        - {when: "${ input.amount > 1000.0 }", say: A lot of money}
      assign: {queue: finance, exclude: ["${ input.requester }"]}
      sla: {due: 8h, critical: "${ input.amount > 40000.0 }"}
      escalate:
        - {after: 24h, to: {backup_of: queue}}
        - {after: 48h, to: {manager_of: assignee}}
        - {after: 48h, when: "${ sla.critical }", to: {owner: workflow}, priority: urgent}
      unanswered: {after: 10d, outcome: reject}
  - id: outcome
    switch:
      - when: ${ steps.approval.outcome == 'approve' }
        steps:
          - {id: order, tool: erp.order@1, with: {amount: "${ steps.approval.fields.amount }"}}
          - {end: ordered}
      - otherwise: true
        steps:
          - {id: told, tool: mail.tell@1, with: {to: "${ input.requester }"}}
          - {end: rejected}
"""
PURCHASE_TOOLS = ("finance.budget@1!", "suppliers.history@1!", "erp.order@1!", "mail.tell@1")

ONE_CALL = """
workflow: one-call
title: One call
owner: oscar
input: {type: object, properties: {n: {type: integer}}}
steps:
  - id: call
    tool: erp.order@1
    with: {n: "${ input.n }"}
    retry: {attempts: 3, first: 1s, factor: 2, cap: 60s, jitter: 0}
  - {end: done}
"""

ONE_REVIEW = """
workflow: one-review
title: One review
owner: oscar
input: {type: object, properties: {}}
steps:
  - id: approval
    review:
      title: Please look
      outcomes: [approve, reject]
      assign: {queue: finance}
      sla: {due: 4h}
      escalate: [{after: 1d, to: {backup_of: queue}}]
      unanswered: {after: 2d, outcome: reject}
  - id: outcome
    switch:
      - {when: "${ steps.approval.outcome == 'approve' }", steps: [{end: approve}]}
      - {otherwise: true, steps: [{end: reject}]}
"""
