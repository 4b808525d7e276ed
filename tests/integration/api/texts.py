"""The workflow that the API's tests run: one review, started by a webhook or by a call."""

PURCHASE = """
workflow: purchase
title: Purchase
owner: oscar
input:
  type: object
  required: [request, amount]
  additionalProperties: false
  properties:
    request: {type: string, minLength: 1}
    requester: {type: string}
    amount: {type: number, minimum: 0}
    lines:
      type: array
      items: {type: object, required: [article], properties: {article: {type: string}, pieces: {type: integer}}}
key: {is: "${ input.request }"}
triggers:
  - webhook: {path: purchases, secret: shop}
steps:
  - id: approval
    review:
      title: "Buy ${ input.request }"
      outcomes:
        approve: {label: Approve}
        reject: {label: Reject, reason: always}
        destroy: {label: Destroy, risk: high}
      fields: {amount: {edit: true}}
      assign: {queue: finance, exclude: ["${ has(input.requester) ? input.requester : 'nobody' }"]}
      sla: {due: 8h}
      escalate: [{after: 24h, to: {backup_of: queue}}]
      unanswered: {after: 10d, outcome: reject}
      undo: 20s
  - {end: decided}
"""

HARMLESS_CHANGE = PURCHASE.replace("title: Purchase", "title: Purchases")
FAULTY = PURCHASE.replace("queue: finance", "queue: finanse").replace("amount: {edit: true}", "amout: {edit: true}")

DOCUMENTED = """
workflow: purchase-approval
title: Purchase
owner: oscar
input:
  type: object
  required: [request_id, requester, supplier, item, reason, amount, cost_center]
  properties:
    request_id: {type: string}
    requester: {type: string}
    supplier: {type: string}
    item: {type: string}
    reason: {type: string}
    amount: {type: number}
    cost_center: {type: string}
triggers:
  - webhook: {path: purchase-requests, secret: shop}
steps:
  - id: approval
    review: {title: "${ input.item }", outcomes: [approve, reject], assign: {queue: finance}}
  - {end: decided}
"""
