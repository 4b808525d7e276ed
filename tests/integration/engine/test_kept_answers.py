"""Answers of tools that are kept, in the database."""

from __future__ import annotations

from orchestration import api
from orchestration.models import KeptAnswer
from orchestration.runtime import answers
from tests.support.bench import Bench, bench

PRICE = """
workflow: price
title: Price
owner: oscar
input: {type: object, properties: {sku: {type: string}}}
steps:
  - {id: price, tool: shop.price@1, with: {sku: "${ input.sku }"}, cache: 1h}
  - {end: done, with: {price: "${ steps.price.price }"}}
"""
CHANGES = PRICE.replace("shop.price", "shop.order").replace("workflow: price", "workflow: order")


def asked(engine: Bench, sku: str, workflow: str = "price") -> str:
    run_id = engine.start(workflow, sku=sku)
    engine.work()
    assert api.run_state(run_id).status == "succeeded"
    return run_id


def test_another_run_takes_the_answer_until_it_is_too_old(db: None) -> None:
    with bench("shop.price@1?") as engine:
        engine.tools["shop.price"].result = {"price": 7}
        engine.publish(PRICE)
        first = asked(engine, "A")
        engine.clock.forward(minutes=59)
        second = asked(engine, "A")
        state = api.run_state(second)
        assert state.result == {"price": 7}
        assert (state.steps["price"].scope or {})["reused"]["run"] == first
        assert api.folded(second) == state
        asked(engine, "B")
        assert len(engine.tools["shop.price"].calls) == 2
        engine.clock.forward(minutes=2)
        asked(engine, "A")
        assert len(engine.tools["shop.price"].calls) == 3


def test_answers_that_are_too_old_for_everybody_are_forgotten(db: None) -> None:
    with bench("shop.price@1?") as engine:
        engine.publish(PRICE)
        engine.tools["shop.price"].result = {"price": 7}
        asked(engine, "A")
        assert answers.forget_expired() == 0
        engine.clock.forward(hours=1)
        assert answers.forget_expired() == 1
        assert not KeptAnswer.objects.exists()


def test_runs_that_ask_at_once_both_ask_and_the_newest_answer_counts(db: None) -> None:
    with bench("shop.price@1?") as engine:
        engine.publish(PRICE)
        engine.tools["shop.price"].script = [{"price": 7}, {"price": 8}]
        first, second = engine.start("price", sku="A"), engine.start("price", sku="A")
        engine.work()
        assert {api.run_state(run).result["price"] for run in (first, second)} == {7, 8}
        engine.clock.forward(minutes=1)
        assert api.run_state(asked(engine, "A")).result == {"price": 8}


def test_a_tool_that_came_to_change_things_has_no_kept_answers(db: None) -> None:
    with bench("shop.order@1?") as engine:
        engine.publish(CHANGES)
        engine.tools["shop.order"].result = {"price": 7}
    with bench("shop.order@1!") as engine:
        engine.tools["shop.order"].result = {"price": 7}
        asked(engine, "A", "order")
        asked(engine, "A", "order")
        assert len(engine.tools["shop.order"].calls) == 2
