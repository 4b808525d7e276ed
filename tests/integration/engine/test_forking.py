"""New runs from stored ones: what is linked, what is not done twice, and what is refused."""

from __future__ import annotations

import pytest

from orchestration import api
from orchestration.exceptions import InvalidTransition, PermanentError
from orchestration.models import AuditPayload, Run
from tests.integration.engine.texts import PURCHASE
from tests.support.bench import OSCAR, Bench


@pytest.fixture
def run_id(engine: Bench) -> str:
    engine.publish(PURCHASE)
    run_id = engine.start("purchase", request="pens", requester="ann@example.com", amount=12.0)
    engine.work()
    return run_id


def failed(engine: Bench, run_id: str) -> None:
    engine.tools["erp.order"].result = PermanentError("The ERP refuses it.")
    engine.decide(run_id, "approval", "approve", undo=0)
    engine.work()
    engine.decide(run_id, "outcome/0/order!1", "fail", undo=0)
    assert api.run_state(run_id).status == "failed"


def test_a_retry_repeats_the_step_under_a_new_key_and_nothing_before_it(engine: Bench, run_id: str) -> None:
    failed(engine, run_id)
    engine.tools["erp.order"].result = {"id": "PO-2"}
    budgets = len(engine.tools["finance.budget"].calls)
    again = api.retry(run_id=run_id, path="outcome/0/order", actor=OSCAR).run_id
    engine.work()
    state = api.run_state(again)
    assert (state.status, state.outcome) == ("succeeded", "ordered")
    assert state.steps["approval"].result["by"] == "Alice Moreau"
    assert len(engine.tools["finance.budget"].calls) == budgets
    assert engine.tools["erp.order"].keys == [f"{run_id}:outcome/0/order", f"{again}:outcome/0/order"]
    assert api.folded(again) == state
    assert api.replay(run_id).ok


def test_both_runs_lead_to_each_other(engine: Bench, run_id: str) -> None:
    failed(engine, run_id)
    again = api.retry(run_id=run_id, path="outcome/0/order", actor=OSCAR).run_id
    new = Run.objects.get(pk=again)
    assert (str(new.origin_id), new.origin_how, new.origin_step) == (run_id, "retry", "outcome/0/order")
    assert api.timeline(run_id)[-1].data["run"] == again
    assert api.timeline(again)[0].data["origin"]["run_id"] == run_id


def test_a_fork_asks_anew_what_was_open_and_leaves_the_old_run_alone(engine: Bench, run_id: str) -> None:
    sequence = api.run_state(run_id).sequence
    with pytest.raises(InvalidTransition, match=f"'pens' is taken by the open run {run_id}"):
        api.fork(run_id=run_id, sequence=sequence, actor=OSCAR)
    api.cancel_run(run_id=run_id, reason="Ask again", actor=OSCAR)
    forked = api.fork(run_id=run_id, sequence=sequence, actor=OSCAR).run_id
    assert [request.run_id for request in engine.desk.opened] == [run_id, forked]
    assert api.run_state(forked).steps["gather/budget/budget"].result == {"remaining": 500}
    assert api.run_state(run_id).status == "cancelled"
    with pytest.raises(InvalidTransition, match="had ended"):
        api.fork(run_id=run_id, sequence=api.run_state(run_id).sequence, actor=OSCAR)


def test_a_rerun_takes_the_same_input_on_the_version_of_now(engine: Bench, run_id: str) -> None:
    api.cancel_run(run_id=run_id, reason="Again", actor=OSCAR)
    engine.publish(PURCHASE.replace("title: Purchase", "title: Purchases"))
    again = Run.objects.get(pk=api.rerun(run_id=run_id, actor=OSCAR).run_id)
    assert (again.version.number, again.input["request"], again.origin_how) == (2, "pens", "rerun")


def test_the_same_act_sent_twice_starts_one_run(engine: Bench, run_id: str) -> None:
    api.cancel_run(run_id=run_id, reason="Again", actor=OSCAR)
    first = api.rerun(run_id=run_id, actor=OSCAR, event_id="again:1")
    assert api.rerun(run_id=run_id, actor=OSCAR, event_id="again:1").run_id == first.run_id


def test_what_was_erased_cannot_be_taken_over(engine: Bench, run_id: str) -> None:
    failed(engine, run_id)
    AuditPayload.objects.filter(chain=f"run:{run_id}").delete()
    with pytest.raises(InvalidTransition, match="erased"):
        api.retry(run_id=run_id, path="outcome/0/order", actor=OSCAR)
