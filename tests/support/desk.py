"""The real desk on the real engine: one workflow whose review has a recommendation, fields, a chain and an undo."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from orchestration import ports
from orchestration.models import DecisionPoint, DecisionPointVersion, Run
from reviewhub import wiring
from reviewhub.reviews.models import ReviewTask
from tests.support.bench import NOON, Bench, bench
from tests.support.cast import Cast, cast

PURCHASE = """
workflow: purchase
title: Purchase
owner: oscar
input:
  type: object
  required: [supplier, amount]
  properties:
    supplier: {type: string}
    amount: {type: number}
    requester: {type: string}
steps:
  - {id: assess, ai: assessment, with: {supplier: "${ input.supplier }", amount: "${ input.amount }"}}
  - id: approval
    review:
      title: "${ input.supplier }: ${ input.amount }"
      recommendation: ${ steps.assess }
      outcomes:
        approve: {label: Approve, risk: "${ input.amount > 40000.0 ? 'high' : 'low' }"}
        reject: {label: Reject}
      highlights: {Amount: "${ input.amount }"}
      fields: {amount: {edit: true}, supplier: {edit: false}}
      concerns: [{when: "${ input.amount > 1000.0 }", say: A lot of money}]
      assign: {queue: finance, exclude: ["${ input.requester }"]}
      sla: {due: 8h, critical: "${ input.amount > 40000.0 }"}
      escalate:
        - {after: 24h, to: {backup_of: queue}}
        - {after: 48h, to: {manager_of: assignee}}
        - {after: 72h, when: "${ sla.critical }", to: {owner: workflow}, priority: urgent}
      unanswered: {after: 10d, outcome: reject}
  - id: way
    switch:
      - when: ${ steps.approval.outcome == 'approve' }
        steps:
          - id: order
            tool: erp.order@1
            with: {amount: "${ steps.approval.fields.amount }"}
            retry: {attempts: 1}
          - {end: ordered}
      - otherwise: true
        steps: [{end: rejected}]
"""


@dataclass
class Desk:
    bench: Bench
    people: Cast

    def task(
        self, *, amount: float = 500, supplier: str = "Northwind", requester: str = "ann@example.com"
    ) -> ReviewTask:
        """A purchase that waits for its review."""
        run_id = self.bench.start("purchase", amount=amount, supplier=supplier, requester=requester)
        self.bench.work()
        return ReviewTask.objects.get(run_id=run_id)

    def close(self, task: ReviewTask) -> ReviewTask:
        """Lets the undo window pass, and the run go on."""
        self.bench.clock.forward(seconds=11)
        self.bench.sweep()
        task.refresh_from_db()
        return task

    def run(self, task: ReviewTask) -> Run:
        return Run.objects.get(pk=task.run_id)

    def kinds(self, task: ReviewTask) -> list[str]:
        return self.bench.kinds(str(task.run_id))


def decision_point(name: str, kind: str = "recommend") -> Any:
    point = DecisionPoint.objects.create(name=name, title=name.capitalize(), kind=kind)
    outcomes = [{"id": "approve", "label": "Approve"}, {"id": "reject", "label": "Reject"}]
    version = DecisionPointVersion.objects.create(
        point=point, number=1, prompt="Decide.", outcomes=outcomes, published_at=NOON
    )
    point.current = version
    point.save()
    return point


@contextmanager
def desk() -> Iterator[Desk]:
    with bench("erp.order@1!") as made:
        wiring.bind()
        ports.bind(clock=made.clock, recommender=made.recommender, observer=None)
        made.tools["erp.order"].result = {"id": "PO-1"}
        people = cast()
        decision_point("assessment")
        made.publish(PURCHASE)
        yield Desk(made, people)
