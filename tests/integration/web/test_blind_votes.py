"""Two people decide blindly: until both have, nothing tells one of them what the other decided, on any channel.

There are two cases of the same moment. In one Alice approves, in the other she rejects, corrects a value and says why.
What anybody else is told of the two has to be the same.
"""

from __future__ import annotations

import json
import re
from difflib import unified_diff
from typing import Any

import pytest
from django.test import Client

from orchestration import api
from orchestration.ports import SYSTEM
from reviewhub.accounts.services import grant_role
from reviewhub.realtime import groups
from reviewhub.reviews.models import ReviewTask
from reviewhub.reviews.selectors import task_detail
from reviewhub.reviews.services import decide_task
from reviewhub.web.patches import patch_for
from reviewhub.web.pushed import figures_for
from tests.integration.web.conftest import SignedIn
from tests.integration.web.test_like_any_other import CHANNELS, Shown, plain
from tests.support.cast import person
from tests.support.desk_room import OSCAR, DeskRoom

BLIND = """
workflow: purchase
title: Purchase approval
owner: oscar
input: {type: object}
steps:
  - id: rounds
    repeat:
      until: ${ steps.approval.outcome == 'approve' }
      max: 5
      steps:
        - id: approval
          review:
            title: Northwind
            outcomes: {approve: {label: Approve}, reject: {label: Turn down}}
            fields: {amount: {value: 1200, edit: true, type: number}}
            highlights: {Amount: 1200}
            assign: {queue: finance, approvals: {of: 2, blind: true}}
            undo: 0s
"""
NOT_COMPARED = ("the question to a colleague", "the question to the requester", "a mail", "somebody who reminds")
TOLD = [each for each in CHANNELS if each[0] not in NOT_COMPARED]
OF_A_TASK = (
    *("/tasks/{task}/changes/", "/tasks/{task}/precedents/", "/tasks/{task}/live/"),
    *("/api/v1/tasks/{task}/", "/api/v1/tasks/{task}/changes/", "/api/v1/tasks/{task}/comments/"),
    "/api/v1/tasks/{task}/changes/?since=2001-01-01T00:00:00Z",
)
OF_A_RUN = (
    *("/runs/{run}/", "/runs/{run}/?step=approval", "/runs/{run}/live/", "/runs/{run}/at/"),
    *("/api/v1/runs/{run}/", "/api/v1/runs/{run}/steps/", "/api/v1/runs/{run}/timeline/", "/api/v1/runs/{run}/at/9/"),
    "/api/v1/tasks/{task}/",
)


@pytest.fixture
def two(room: DeskRoom, signed_in: SignedIn) -> tuple[Shown, Shown]:
    """Of the second round of a case each; Alice has voted, differently. Bob is to be the other one."""
    people = room.people
    people.finance.memberships.create(person=people.bob)
    api.publish_workflow(text=BLIND, note="", actor=OSCAR)
    runs = [api.start_run(workflow="purchase", input={}, actor=OSCAR, source="test").run_id for _ in range(2)]
    room.work()
    bob = signed_in(people.bob)
    for run_id in runs:
        first = ReviewTask.objects.get(run_id=run_id)
        mark = bob.get(f"/tasks/{first.pk}/").context["page"].mark
        bob.post(f"/tasks/{first.pk}/seen/", {"mark": mark})
        for who in (people.alice, people.bob):
            decide_task(task_id=first.pk, actor=who, outcome="reject")
        room.work()
    tasks = [ReviewTask.objects.filter(run_id=run_id).latest("key") for run_id in runs]
    assert all(task.is_waiting for task in tasks)
    decide_task(task_id=tasks[0].pk, actor=people.alice, outcome="approve")
    decide_task(
        task_id=tasks[1].pk,
        actor=people.alice,
        outcome="reject",
        fields={"amount": 77},
        reasons=["policy"],
        note="Dear",
    )
    for task in tasks:
        task.refresh_from_db()
    return Shown(room, bob, tasks[0]), Shown(room, bob, tasks[1])


def test_no_channel_and_no_address_of_the_task_tells_the_others_vote(two: tuple[Shown, Shown]) -> None:
    for channel, say in TOLD:
        one, other = (plain(say(shown), shown.task) for shown in two)
        assert one == other, channel
        assert "Dear" not in other
    for path in OF_A_TASK:
        assert _differ(two, path, two[0].bob) == [], path


def test_whoever_reads_every_run_reads_no_vote_either(two: tuple[Shown, Shown], signed_in: SignedIn) -> None:
    olga = person("olga")
    grant_role(person=olga, role="operator", workflow="", actor=SYSTEM)
    client = signed_in(olga)
    found = {path: _differ(two, path, client) for path in OF_A_RUN}
    assert not any(found.values()), found


def _differ(two: tuple[Shown, Shown], path: str, client: Client) -> list[str]:
    """The lines in which what is answered of the two differs."""
    told = []
    for shown in two:
        answer = client.get(path.format(run=shown.task.run_id, task=shown.task.pk))
        said = plain(answer.content.decode(), shown.task).replace(str(shown.task.run_id)[-12:], "RUN")
        text = f"{answer.status_code}\n{said}"
        told.append(re.sub(r"[>,]", "\\g<0>\n", text).splitlines())
    return [
        line for line in unified_diff(told[0], told[1], n=0, lineterm="") if not line.startswith(("---", "+++", "@@"))
    ]


def test_nothing_that_is_pushed_tells_it(two: tuple[Shown, Shown]) -> None:
    people = two[0].room.people
    pushed = [(plain(json.dumps(patch_for(each.task.pk)), each.task), each.task.version) for each in two]
    assert pushed[0] == pushed[1]
    assert not any(groups.told_of_a_look(people.alice, str(each.task.pk)) for each in two)
    figures: Any = figures_for(people.carol.pk, "finance")
    assert "Turn down" not in figures


def test_what_is_new_and_how_far_one_has_seen_stay_the_same(two: tuple[Shown, Shown]) -> None:
    shown = [task_detail(each.task.pk, each.room.people.bob) for each in two]
    assert shown[0].mark == shown[1].mark
    for detail in shown:
        assert detail.changes is not None
        assert detail.changes.found == ()
        assert detail.decisions == []
    assert two[0].task.added == two[1].task.added == 0
    assert two[0].task.content_hash == two[1].task.content_hash
    assert two[0].task.evidence_hash == two[1].task.evidence_hash


def test_once_both_are_in_everybody_reads_both(two: tuple[Shown, Shown]) -> None:
    for shown in two:
        decide_task(task_id=shown.task.pk, actor=shown.room.people.bob, outcome="approve")
    assert "Alice Moreau" in two[0].get("/tasks/{task}/")
    assert len(task_detail(two[1].task.pk, two[1].room.people.bob).decisions) == 2
