"""The compiled workflow: its paths, its blocks and what follows what."""

from __future__ import annotations

from typing import Any

import pytest

from orchestration.core.language.check import check_text
from orchestration.core.language.definition import Definition, compile_definition
from tests.unit.language.purchase import CATALOGUE, PURCHASE


@pytest.fixture(scope="module")
def definition() -> Definition:
    canonical = check_text(PURCHASE, CATALOGUE).canonical
    assert canonical is not None
    return compile_definition(canonical)


def test_a_path_names_the_blocks_that_a_step_stands_in(definition: Definition) -> None:
    assert [step.path for step in definition.all_steps()] == [
        "gather",
        "gather/budget/budget",
        "gather/supplier/history",
        "facts",
        "assess",
        "approval",
        "outcome",
        "outcome/0/order",
        "outcome/otherwise/told",
        "outcome/otherwise/end-1",
    ]


@pytest.mark.parametrize(
    ("path", "following", "parent"),
    [
        ("gather", "facts", None),
        ("gather/budget/budget", None, ("gather", "budget")),
        ("outcome", None, None),
        ("outcome/0/order", None, ("outcome", "0")),
        ("outcome/otherwise/told", "outcome/otherwise/end-1", ("outcome", "otherwise")),
    ],
)
def test_a_step_knows_what_follows_and_what_it_stands_in(
    definition: Definition, path: str, following: str | None, parent: tuple[str, str] | None
) -> None:
    after, around = definition.following(path), definition.parent(path)
    assert after == following
    assert ((around.path, around.block.name) if around else None) == parent
    assert definition.at(path) is definition.step(path.rpartition("/")[2])


LOOPS: dict[str, Any] = {
    "workflow": "loops",
    "title": "Loops",
    "input": {"type": "object"},
    "steps": [
        {
            "id": "orders",
            "kind": "each",
            "in": "${ input.orders }",
            "steps": [
                {"id": "head", "kind": "set", "set": {}},
                {
                    "id": "fork",
                    "kind": "parallel",
                    "join": "all",
                    "branches": [
                        {
                            "name": "left",
                            "steps": [
                                {
                                    "id": "lines",
                                    "kind": "each",
                                    "in": "${ item.lines }",
                                    "steps": [{"id": "check", "kind": "set", "set": {}}],
                                }
                            ],
                        }
                    ],
                },
            ],
        },
        {"id": "last", "kind": "set", "set": {}},
    ],
}


def test_paths_of_a_run_name_the_iterations() -> None:
    definition = compile_definition(LOOPS)
    check = "orders#2/fork/left/lines#7/check"
    assert definition.at(check).path == check
    assert definition.at(check).id == "check"
    assert definition.following("orders#2/head") == "orders#2/fork"
    assert definition.following("orders") == "last"
    around = definition.parent(check)
    assert around is not None
    assert (around.path, around.number, around.within) == (
        "orders#2/fork/left/lines",
        7,
        "orders#2/fork/left/lines#7",
    )
    branch = definition.parent(around.path)
    assert branch is not None
    assert (branch.path, branch.number, branch.within) == ("orders#2/fork", None, "orders#2/fork/left")
    order = definition.parent(branch.path)
    assert order is not None
    assert (order.path, order.number, order.within) == ("orders", 2, "orders#2")
    assert definition.parent("orders") is None


@pytest.mark.parametrize(
    ("id_", "at", "path"),
    [
        ("head", "orders#2/fork/left/lines#7/check", "orders#2/head"),  # that of the order around
        ("check", "orders#2/fork/left/lines#7/check", "orders#2/fork/left/lines#7/check"),
        ("lines", "orders#2/fork", "orders#2/fork/left/lines"),
        ("last", "orders#2/fork", "last"),
        ("head", "last", None),  # inside is visible only inside
        ("check", "orders#2/fork", None),
    ],
)
def test_a_name_means_the_step_of_the_iterations_around(id_: str, at: str, path: str | None) -> None:
    assert compile_definition(LOOPS).run_path(id_, at) == path


def test_everything_that_is_evaluated_is_compiled(definition: Definition) -> None:
    assert set(definition.step("approval").values) == {
        *("title", "recommendation", "outcomes.0.risk", "outcomes.1.risk", "highlights.0"),
        *("fields.amount", "fields.cost_center", "concerns.0.when", "concerns.0.say"),
        *("assign.exclude.0", "sla.critical", "escalate.1.when"),
    }
    assert set(definition.step("order").values) == {"with"}
    assert set(definition.step("facts").values) == {"set"}
    assert set(definition.step("end-1").values) == {"end"}


def test_definitions_of_one_content_are_equal(definition: Definition) -> None:
    same = compile_definition(dict(definition.canonical))
    other = compile_definition({**definition.canonical, "title": "Another"})
    assert (same, hash(same)) == (definition, hash(definition))
    assert other != definition


def test_the_key_and_the_limits_are_read(definition: Definition) -> None:
    assert definition.key is not None
    assert definition.key.evaluate({"input": {"request_id": "R-1"}}) == "R-1"
    assert (definition.key_while, definition.limits) == ("open", {"duration": 2_592_000, "steps": 50})
    assert definition.triggers == ({"webhook": {"path": "purchase-requests", "secret": "erp-hook"}},)
