"""A worker is killed before and after everything that it does, at every time that it does it. Another one goes on:
every run ends, each effect happened once under its key, and the audit verifies."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from orchestration import api
from orchestration.models import OutboxMessage, Run
from tests.support.bench import NOON, Bench
from tests.support.mortal import Mortals
from tests.support.mortal_worker import POINTS
from tests.support.outside import DECIDED, EFFECTS, FAMILY, INSIDE, WORKFLOW, Outside, outside_bench

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

LATER = NOON + timedelta(hours=2)  # the dead worker's lease has expired
MOST = 60


@pytest.fixture
def engine(transactional_db: None, tmp_path: Path) -> Iterator[Bench]:
    with outside_bench(tmp_path) as made:
        made.publish(WORKFLOW)
        yield made


@pytest.fixture(scope="module")
def mortals(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mortals]:
    made = Mortals(tmp_path_factory.mktemp("mortals"))
    yield made
    made.close()


@pytest.mark.parametrize("name", [name for name in POINTS if name != "closing"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_whenever_a_worker_dies_there_the_next_one_completes_its_work_once(
    engine: Bench, mortals: Mortals, tmp_path: Path, when: str, name: str
) -> None:
    deaths = 0
    run_id = engine.start("mortal")
    while mortals.dies(f"{when} {name}", deaths + 1, NOON, tmp_path):
        deaths += 1
        mortals.works(LATER, tmp_path)
        _holds(run_id, tmp_path)
        assert deaths < MOST, "the point is reached for ever"
        run_id = engine.start("mortal")
    _holds(run_id, tmp_path)
    assert deaths or name == "loss", "the point was never reached"
    assert api.verify_audit().ok


@pytest.mark.parametrize("name", ["closing", "commit", "effect"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_decision_counts_once_whenever_the_worker_dies_that_closes_it_and_calls_what_follows(
    engine: Bench, mortals: Mortals, tmp_path: Path, when: str, name: str
) -> None:
    engine.publish(DECIDED)
    for deaths in range(1, MOST):
        run_id = engine.start("decided")
        engine.decide(run_id, "approval", "approve", undo=10)
        died = mortals.dies(f"{when} {name}", deaths, NOON + timedelta(seconds=11), tmp_path)
        mortals.works(LATER, tmp_path)
        assert Run.objects.get(pk=run_id).outcome == "done"
        of_run = {said: count for said, count in Outside(tmp_path).effects().items() if run_id in said}
        happened = ("told", "approval"), ("book", "shipped"), ("pay", "refunded")
        assert of_run == {f"{what} {run_id}:{step}": 1 for what, step in happened}
        if not died:
            break
    assert deaths > 1, "the point was never reached"
    assert api.verify_audit().ok


@pytest.mark.parametrize(
    ("point", "every"),
    [
        ("before commit", 6),
        ("after commit", 3),
        ("before effect", 2),
        ("after effect", 1),
        ("before message", 2),
        ("after message", 1),
        ("after timer", 1),
    ],
)
def test_items_a_wait_and_a_run_inside_are_done_once_and_undone_once(
    engine: Bench, mortals: Mortals, tmp_path: Path, point: str, every: int
) -> None:
    engine.publish(INSIDE)
    engine.publish(FAMILY)
    for deaths in range(1, MOST, every):
        run_id = engine.start("family")
        died = mortals.dies(point, deaths, NOON, tmp_path)
        mortals.works(LATER, tmp_path)
        inside = Run.objects.get(parent__pk=run_id)
        assert (Run.objects.get(pk=run_id).status, inside.status) == ("failed", "cancelled")
        of_runs = {key: n for key, n in Outside(tmp_path).effects().items() if run_id in key or str(inside.pk) in key}
        seats, room = [f"{run_id}:seats#{number}/seat" for number in (1, 2)], f"{inside.pk}:room"
        done = [f"book {seats[0]}", f"book {seats[1]}", f"pay {room}"]
        assert of_runs == dict.fromkeys(done + [f"free {key}~undo" for key in (*seats, room)], 1)
        if not died:
            break
    assert deaths > 1, "the point was never reached"
    assert api.verify_audit().ok


def _holds(run_id: str, place: Path) -> None:
    run = Run.objects.get(pk=run_id)
    assert (run.status, run.outcome) == ("succeeded", "done")
    of_run = {said: count for said, count in Outside(place).effects().items() if run_id in said}
    assert all(count == 1 for count in of_run.values()), of_run
    steps = [said.rpartition("/")[2].rpartition(":")[2] for said in of_run if not said.startswith("told")]
    assert sorted(steps) == sorted(EFFECTS)
    assert f"told {run_id}:approval" in of_run
    assert not OutboxMessage.objects.exists()


def test_where_workers_die_again_and_again_a_person_is_asked_and_nothing_happens_twice(
    engine: Bench, mortals: Mortals, tmp_path: Path
) -> None:
    """Each life ends at the second commit, so that attempts run out: the step lies before a person, who retries."""
    run_id = engine.start("mortal")
    for life in range(MOST):
        engine.clock.forward(hours=1)
        if mortals.dies("after commit", 2, NOON + timedelta(hours=life), tmp_path):
            continue
        asked = [step.review for step in api.run_state(run_id).steps.values() if step.status == "incident"]
        for review in asked:
            engine.decide(run_id, (review or {})["key"], "retry", undo=0)
        if not asked:
            break
    _holds(run_id, tmp_path)
