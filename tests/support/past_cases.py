"""Past decisions made up for tests: purchases under a rule that most follow, and messages with the answers sent."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from orchestration.ports import LabelledCase

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
SUPPLIERS = ("Northwind Instruments", "Halden Print", "Kestrel Cloud", "Altmark Optics")
CENTRES = ("LAB-310", "OFF-100", "IT-200")
NOTES = (
    "Replacement for the broken unit",
    "Needed for the autumn course",
    "As agreed with the institute",
    "Spare parts in stock run out",
)


def purchase_facts(draw: random.Random, number: int) -> dict[str, Any]:
    return {
        "request": {
            "request_id": f"R-{number}",
            "requester": f"person{number}@example.com",
            "supplier": draw.choice(SUPPLIERS),
            "amount": round(draw.lognormvariate(8, 1.0), 2),
            "cost_center": draw.choice(CENTRES),
            "note": draw.choice(NOTES),
        },
        "budget": {"remaining": round(draw.uniform(2_000, 20_000), 2)},
        "history": {"orders": draw.randint(0, 30), "known": draw.random() < 0.8},
    }


def purchase_outcome(facts: dict[str, Any], draw: random.Random, noise: float = 0.03) -> str:
    """Over budget is rejected, and so is Altmark; a few people see it differently."""
    wrong = (
        facts["request"]["amount"] > facts["budget"]["remaining"] or facts["request"]["supplier"] == "Altmark Optics"
    )
    return ("reject" if wrong else "approve") if draw.random() >= noise else ("approve" if wrong else "reject")


def purchases(count: int, seed: int = 1, noise: float = 0.03) -> list[LabelledCase]:
    draw = random.Random(seed)
    found = []
    for number in range(count):
        facts = purchase_facts(draw, number)
        outcome = purchase_outcome(facts, draw, noise)
        found.append(LabelledCase(f"run-{number}", facts, outcome, None, START + timedelta(hours=number), trains=True))
    return found


TOPICS = {
    "delivery": (
        "Where is my order {order}? It was due last week.",
        "Your order {order} is on its way and arrives within two days.",
    ),
    "refund": (
        "I sent order {order} back and still wait for my refund.",
        "The refund for order {order} has been booked today.",
    ),
    "invoice": (
        "Please send me the invoice of order {order} once more.",
        "Please find the invoice of order {order} attached.",
    ),
}
NAMES = ("Ann Brook", "Ben Castle", "Cleo Dunn", "Dan Evers", "Eve Frost", "Finn Gale")


def message_facts(draw: random.Random, topic: str, number: int) -> dict[str, Any]:
    return {
        "customer": {"name": draw.choice(NAMES)},
        "order": f"A-{1000 + number}",
        "message": TOPICS[topic][0].format(order=f"A-{1000 + number}"),
    }


def messages(count: int, seed: int = 2) -> list[LabelledCase]:
    """Each is labelled with its topic and the text that was sent."""
    draw = random.Random(seed)
    found = []
    for number in range(count):
        topic = draw.choice(sorted(TOPICS))
        facts = message_facts(draw, topic, number)
        first = facts["customer"]["name"].split()[0]
        text = f"Dear {first},\n\n{TOPICS[topic][1].format(order=facts['order'])}\n\nKind regards,\nNorthwind Service"
        found.append(LabelledCase(f"run-{number}", facts, topic, text, START + timedelta(hours=number), trains=True))
    return found
