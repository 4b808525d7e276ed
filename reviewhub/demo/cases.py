"""What the demo's buttons send, and the three cases that wait when it opens."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from reviewhub.demo.people import PRIYA
from reviewhub.demo.sending import MESSAGES, PURCHASES


@dataclass(frozen=True, slots=True)
class Case:
    """An event in the making. `says` tells the visitor what will come of it."""

    name: str
    path: str  # of the webhook
    title: str
    says: str
    body: Mapping[str, Any]

    def drawn(self) -> dict[str, Any]:
        """The event's body, with an identity of its own."""
        prefix, name = ("REQ", "request_id") if self.path == PURCHASES else ("MSG", "message_id")
        return {name: f"{prefix}-{secrets.token_hex(3).upper()}", **self.body}


def purchase(supplier: str, item: str, reason: str, amount: float, cost_center: str) -> dict[str, Any]:
    return {
        "requester": PRIYA.email,
        "supplier": supplier,
        "item": item,
        "reason": reason,
        "amount": amount,
        "cost_center": cost_center,
    }


SMALL = purchase("Nordlicht Office", "Packing material", "The stock lasts until Thursday.", 240, "OPS-300")

BUTTONS = (
    Case(
        "ordinary",
        PURCHASES,
        "A purchase",
        "Within the budget. It goes through AI to Finance.",
        purchase("Brightline IT", "Docking stations", "New colleagues start next month.", 4800, "IT-100"),
    ),
    Case(
        "over-budget",
        PURCHASES,
        "A purchase over budget",
        "More than its cost centre has left. The AI advises against it; you may know better.",
        purchase("Vela Studio", "Trade fair stand", "The fair is in six weeks.", 18_400, "MKT-200"),
    ),
    Case(
        "newcomer",
        PURCHASES,
        "A purchase from a newcomer",
        "The supplier has never delivered to us, and its quotation asks for more than the request says.",
        purchase("Quickbuy Direct", "Spare pump", "The old one failed on Tuesday.", 6200, "LAB-400"),
    ),
    Case(
        "small",
        PURCHASES,
        "A small purchase",
        "Purchasing's own rule buys it: no AI, no person, an order within seconds.",
        SMALL,
    ),
    Case(
        "message",
        MESSAGES,
        "A customer's message",
        "Sorted, and an answer drafted for you to change and send.",
        {
            "name": "Mei Tan",
            "email": "mei.tan@example.com",
            "subject": "Invoice missing",
            "text": "Hello,\n\nOur bookkeeping needs the invoice for last month. Please send the invoice as a PDF "
            "again.\n\nMei Tan",
        },
    ),
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case that is there when the demo opens, and for how long it has waited then (process time)."""

    event_id: str
    age: timedelta
    path: str
    body: Mapping[str, Any]


WAITING = (  # the oldest first; Finance has three hours, so the first has forty minutes left
    Waiting(
        "demo-opening-1",
        timedelta(hours=2, minutes=20),
        PURCHASES,
        {
            "request_id": "REQ-1",
            **purchase("Omnipart Trading", "Extra transport capacity", "Orders are up a third.", 12_900, "OPS-300"),
        },
    ),
    Waiting(
        "demo-opening-2",
        timedelta(minutes=50),
        MESSAGES,
        {
            "message_id": "MSG-1",
            "name": "Ines Duarte",
            "email": "ines.duarte@example.com",
            "subject": "Broken on arrival",
            "text": "Hello,\n\nThe lamp arrived broken, and the box was open. I have been a customer for years and "
            "expected better.\n\nInes Duarte",
        },
    ),
    Waiting(
        "demo-opening-3",
        timedelta(minutes=25),
        PURCHASES,
        {
            "request_id": "REQ-2",
            **purchase("Halden Instruments", "Calibration of the scales", "Needed for the audit.", 3400, "LAB-400"),
        },
    ),
)
