"""Pools, limits, breakers and credentials over the Procfile's own processes: two that call tools, one that moves runs
on and one that asks models. Everything is counted where it is called, over real HTTP."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from orchestration import api
from orchestration.models import ConnectionCredential, LimitSetting, LimitState, LimitWaiter, Run
from orchestration.runtime import tools as registry
from orchestration.tasks import execute_step
from reviewhub.celery import app
from tests.support.bench import OSCAR
from tests.support.called import LIMITS, PATIENCE, Called, register
from tests.support.installation import Installation

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres, pytest.mark.processes]

WORKERS = ("worker-orchestration", "worker-tools", "worker-tools.1", "worker-ai")
CALLS = "workflow: calls-{0}\ninput: {{type: object}}\nsteps: [{{id: call, tool: called.{0}@1}}]\n"
THINKS = "workflow: thinks\ninput: {type: object}\nsteps: [{id: call, ai: slow}]\n"
MOVES = "workflow: moves\ninput: {type: object}\nsteps: [{id: nap, wait: {for: 0.1s}}, {id: kept, set: {n: 1}}]\n"
KEYS = ("key-a", "key-b", "key-c")
THREADS = {"tools": 8, "ai": 4}  # of one process, as the Procfile has it


class Place:
    """The processes, what they call, and runs that are started as another process would."""

    def __init__(self, called: Called, broker: Any) -> None:
        self.called = called
        self._broker = broker

    def start(self, workflow: str, count: int, queue: str = "tools") -> list[str]:
        started = [api.start_run(workflow=workflow, input={}, actor=OSCAR, source="test").run_id for _ in range(count)]
        execute_step.apply_async(args=(started[-1], "call", queue), queue=queue, connection=self._broker)
        return started

    def ended(self, runs: list[str]) -> None:
        ended = Run.objects.filter(pk__in=runs, status=Run.Status.SUCCEEDED)
        _until(lambda: ended.count() == len(runs), f"{len(runs)} runs have ended")

    def full(self, name: str, count: int) -> None:
        self.called.wait_until(lambda: self.called.inside[name] == count, f"{count} inside {name}")

    def workers_of(self, name: str) -> set[str]:
        return {arrival.worker for arrival in self.called.arrivals[name]}


def _until(holds: Any, what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, f"Not in time: {what}"
        time.sleep(0.02)


@pytest.fixture
def place(installation: Installation, empty_redis_url: str) -> Iterator[Place]:
    registered = dict(registry._registered)
    register()
    with Called() as called, app.connection_for_write(empty_redis_url) as broker:
        _settings(called)
        installation.environment |= {"REVIEWHUB_MODE": "embedded", "CALLED_URL": called.url, "LOG_LEVEL": "WARNING"}
        known = installation.commands.items()
        installation.commands = {name: f"{command} -I tests.support.called" for name, command in known}
        installation.launch(*WORKERS)
        yield Place(called, broker)
        installation.kill()
    registry._registered.clear()
    registry._registered.update(registered)


def _settings(called: Called) -> None:
    for name in LIMITS:
        api.publish_workflow(text=CALLS.format(name), note="", actor=OSCAR)
    model = api.save_connection(
        name="model", kind="model", base_url=f"{called.url}/v1", model="m", secret="k", actor=OSCAR
    )
    outcomes = [{"id": "approve", "label": "Approve"}]
    api.save_decision_point(
        name="slow", title="Slow", kind="recommend", prompt="?", outcomes=outcomes, connection=model.name, actor=OSCAR
    )
    api.publish_workflow(text=THINKS, note="", actor=OSCAR)
    api.publish_workflow(text=MOVES, note="", actor=OSCAR)
    LimitSetting.objects.create(subject="connection:called", concurrency=3)
    keyed = api.save_connection(name="keyed", kind="http", secret="own", actor=OSCAR)
    for key in KEYS:
        ConnectionCredential.objects.create(connection=keyed, label=key, secret=key)


def test_pools_and_limits_hold_between_processes(place: Place, subtests: pytest.Subtests) -> None:
    for claim in (
        long_calls_hold_up_neither_what_moves_runs_on_nor_models,
        models_that_think_for_long_hold_up_no_tools,
        a_long_call_with_a_limit_of_its_own_leaves_its_pool_to_short_ones,
        the_limit_of_a_connection_holds_across_processes,
        the_rate_of_a_tool_holds_across_processes,
        a_breaker_opens_for_all_processes_and_lets_one_call_through_to_try,
        what_is_called_at_a_time_falls_with_errors_and_rises_again,
        several_credentials_are_shared_out_evenly,
    ):
        with subtests.test(claim.__name__.replace("_", " ")):
            claim(place)


def long_calls_hold_up_neither_what_moves_runs_on_nor_models(place: Place) -> None:
    place.called.hold("slow")
    slow = place.start("calls-slow", 5 * THREADS["tools"])
    place.full("slow", 2 * THREADS["tools"])  # both processes are full
    assert len(place.workers_of("slow")) == 2
    place.ended(place.start("moves", 3))
    place.ended(place.start("thinks", 3, queue="ai"))
    assert place.called.inside["slow"] == 2 * THREADS["tools"]
    place.called.let_go("slow")
    place.ended(slow)
    assert len(place.called.arrivals["slow"]) == len(slow)


def models_that_think_for_long_hold_up_no_tools(place: Place) -> None:
    place.called.hold("v1")
    thinking = place.start("thinks", 2 * THREADS["ai"], queue="ai")
    place.full("v1", THREADS["ai"])
    place.ended(place.start("calls-quick", 6))
    assert place.called.inside["v1"] == THREADS["ai"]
    place.called.let_go("v1")
    place.ended(thinking)


def a_long_call_with_a_limit_of_its_own_leaves_its_pool_to_short_ones(place: Place) -> None:
    place.called.hold("bounded")
    long = place.start("calls-bounded", 20)
    place.full("bounded", 4)
    place.ended(place.start("calls-quick", 10))
    assert place.called.inside["bounded"] == 4
    place.called.let_go("bounded")
    place.ended(long)
    assert (place.called.most["bounded"], len(place.called.arrivals["bounded"])) == (4, 20)


def the_limit_of_a_connection_holds_across_processes(place: Place) -> None:
    place.called.hold("narrow")
    runs = place.start("calls-narrow", 24)
    place.full("narrow", 3)
    place.called.let_go("narrow")
    place.ended(runs)
    assert (place.called.most["narrow"], len(place.called.arrivals["narrow"])) == (3, 24)
    assert len(place.workers_of("narrow")) == 2


def the_rate_of_a_tool_holds_across_processes(place: Place) -> None:
    """Nothing is admitted before the runs are started, so by no instant have more arrived than the spans let."""
    began = time.monotonic()
    runs = place.start("calls-rated", 12)
    place.ended(runs)
    arrived = sorted(arrival.at - began for arrival in place.called.arrivals["rated"])
    assert len(arrived) == 12
    assert all(count < 4 * (int(at / 0.5) + 1) for count, at in enumerate(arrived))


def a_breaker_opens_for_all_processes_and_lets_one_call_through_to_try(place: Place) -> None:
    place.called.break_for("fragile", 3)
    place.start("calls-fragile", 3)
    _until(lambda: LimitState.objects.filter(subject="tool:called.fragile", opened=1).exists(), "the breaker opens")
    place.called.hold("fragile")
    before = len(place.called.arrivals["fragile"])
    runs = place.start("calls-fragile", 12)
    place.full("fragile", 1)
    tried_at = LimitState.objects.get(subject="tool:called.fragile").open_until
    refused = LimitWaiter.objects.filter(subject="tool:called.fragile", due_at__gt=tried_at)
    _until(lambda: refused.count() == len(runs) - 1, "all others have been refused while one tries")
    assert len(place.called.arrivals["fragile"]) == before + 1
    place.called.let_go("fragile")
    place.ended(runs)
    assert len(place.called.arrivals["fragile"]) == before + 12


def what_is_called_at_a_time_falls_with_errors_and_rises_again(place: Place) -> None:
    state = LimitState.objects.filter(subject="tool:called.adapting")
    place.called.break_for("adapting", 1)
    place.start("calls-adapting", 1)
    _until(lambda: state.filter(failed=1).exists(), "one call fails")
    assert state.get().concurrency == pytest.approx(2.8)
    place.called.hold("adapting")
    runs = place.start("calls-adapting", 3)
    place.full("adapting", 2)
    waits = LimitWaiter.objects.filter(subject="tool:called.adapting")
    _until(waits.exists, "the third has to wait, though four were borne before")
    place.called.let_go("adapting")
    _until(state.filter(concurrency__gt=2.8).exists, "what is borne rises")
    place.ended(runs)


def several_credentials_are_shared_out_evenly(place: Place) -> None:
    place.called.hold("keyed")
    runs = place.start("calls-keyed", 9)
    place.full("keyed", 9)
    assert Counter(arrival.secret for arrival in place.called.arrivals["keyed"]) == dict.fromkeys(KEYS, 3)
    place.called.let_go("keyed")
    place.ended(runs)
