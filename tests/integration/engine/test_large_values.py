"""Large values in the database: written once, given whole to tools and children, and covered by the audit."""

from __future__ import annotations

from typing import Any

import pytest

from orchestration import api
from orchestration.core.large import LARGE, MOST, is_reference
from orchestration.exceptions import InvalidInput, InvalidTransition
from orchestration.models import LargeValue, Run
from tests.support.bench import OSCAR, Bench

READER = """
workflow: reader
title: Reader
owner: oscar
input: {type: object, properties: {text: {type: string}}}
steps:
  - {id: order, tool: erp.order@1, with: {text: "${ input.text }"}}
  - {id: child, workflow: child, with: {order: "${ steps.order }"}}
  - {id: size, set: {is: "${ steps.child.result.text.size() }"}}
  - {id: approval, review: {outcomes: [approve], assign: {queue: finance}}}
  - {id: told, tool: mail.tell@1, with: {text: "${ steps.order.text }"}}
"""
CHILD = """
workflow: child
title: Child
owner: oscar
input: {type: object, properties: {order: {type: object}}}
steps: [{id: end, end: done, with: {text: "${ input.order.text }"}}]
"""
TEXT = "a" * LARGE


@pytest.fixture
def waiting(engine: Bench) -> str:
    """A run that waits for its review, with large values behind it."""
    engine.publish(CHILD)
    engine.publish(READER)
    engine.tools["erp.order"].result = {"text": TEXT}
    run_id = engine.start("reader", text=TEXT)
    engine.work()
    deliver()
    engine.work()
    return run_id


def deliver() -> None:
    from orchestration.runtime import outbox

    while outbox.send_due():
        pass


def test_tools_and_children_get_the_whole_and_the_rows_a_reference(engine: Bench, waiting: str) -> None:
    assert engine.tools["erp.order"].calls[0][0] == {"text": TEXT}
    row, state = Run.objects.get(pk=waiting), api.run_state(waiting)
    assert is_reference(row.input)
    assert is_reference(state.steps["order"].result)
    assert state.steps["size"].result == {"is": LARGE}
    assert api.folded(waiting) == state
    assert LargeValue.objects.filter(run_id=waiting).count() == 3  # {text} three times, {order}, and the child's end
    engine.decide(waiting, "approval", "approve", undo=0)
    engine.work()
    assert engine.tools["mail.tell"].calls[0][0] == {"text": TEXT}
    assert api.run_state(waiting).status == "succeeded"
    assert api.replay(waiting).ok


def test_the_audit_covers_a_large_value(engine: Bench, waiting: str) -> None:
    assert api.verify_audit().ok
    LargeValue.objects.filter(run_id=waiting).update(body="{}")
    assert {fault.chain for fault in api.verify_audit().faults} == {f"run:{waiting}"}


def test_a_new_run_has_large_values_of_its_own_unless_they_were_erased(engine: Bench, waiting: str) -> None:
    sequence = Run.objects.get(pk=waiting).sequence
    forked = api.fork(run_id=waiting, sequence=sequence, actor=OSCAR).run_id
    assert api.run_state(forked).steps["size"].result == {"is": LARGE}
    assert LargeValue.objects.filter(run_id=forked).exists()
    LargeValue.objects.filter(run_id=waiting).delete()
    with pytest.raises(InvalidTransition, match="erased"):
        api.fork(run_id=waiting, sequence=sequence, actor=OSCAR)


def test_an_input_larger_than_any_value_may_be_starts_nothing(engine: Bench) -> None:
    engine.publish(CHILD)
    with pytest.raises(InvalidInput) as refused:
        engine.start("child", order={"text": "a" * MOST})
    faults: Any = refused.value.faults
    assert "8.0 MB as JSON" in faults[0]["message"]
