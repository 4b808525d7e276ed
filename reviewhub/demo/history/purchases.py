"""Purchases that Finance decided before ReviewHub came: made up, with habits that can be learned and some noise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from reviewhub.demo.systems.finance import BUDGETS
from reviewhub.demo.systems.suppliers import RECORDS, UNKNOWN, Record
from reviewhub.reviews.services import PastCase

CASES = 260
SEED = 41
REQUESTERS = ("priya", "jonas.eklund", "fatima.aziz", "leo.marchetti", "signe.holm")
NEWCOMERS = ("Quickbuy Direct", "Marlow & Finch", "Tessera Labs")


@dataclass(frozen=True, slots=True)
class Kind:
    """Something that people buy: what they write, who sells it, who pays, and what it costs."""

    items: tuple[str, ...]
    reasons: tuple[str, ...]
    suppliers: tuple[str, ...]
    cost_centers: tuple[str, ...]
    least: float
    most: float


KINDS = (
    Kind(
        ("Laptops for new colleagues", "Docking stations", "Monitors for the design team", "Replacement laptop"),
        ("New colleagues start next month.", "The old ones are out of warranty.", "Planned in the yearly budget."),
        ("Brightline IT", "Brightline IT", "Omnipart Trading"),
        ("IT-100",),
        900,
        26_000,
    ),
    Kind(
        ("Trade fair stand", "Spring campaign pictures", "Printing of the catalogue", "Customer survey"),
        ("The fair is in six weeks.", "The agency offers it until Friday.", "Agreed with sales for this quarter."),
        ("Vela Studio", "Vela Studio", "Marlow & Finch"),
        ("MKT-200",),
        700,
        19_000,
    ),
    Kind(
        ("Forklift service", "Pallets and racking", "Extra transport capacity", "Packing material"),
        ("The service is due by law.", "The warehouse is full.", "Orders are up a third on last year."),
        ("Kestrel Logistics", "Kestrel Logistics", "Omnipart Trading", "Nordlicht Office"),
        ("OPS-300",),
        600,
        42_000,
    ),
    Kind(
        ("Calibration of the scales", "Reagents", "Fume hood filter", "Spare pump"),
        ("Needed for the audit in spring.", "The stock is down to two weeks.", "The old one failed on Tuesday."),
        ("Halden Instruments", "Halden Instruments", "Tessera Labs", "Quickbuy Direct"),
        ("LAB-400",),
        550,
        12_000,
    ),
)


def past_purchases(until: datetime) -> list[PastCase]:
    """The same cases every time, decided over the half year before `until`."""
    random = Random(SEED)  # noqa: S311 - invents cases, protects nothing
    return [_case(random, number, until) for number in range(CASES)]


def _case(random: Random, number: int, until: datetime) -> PastCase:
    kind = random.choice(KINDS)
    supplier, cost_center = random.choice(kind.suppliers), random.choice(kind.cost_centers)
    amount = round(kind.least * (kind.most / kind.least) ** random.random(), -1)
    remaining = round(BUDGETS[cost_center] * random.uniform(0.1, 1.0), -1)
    record = RECORDS.get(supplier, UNKNOWN)
    facts = _facts(random, kind, number, supplier, amount, cost_center, remaining, record)
    decided_at = until - timedelta(days=180) * (1 - number / CASES)
    outcome = "approve" if random.random() < _chance(amount, remaining, record) else "reject"
    return PastCase(f"FIN-{2000 + number}", facts, outcome, decided_at)


def _chance(amount: float, remaining: float, record: Record) -> float:
    """How often Finance approved such a purchase."""
    if amount > remaining:
        return 0.35 if amount <= remaining * 1.1 and record.contract else 0.04
    if record.late > 0.3:
        return 0.5 if amount < 1500 else 0.08
    if record.orders == 0:
        return 0.85 if amount < 2500 else 0.1
    return 0.97


def _facts(
    random: Random,
    kind: Kind,
    number: int,
    supplier: str,
    amount: float,
    cost_center: str,
    remaining: float,
    record: Record,
) -> dict[str, Any]:
    return {
        "request": {
            "request_id": f"FIN-{2000 + number}",
            "requester": f"{random.choice(REQUESTERS)}@example.com",
            "supplier": supplier,
            "item": random.choice(kind.items),
            "reason": random.choice(kind.reasons),
            "amount": amount,
            "cost_center": cost_center,
        },
        "budget_left": remaining,
        "past_orders": record.orders,
        "late_deliveries": record.late,
        "contract_supplier": record.contract,
    }
