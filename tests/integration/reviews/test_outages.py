"""All clocks of a queue stopped for an outage."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orchestration import api
from orchestration.models import OutboxMessage
from orchestration.ports import SYSTEM
from orchestration.runtime import outbox
from reviewhub.accounts.permissions import PermissionDenied
from reviewhub.reviews.exceptions import InvalidRequest
from reviewhub.reviews.models import ReviewTask
from reviewhub.reviews.selectors import history_of
from reviewhub.reviews.services import (
    decide_task,
    escalate_task,
    outages,
    snooze_task,
    start_clocks,
    stop_clocks,
    take_back_decision,
    wake_task,
)
from tests.support.desk import Desk

HOUR = timedelta(hours=1)


def follows() -> int:
    """Sends what the queue has left to be done, as the outbox does. How many messages it took."""
    sent = 0
    while message := OutboxMessage.objects.filter(topic=outages.TOPIC).first():
        outbox.send(message.pk)
        sent += 1
    return sent


def test_deadlines_and_levels_come_later_and_people_may_decide(desk: Desk) -> None:
    people, finance = desk.people, desk.people.finance
    task, other = desk.task(), desk.task()
    due, first = task.due_at, task.future[0]["at"]
    assert due is not None
    stop_clocks(queue=finance, actor=people.carol, reason="The ERP is down")
    assert follows() == 1
    task.refresh_from_db()
    assert task.stands_still_since == task.clocks_stopped_at == desk.bench.clock.process
    assert history_of(task)[0].says == "Carol Nyström stopped its clocks: The ERP is down"
    desk.bench.clock.forward(hours=100)
    desk.bench.sweep()
    task.refresh_from_db()
    assert (task.status, task.stage, task.level) == ("open", "", 0)
    decide_task(task_id=other.pk, actor=people.alice, outcome="approve")
    start_clocks(queue=finance, actor=people.carol)
    follows()
    task.refresh_from_db()
    assert (task.due_at, task.stands_still_since, task.clocks_stopped_at) == (due + 100 * HOUR, None, None)
    assert task.future[0]["at"] != first
    desk.bench.clock.forward(hours=9)
    desk.bench.sweep()
    task.refresh_from_db()
    assert task.stage == "breach"
    kinds = [entry.kind for entry in api.chain_entries("queue:finance")]
    assert kinds[-2:] == ["queue.clocks_stopped", "queue.clocks_started"]


def test_many_follow_a_batch_at_a_time_and_what_is_interrupted_goes_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outages, "TOGETHER", 2)
    for _ in range(5):
        desk.task()
    stop_clocks(queue=desk.people.finance, actor=desk.people.carol, reason="Down")
    OutboxMessage.objects.filter(topic=outages.TOPIC).delete()  # whatever was to do it died
    outages.let_clocks_follow()
    assert ReviewTask.objects.filter(clocks_stopped_at__isnull=False).count() == 2
    outages.let_clocks_follow()
    stop_clocks(queue=desk.people.finance, actor=desk.people.carol, reason="Still down")
    assert follows() == 1
    assert ReviewTask.objects.filter(clocks_stopped_at__isnull=False).count() == 5
    start_clocks(queue=desk.people.finance, actor=desk.people.carol)
    assert follows() == 3
    assert not ReviewTask.objects.filter(stands_still_since__isnull=False).exists()


def test_stopping_costs_the_same_for_one_and_for_many_and_each_has_its_record(desk: Desk) -> None:
    people, finance = desk.people, desk.people.finance

    def statements(number: int) -> list[int]:
        tasks = [desk.task() for _ in range(number)]
        counted = []
        for act in (partial(stop_clocks, reason="Down"), start_clocks):
            act(queue=finance, actor=people.carol)
            with CaptureQueriesContext(connection) as asked:
                assert outages.follow(finance.pk, SYSTEM) is None
            counted.append(len(asked))
        for task in tasks:
            kinds = [entry.kind for entry in api.timeline(task.run_id) if entry.kind.startswith("review.clocks")]
            assert kinds == ["review.clocks_stopped", "review.clocks_started"]
        for task in tasks:
            api.cancel_run(run_id=task.run_id, reason="out of the way", actor=SYSTEM)
        return counted

    assert statements(1) == statements(6)
    assert api.verify_audit().ok


def test_one_run_s_trouble_is_no_other_s(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    tasks = [desk.task() for _ in range(3)]
    begin = api.begin_outage

    def refuses(*, reviews: Any, **more: Any) -> Any:
        if tasks[1].run_id in {run_id for run_id, _ in reviews}:
            raise RuntimeError("trouble")
        return begin(reviews=reviews, **more)

    monkeypatch.setattr(api, "begin_outage", refuses)
    stop_clocks(queue=desk.people.finance, actor=desk.people.carol, reason="Down")
    follows()
    stopped = ReviewTask.objects.filter(clocks_stopped_at__isnull=False)
    assert set(stopped.values_list("pk", flat=True)) == {tasks[0].pk, tasks[2].pk}


def test_what_comes_or_wakes_meanwhile_follows_with_the_sweeper(desk: Desk) -> None:
    people, finance = desk.people, desk.people.finance
    finance.snoozing_stops_clock = True
    finance.save()
    asleep = snooze_task(task_id=desk.task().pk, actor=people.alice, until=desk.bench.clock.process + 9 * HOUR)
    stop_clocks(queue=finance, actor=people.carol, reason="Down")
    follows()
    came = desk.task()
    wake_task(task_id=asleep.pk, actor=people.alice)
    outages.let_clocks_follow()
    for task in (came, asleep):
        task.refresh_from_db()
        assert task.clocks_stopped_at is not None
        assert task.stands_still_since is not None
    snooze_task(task_id=came.pk, actor=people.alice, until=desk.bench.clock.process + 9 * HOUR)
    start_clocks(queue=finance, actor=people.carol)
    follows()
    came.refresh_from_db()
    assert came.stands_still_since is not None  # it sleeps, and that stops its clock too
    wake_task(task_id=came.pk, actor=people.alice)
    outages.let_clocks_follow()
    again = ReviewTask.objects.get(pk=came.pk)
    assert (again.stands_still_since, again.clocks_stopped_at) == (None, None)


def test_a_decision_taken_back_and_a_level_called_meanwhile(desk: Desk) -> None:
    people, task = desk.people, desk.task()
    stop_clocks(queue=people.finance, actor=people.carol, reason="Down")
    follows()
    decide_task(task_id=task.pk, actor=people.alice, outcome="approve")
    take_back_decision(task_id=task.pk, actor=people.alice)
    task.refresh_from_db()
    assert task.stands_still_since is not None
    escalate_task(task_id=task.pk, actor=people.alice)
    task.refresh_from_db()
    assert task.level == 1
    start_clocks(queue=people.finance, actor=people.carol)
    follows()
    task.refresh_from_db()
    assert task.stands_still_since is None


def test_only_those_who_lead_may_and_say_why(desk: Desk) -> None:
    people = desk.people
    with pytest.raises(PermissionDenied):
        stop_clocks(queue=people.finance, actor=people.alice, reason="Down")
    with pytest.raises(InvalidRequest, match="Say why"):
        stop_clocks(queue=people.finance, actor=people.carol, reason=" ")
