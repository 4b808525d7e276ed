"""The questions that the demo's workflows put to AI."""

from __future__ import annotations

from typing import Any

from orchestration import api
from orchestration.ports import Actor
from reviewhub.demo.history.letters import TOPICS

QUESTIONS: tuple[dict[str, Any], ...] = (
    {
        "name": "purchase-assessment",
        "title": "Should this purchase be approved?",
        "kind": "recommend",
        "purpose": "Weighs the amount against the budget that is left and the supplier's record.",
        "prompt": "You help Finance to decide on purchases. Weigh the amount against what is left of the budget, how "
        "the supplier has delivered so far, and the reason given. Quote what you rest on.",
        "outcomes": [{"id": "approve", "label": "Approve"}, {"id": "reject", "label": "Reject"}],
    },
    {
        "name": "quotation",
        "title": "What does the quotation say?",
        "kind": "extract",
        "purpose": "Reads what the request has to agree with.",
        "prompt": "Read these fields out of the supplier's quotation, as it says them.",
        "fields": {
            "amount": {"type": "number", "labels": ["Sum, net of VAT"]},
            "cost_center": {"type": "string", "labels": ["Cost centre"]},
            "payment_days": {"type": "integer", "labels": ["Payment"]},
        },
    },
    {
        "name": "message-topic",
        "title": "What is this message about?",
        "kind": "classify",
        "purpose": "Sorts customers' messages, so that the right answer is drafted.",
        "prompt": "Sort this message from a customer under the one topic that it is about.",
        "outcomes": [{"id": topic.name, "label": topic.name.capitalize()} for topic in TOPICS],
    },
    {
        "name": "message-reply",
        "title": "What should we answer?",
        "kind": "write",
        "purpose": "Drafts the answer that a person reads and changes before it is sent.",
        "prompt": "Draft a short and friendly answer to this customer, in the voice of our earlier answers. Promise "
        "nothing that the facts do not carry.",
        "outcomes": [{"id": "send", "label": "Send the answer"}, {"id": "no_reply", "label": "No answer needed"}],
    },
)


def load_decision_points(actor: Actor) -> None:
    for question in QUESTIONS:
        api.save_decision_point(actor=actor, **question)
