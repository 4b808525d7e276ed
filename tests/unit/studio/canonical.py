"""A workflow in its canonical form, for tests that draw it."""

from __future__ import annotations

from typing import Any

PURCHASE: dict[str, Any] = {
    "workflow": "purchase",
    "title": "Purchase",
    "owner": "oscar",
    "input": {"type": "object", "properties": {"amount": {"type": "number"}}},
    "key": {"is": "${ input.request }", "while": "open"},
    "triggers": [{"webhook": {"path": "purchases", "secret": "erp"}}],
    "steps": [
        {
            "id": "gather",
            "kind": "parallel",
            "join": "all",
            "branches": [
                {"name": "budget", "steps": [{"id": "budget", "kind": "tool", "tool": "finance.budget", "version": 1}]},
                {"name": "supplier", "steps": [{"id": "history", "kind": "tool", "tool": "mail.read", "version": 2}]},
            ],
        },
        {
            "id": "approval",
            "kind": "review",
            "title": "${ input.amount }",
            "outcomes": [
                {"id": "approve", "label": "Approve", "risk": "low", "reason": "against_ai"},
                {"id": "reject", "label": "Reject", "risk": "low", "reason": "against_ai"},
            ],
            "concerns": [{"when": "${ input.amount > 1000.0 }", "say": "A lot of money"}],
            "assign": {"queue": "finance", "exclude": ["${ input.requester }"], "approvals": 1},
            "sla": {"due": 28800, "calendar": "office-hours"},
            "escalate": [
                {"after": 86400, "to": {"kind": "backup_of", "of": "queue"}},
                {"after": 172800, "when": "${ sla.critical }", "to": {"kind": "owner", "of": "workflow"}},
            ],
            "unanswered": {"after": 864000, "outcome": "reject"},
        },
        {
            "id": "outcome",
            "kind": "switch",
            "cases": [
                {
                    "when": "${ steps.approval.outcome == 'approve' }",
                    "steps": [
                        {
                            "id": "order",
                            "kind": "tool",
                            "tool": "erp.order",
                            "version": 1,
                            "retry": {"attempts": 5},
                            "ambiguous": "ask",
                        }
                    ],
                },
                {"steps": [{"id": "end-1", "kind": "end", "end": "rejected"}]},
            ],
        },
    ],
}
