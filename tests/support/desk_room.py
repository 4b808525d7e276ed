"""The desk with a real engine behind it: a published workflow, cases that wait, and a clock moved by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.utils import timezone

from orchestration import api, ports
from orchestration.models import StepRun, Timer
from orchestration.ports import Actor, Answer, Evidence, Question, Reading
from orchestration.runtime import execute, sweeper
from orchestration.runtime import tools as registry
from reviewhub import wiring
from reviewhub.reviews.models import ReviewTask
from tests.support.bench import Scripted, StandingClock
from tests.support.cast import Cast, cast

OSCAR = Actor("person", "oscar", "Oscar Lind")

WORKFLOW = """
workflow: purchase
title: Purchase approval
owner: oscar
input:
  type: object
  required: [requester, supplier, amount, cost_center]
  properties:
    requester: {type: string}
    supplier: {type: string}
    amount: {type: number}
    cost_center: {type: string}
    quotation: {type: string}
steps:
  - id: assess
    ai: purchase-assessment
    with: {request: "${ input }"}
  - id: approval
    review:
      title: "${ input.supplier }"
      recommendation: ${ steps.assess }
      outcomes:
        approve: {label: Approve, risk: "${ input.amount > 40000.0 ? 'high' : 'low' }"}
        reject: {label: Reject, reason: against_ai}
        refer: {label: Refer to the board, reason: never}
      highlights: {Amount: "${ input.amount }", Cost centre: "${ input.cost_center }"}
      fields: {amount: {edit: true}, cost_center: {edit: true, label: Cost centre}}
      concerns:
        - {when: "${ input.amount > 10000.0 }", say: Exceeds the budget that is left}
      assign: {queue: finance, exclude: ["${ input.requester }"]}
      sla: {due: 8h, critical: "${ input.amount > 40000.0 }"}
      escalate:
        - {after: 9h, to: {backup_of: queue}}
        - {after: 12h, to: {manager_of: assignee}}
        - {after: 12h, when: "${ sla.critical }", to: {owner: workflow}}
      unanswered: {after: 2d, outcome: reject}
  - id: order
    when: ${ steps.approval.outcome == 'approve' }
    tool: erp.order@1
    with: {supplier: "${ input.supplier }", amount: "${ steps.approval.fields.amount }"}
    retry: {attempts: 1}
"""


class Advises:
    """A recommender that says approve, and how sure it is, from what it is given."""

    confidence: float | None = 0.92
    fields: Mapping[str, Reading] = MappingProxyType({})

    def recommend(self, question: Question) -> Answer:
        supplier = str(question.facts["request"]["supplier"])
        sure = self.confidence
        return Answer(
            outcome="approve",
            confidence=sure,
            agreed=round(100 * sure) if sure is not None else None,
            sample=100 if sure is not None else None,
            reasons=("Three per cent under the last order",),
            evidence=(Evidence("request.supplier", supplier),),
            would_change="Reject, if nothing is released in December.",
            text=None,
            provenance={"recommender": "learned"},
            fields=self.fields,
        )


@dataclass
class DeskRoom:
    people: Cast
    clock: StandingClock
    advises: Advises
    order: Scripted
    started: int = 0

    def case(self, supplier: str = "Northwind", *, amount: float = 1200, **given: Any) -> ReviewTask:
        """A purchase that waits for somebody, due a minute after the one before it."""
        if self.started:
            self.clock.forward(minutes=1)
        self.started += 1
        values = {"requester": "priya@example.com", "supplier": supplier, "amount": amount, "cost_center": "LAB-310"}
        started = api.start_run(workflow="purchase", input={**values, **given}, actor=OSCAR, source="test")
        self.work()
        return ReviewTask.objects.get(run_id=started.run_id, kind="review")

    def work(self) -> None:
        while ready := StepRun.objects.filter(status="ready").order_by("pk").first():
            execute.execute(str(ready.run_id), ready.path)

    def forward(self, **span: float) -> None:
        """Time goes by, and what is due by then happens."""
        self.clock.forward(**span)
        while Timer.objects.filter(status="armed", due_at__lte=self.clock.process).exists():
            sweeper.fire_timers()
        self.work()


@contextmanager
def desk_room() -> Iterator[DeskRoom]:
    before = {name: getattr(ports.bound, name) for name in ("clock", "recommender")}
    registered = dict(registry._registered)
    wiring.bind()
    room = DeskRoom(cast(), StandingClock(), Advises(), Scripted(result={"number": "PO-1"}))
    registry.tool(name="erp.order", version=1, idempotent=True)(room.order)
    ports.bind(clock=room.clock, recommender=room.advises)
    _ask_point()
    api.publish_workflow(text=WORKFLOW, note="", actor=OSCAR)
    try:
        yield room
    finally:
        ports.bind(**before)
        registry._registered.clear()
        registry._registered.update(registered)


def _ask_point() -> None:
    from orchestration.models import DecisionPoint, DecisionPointVersion

    point = DecisionPoint.objects.create(name="purchase-assessment", title="Purchase assessment", kind="recommend")
    outcomes = [{"id": "approve", "label": "Approve"}, {"id": "reject", "label": "Reject"}]
    version = DecisionPointVersion.objects.create(
        point=point, number=1, prompt="Assess.", outcomes=outcomes, published_at=timezone.now()
    )
    point.current = version
    point.save()
