"""An installation in small for the studio's tests: the cast with every role, a published workflow, the real desk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from orchestration import api, ports
from orchestration.models import Run
from reviewhub import wiring
from reviewhub.accounts.actors import actor_of
from reviewhub.accounts.models import Person
from reviewhub.accounts.services import grant_role
from reviewhub.reviews.models import ReviewTask
from reviewhub.reviews.services import decide_task
from tests.support.bench import Bench, Scripted, bench
from tests.support.cast import Cast, cast, person

PURCHASE = """\
workflow: purchase
title: Purchase
owner: oscar
input:
  type: object
  required: [request, amount]
  properties:
    request: {type: string}
    requester: {type: string, format: email}
    amount: {type: number, minimum: 0}
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
      sla: {due: 8h}
      escalate:
        - {after: 24h, to: {backup_of: queue}}
        - {after: 48h, to: {manager_of: assignee}}
      unanswered: {after: 10d, outcome: reject}
      undo: 0s
  - id: outcome
    switch:
      - when: ${ steps.approval.outcome == 'approve' }
        steps:
          - id: order
            tool: erp.order@1
            with: {amount: "${ input.amount }"}
            retry: {attempts: 2, first: 1s, factor: 2, cap: 60s, jitter: 0}
          - {end: ordered}
      - otherwise: true
        steps:
          - {end: rejected}
"""
TOOLS = ("finance.budget@1!", "suppliers.history@1!", "erp.order@1!")


@dataclass
class Studio:
    """The cast, the engine's bench, and browsers' sessions by name."""

    cast: Cast
    bench: Bench
    erin: Person  # engineer
    olga: Person  # operator
    ada: Person  # auditor
    adam: Person  # administrator
    sessions: dict[str, Client] = field(default_factory=dict)

    @property
    def order(self) -> Scripted:
        return self.bench.tools["erp.order"]

    def named(self, name: str) -> Person:
        return Person.objects.get(username=name)

    def at(self, name: str) -> Client:
        """Somebody's browser, signed in."""
        if name not in self.sessions:
            self.sessions[name] = Client()
            self.sessions[name].force_login(self.named(name), backend="django.contrib.auth.backends.ModelBackend")
        return self.sessions[name]

    def publish(self, text: str = PURCHASE, note: str = "First cut") -> Any:
        return api.publish_workflow(text=text, note=note, actor=actor_of(self.cast.oscar))

    def start(self, request: str = "pens", amount: float = 12, *, works: bool = True) -> Run:
        given = {"request": request, "amount": amount, "requester": "ann@example.com"}
        run_id = api.start_run(workflow="purchase", input=given, actor=api.SYSTEM, source="webhook:purchases").run_id
        if works:
            self.bench.work()
        return Run.objects.get(pk=run_id)

    def decide(self, run: Run, outcome: str, **answer: Any) -> None:
        task = ReviewTask.objects.get(run=run, kind="review")
        decide_task(
            task_id=task.pk, actor=self.cast.alice, outcome=outcome, expected_version=task.version, channel="web",
            evidence_hash=task.evidence_hash, **answer,
        )  # fmt: skip
        self.bench.work()


@contextmanager
def studio() -> Iterator[Studio]:
    with bench(*TOOLS) as made:
        wiring.bind()
        ports.bind(clock=made.clock, recommender=made.recommender)
        made.tools["finance.budget"].result = {"remaining": 500}
        made.tools["suppliers.history"].result = {"orders": 12}
        made.tools["erp.order"].result = {"id": "PO-1"}
        whole = Studio(
            cast(), made, _with("engineer", "erin"), _with("operator", "olga"), _with("auditor", "ada"),
            _with("administrator", "adam"),
        )  # fmt: skip
        whole.publish()
        yield whole


def _with(role: str, name: str) -> Person:
    somebody = person(name)
    grant_role(person=somebody, role=role, workflow="", actor=api.SYSTEM)
    return somebody
