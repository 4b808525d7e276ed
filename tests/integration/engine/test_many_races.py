"""Races on PostgreSQL, again and again: threads that stay, with a connection each, meet at a barrier every round.

Origin of the first: Conductor, several servers that contend for the lock of one workflow.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import pytest
from django.db import connection

from orchestration import api
from orchestration.exceptions import OrchestrationError
from orchestration.models import AuditEvent, Run
from orchestration.runtime import execute
from orchestration.runtime.advance import fire
from tests.integration.engine.texts import ONE_REVIEW
from tests.support.bench import ALICE, OSCAR, Bench, bench

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

ROUNDS = 1_000
BRANCHES = 8
PATIENCE = 120  # seconds for a whole race; who waits longer waits for ever

FAN = """
workflow: fan
owner: oscar
steps:
  - id: fan
    parallel: {{join: {join}, branches: {{{branches}}}}}
  - {{id: last, tool: t@1}}
"""


@pytest.fixture
def engine(transactional_db: None) -> Iterator[Bench]:
    with bench("t@1!") as made:
        yield made


def race(rounds: int, *acts: Callable[[int], Any]) -> list[list[Any]]:
    """Each act has a thread; in every round all begin at once. Gives, by act, what each round returned or was refused.
    Anything but a refusal fails the race: a deadlock is an error of the database."""
    barrier = threading.Barrier(len(acts))
    results: list[list[Any]] = [[] for _ in acts]
    errors: list[BaseException] = []

    def run(index: int, act: Callable[[int], Any]) -> None:
        try:
            for round_ in range(rounds):
                barrier.wait(PATIENCE)
                results[index].append(_told(partial(act, round_)))
        except BaseException as error:  # noqa: BLE001 - it is raised again in the test's thread
            errors.append(error)
            barrier.abort()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(index, act), daemon=True) for index, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    if errors:
        raise errors[0]
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    return results


def _told(act: Callable[[], Any]) -> Any:
    try:
        return act()
    except OrchestrationError as refusal:
        return refusal


def started(engine: Bench, workflow: str, count: int) -> list[str]:
    return [engine.start(workflow) for _ in range(count)]


def counts(kind: str) -> Counter[str]:
    """How many audit events of that kind each run has."""
    chains = AuditEvent.objects.filter(kind=kind).values_list("chain", flat=True)
    return Counter(chain.removeprefix("run:") for chain in chains)


def test_approval_timer_and_cancellation_have_one_winner_and_the_losers_are_told(engine: Bench) -> None:
    engine.publish(ONE_REVIEW)
    overdue = started(engine, "one-review", ROUNDS // 2)
    engine.clock.forward(days=2, seconds=1)  # the timers of these are due before the decision is received
    runs = [run for pair in zip(overdue, started(engine, "one-review", ROUNDS // 2), strict=True) for run in pair]

    def approves(round_: int) -> Any:
        return engine.decide(runs[round_], "approval", "approve", undo=0)

    decided, _, cancelled = race(
        ROUNDS,
        approves,
        lambda round_: fire(runs[round_], "approval:unanswered", 1),
        lambda round_: api.cancel_run(run_id=runs[round_], reason="race", actor=OSCAR),
    )
    outcomes = {str(run.pk): run.outcome for run in Run.objects.all()}
    assert counts("run.ended") == Counter(runs)
    for round_, run_id in enumerate(runs):
        outcome = outcomes[run_id]
        assert outcome in (("reject" if round_ % 2 == 0 else "approve"), "cancelled")
        assert isinstance(decided[round_], OrchestrationError) == (outcome != "approve")
        assert isinstance(cancelled[round_], OrchestrationError) == (outcome != "cancelled")
    assert len(set(outcomes.values())) == 3, "every way was won once at least"
    assert api.verify_audit().ok


@pytest.mark.parametrize("join", ["all", "any", "{at_least: 3}"])
def test_branches_that_n_workers_end_together_join_once(engine: Bench, join: str) -> None:
    names = [f"b{number}" for number in range(BRANCHES)]
    branches = ", ".join(f"{name}: [{{id: {name}, tool: t@1}}]" for name in names)
    engine.publish(FAN.format(join=join, branches=branches))
    runs = started(engine, "fan", 25)
    race(len(runs), *[partial(_executes, runs, f"fan/{name}/{name}") for name in names])
    for run_id in runs:
        state = api.run_state(run_id)
        assert (state.steps["fan"].status, state.status) == ("succeeded", "running" if _open(state) else "succeeded")
    engine.work()
    assert set(Run.objects.values_list("status", flat=True)) == {"succeeded"}
    assert counts("run.ended") == Counter(runs)
    for run_id in runs:
        joined = [entry for entry in api.timeline(run_id) if entry.kind == "step.succeeded"]
        assert [entry.data["path"] for entry in joined].count("fan") == 1
    keys = Counter(engine.tools["t"].keys)
    assert all(keys[f"{run_id}:last"] == 1 for run_id in runs)
    assert api.verify_audit().ok


def _executes(runs: Sequence[str], path: str, round_: int) -> int:
    return execute.execute(runs[round_], path)


def _open(state: Any) -> bool:
    return any(step.is_open for step in state.steps.values())


def test_an_event_that_comes_at_several_doors_at_once_starts_one_run(engine: Bench) -> None:
    engine.publish(ONE_REVIEW)

    def arrives(round_: int) -> Any:
        return api.start_run(workflow="one-review", input={}, actor=OSCAR, source="test", event_id=f"evt-{round_}")

    results = race(100, *[arrives] * 4)
    for answers in zip(*results, strict=True):
        assert len({answer.run_id for answer in answers}) == 1
        assert [answer.created for answer in answers].count(True) == 1
    assert Run.objects.count() == 100
    assert len(engine.desk.opened) == 100


def test_two_who_decide_at_once_are_one_decision_and_one_refusal(engine: Bench) -> None:
    engine.publish(ONE_REVIEW)
    runs = started(engine, "one-review", 200)

    def decides(outcome: str, round_: int) -> Any:
        return api.decide_review(
            run_id=runs[round_], key="approval", outcome=outcome, fields={}, actor=ALICE, undo_seconds=10
        )

    results = race(len(runs), partial(decides, "approve"), partial(decides, "reject"))
    refused = [[isinstance(answer, OrchestrationError) for answer in answers] for answers in results]
    assert all(one != other for one, other in zip(*refused, strict=True))
    assert counts("review.decided") == Counter(runs)


def test_who_takes_back_and_the_end_of_the_window_never_both_win(engine: Bench) -> None:
    engine.publish(ONE_REVIEW)
    runs = started(engine, "one-review", 200)
    for run_id in runs:
        engine.decide(run_id, "approval", "approve", undo=10)
    engine.clock.forward(seconds=10)
    taken, _ = race(
        len(runs),
        lambda round_: api.take_back_decision(run_id=runs[round_], key="approval", actor=ALICE),
        lambda round_: fire(runs[round_], "approval:undo", 1),
    )
    ended = counts("run.ended")
    for round_, run_id in enumerate(runs):
        assert isinstance(taken[round_], OrchestrationError) == (ended[run_id] == 1)
    assert api.verify_audit().ok
