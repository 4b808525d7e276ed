"""A task whose run is moved to another version of its workflow, where the review has another name."""

from __future__ import annotations

from orchestration import api
from reviewhub.reviews.models import ReviewTask
from reviewhub.reviews.selectors import history_of
from reviewhub.reviews.services import claim_task, decide_task
from tests.support.bench import OSCAR
from tests.support.desk import PURCHASE, Desk

RELEASE = PURCHASE.replace("id: approval", "id: release").replace("steps.approval", "steps.release")


def moved(desk: Desk, task: ReviewTask) -> ReviewTask:
    desk.bench.publish(RELEASE)
    api.migrate_run(run_id=task.run_id, to=2, step_map={"approval": "release"}, actor=OSCAR)
    task.refresh_from_db()
    return task


def test_whoever_has_the_task_keeps_it_and_decides_it(desk: Desk) -> None:
    task = claim_task(task_id=desk.task().pk, actor=desk.people.alice)
    task = moved(desk, task)
    assert (task.key, task.step_id, task.claimed_by) == ("release", "release", desk.people.alice)
    decide_task(task_id=task.pk, actor=desk.people.alice, outcome="approve")
    desk.close(task)
    assert (task.status, desk.run(task).outcome) == ("closed", "ordered")
    assert api.replay(task.run_id).ok


def test_its_chain_goes_on_and_its_history_is_whole(desk: Desk) -> None:
    task = moved(desk, claim_task(task_id=desk.task().pk, actor=desk.people.alice))
    desk.bench.clock.forward(hours=24)
    desk.bench.sweep()
    task.refresh_from_db()
    assert task.level == 1
    kinds = [entry.kind for entry in history_of(task)]
    assert kinds[-2:] == ["desk.claimed", "review.opened"]
    assert "review.escalated" in kinds
