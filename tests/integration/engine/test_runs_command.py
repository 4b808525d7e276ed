"""`manage.py runs`, as an operator types it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from importlib import import_module
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from orchestration import api, ports
from orchestration.models import AuditPayload, Run, StepRun
from tests.integration.engine.texts import PURCHASE
from tests.support.bench import Bench, StandingClock

AROUND = """
workflow: around
title: Around
owner: oscar
input: {type: object, properties: {rounds: {type: integer}}}
steps:
  - id: over
    switch:
      - when: ${ input.rounds < 2 }
        steps: [{end: done}]
  - {continue: {rounds: "${ input.rounds - 1 }"}}
"""


@pytest.fixture
def run_id(engine: Bench) -> str:
    engine.publish(PURCHASE)
    run_id = engine.start("purchase", request="pens", requester="ann@example.com", amount=12.0)
    engine.work()
    return run_id


def runs(*words: Any) -> tuple[int, str, str]:
    out, err, status = StringIO(), StringIO(), 0
    try:
        call_command("runs", *words, stdout=out, stderr=err)
    except SystemExit as exit_:
        status = int(str(exit_.code))
    return status, out.getvalue(), err.getvalue()


def test_each_run_is_told_what_became_of_it(run_id: str) -> None:
    assert runs("pause", run_id, "--reason", "night")[:2] == (0, f"{run_id}: paused\n")
    status, _, refused = runs("pause", run_id, "--reason", "night")
    assert (status, "paused already" in refused) == (1, True)
    assert runs("resume", run_id)[0] == 0
    assert runs("cancel", run_id, "--reason", "twice")[0] == 0
    assert api.timeline(run_id)[-1].data["reason"] == "twice"


def test_a_workflow_is_paused_and_goes_on(run_id: str) -> None:
    assert runs("pause-workflow", "purchase", "--reason", "The ERP moves", "--new-only") == (
        0,
        "purchase: paused\n",
        "",
    )
    with pytest.raises(CommandError, match="is paused already"):
        runs("pause-workflow", "purchase", "--reason", "again")
    assert runs("resume-workflow", "purchase") == (0, "purchase: goes on\n", "")


def test_a_run_is_started_again_as_another_one(run_id: str) -> None:
    status, _, refused = runs("again", run_id)
    assert (status, "is taken by the open run" in refused) == (1, True)
    runs("cancel", run_id, "--reason", "twice")
    status, out, _ = runs("again", run_id, "--step", "approval")
    new = out.split()[-1]
    assert (status, api.run_state(new).steps["gather"].status) == (0, "succeeded")


def test_replaying_proves_that_the_events_tell_what_is_stored(run_id: str) -> None:
    status, out, _ = runs("replay", "--all")
    assert status == 0
    assert "Every run is as its events tell it." in out
    StepRun.objects.filter(run_id=run_id, path="gather/budget/budget").update(result={"remaining": 9_999})
    status, out, differences = runs("replay", run_id)
    assert status == 1
    assert "steps.gather/budget/budget.result.remaining: stored 9999, told by the events 500" in differences


class Ticking(StandingClock):
    """Every look at it shows a later instant, as clocks do."""

    def process_now(self) -> datetime:
        self.process += timedelta(milliseconds=1)
        return self.process


def test_replaying_proves_it_while_the_clock_runs(engine: Bench) -> None:
    """However a run began: it has begun when its first event says so."""
    ports.bind(clock=Ticking())
    engine.publish(PURCHASE)
    engine.publish(AROUND)
    around = engine.start("around", rounds=2)
    engine.work()
    first = engine.start("purchase", request="ink", requester="ann@example.com", amount=12.0)
    engine.work()
    assert runs("cancel", first, "--reason", "twice")[0] == 0
    assert runs("again", first)[0] == 0
    assert runs("cancel", api.runs().latest("pk").pk, "--reason", "twice")[0] == 0
    assert runs("again", first, "--step", "approval")[0] == 0
    sources = {source.partition(":")[0] for source in api.runs().values_list("source", flat=True)}
    assert (sources, api.runs().filter(continues__id=around).count()) == ({"test", "continued", "rerun", "retry"}, 1)
    assert runs("replay", "--all")[::2] == (0, "")


def test_where_values_were_erased_the_structure_is_still_proven(run_id: str) -> None:
    AuditPayload.objects.filter(chain=f"run:{run_id}").delete()
    StepRun.objects.filter(run_id=run_id).update(input=None, result=None)
    status, out, _ = runs("replay", run_id)
    assert (status, "values were erased" in out) == (0, True)


def test_the_state_after_an_event_is_printed(run_id: str) -> None:
    state = json.loads(runs("replay", run_id, "--at", 1)[1])
    assert (state["status"], state["sequence"], state["steps"]) == ("running", 1, {})


def test_runs_that_were_begun_a_little_before_their_first_event_begin_with_it(engine: Bench) -> None:
    """As all were that an earlier version started while its clock ran."""
    engine.publish(PURCHASE)
    run_id = engine.start("purchase", request="pens", requester="ann@example.com", amount=12.0)
    told = Run.objects.get(pk=run_id).started_at
    Run.objects.filter(pk=run_id).update(started_at=told - timedelta(milliseconds=3))
    assert api.replay(run_id).differences
    mended = import_module("orchestration.migrations.0022_started_as_it_was_told")
    mended.take_the_first_events_instant(apps, None)
    assert Run.objects.get(pk=run_id).started_at == told
    assert api.replay(run_id).ok
