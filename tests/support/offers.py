"""A case that comes back to its reviewers, and what they see of it."""

from __future__ import annotations

from typing import Any

from django.test import Client

from orchestration import api
from orchestration.runtime import tools as registry
from reviewhub.accounts.models import Person
from reviewhub.reviews.models import ReviewTask
from reviewhub.reviews.services import decide_task
from tests.support.bench import Scripted
from tests.support.desk_room import OSCAR, DeskRoom

ROUNDS = """
workflow: offer
title: Offer
owner: oscar
input: {type: object, required: [requester], properties: {requester: {type: string}}}
steps:
  - id: rounds
    repeat:
      until: ${ steps.check.outcome == 'accept' }
      max: 9
      steps:
        - {id: draft, tool: offers.draft@1, retry: {attempts: 1}}
        - id: check
          review:
            title: "${ steps.draft.supplier }"
            outcomes: {accept: {label: Accept}, back: {label: Send back}}
            fields: {price: {value: "${ steps.draft.price }", label: Price}}
            highlights: {Price: "${ steps.draft.price }"}
            assign: {queue: finance}
            undo: 0s
"""
FIRST = {"supplier": "Northwind", "price": 1200, "terms": ["30 days"], "note": "Carriage paid. " * 8}


class Offer:
    """One case that comes back to its reviewers, each time as the tool gives it."""

    def __init__(self, room: DeskRoom, tool: Scripted) -> None:
        self.room, self.tool = room, tool
        started = api.start_run(workflow="offer", input={"requester": "ann@example.com"}, actor=OSCAR, source="test")
        self.run_id = started.run_id
        self.room.work()

    def task(self) -> ReviewTask:
        return ReviewTask.objects.filter(run_id=self.run_id).latest("created_at")

    def comes_back(self, by: Person, **changed: Any) -> ReviewTask:
        self.tool.result = {**FIRST, **changed}
        self.room.clock.forward(minutes=30)
        task = self.task()
        decide_task(task_id=task.pk, actor=by, outcome="back", expected_version=task.version)
        self.room.work()
        return self.task()


def offered(room: DeskRoom) -> Offer:
    """The case, before its reviewers for the first time."""
    drafts = Scripted(result=dict(FIRST))
    registry.tool(name="offers.draft", version=1, idempotent=True)(drafts)
    api.publish_workflow(text=ROUNDS, note="", actor=OSCAR)
    return Offer(room, drafts)


def see(client: Client, task: ReviewTask) -> str:
    """Opens the task and lets the page say that it has been seen."""
    page = client.get(f"/tasks/{task.pk}/")
    told = {"mark": page.context["page"].mark}
    assert client.post(f"/tasks/{task.pk}/seen/", told, headers={"HX-Request": "true"}).status_code == 204
    return page.content.decode()


def strip(client: Client, task: ReviewTask) -> Any:
    return client.get(f"/tasks/{task.pk}/").context["page"].changes
