"""The page of a run with many steps shows a part of them, and pages of the rest."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orchestration import api
from orchestration.exceptions import PermanentError
from reviewhub.studio import repeated, run_rows, told
from tests.support.bench import OSCAR
from tests.support.studio import Studio

LINES = """
workflow: lines
title: Lines
owner: oscar
input: {type: object, properties: {lines: {type: array, items: {type: integer}}}}
steps:
  - id: lines
    each:
      in: ${ input.lines }
      concurrency: 50
      steps:
        - {id: order, tool: erp.order@1, with: {n: "${ item }"}}
        - {id: look, review: {title: "Line ${ item }", outcomes: [approve], assign: {queue: finance}, sla: {due: 8h}}}
  - {end: ordered}
"""


@pytest.fixture(autouse=True)
def every_run_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name, value in ((run_rows, "MANY", 0), (told, "SHORT", 0), (told, "SIZE", 5), (repeated, "SIZE", 3)):
        monkeypatch.setattr(module, name, value)


def started(office: Studio, items: int) -> str:
    office.order.script = [{"id": "PO-1"}] * (items - 1) + [PermanentError("The ERP refuses it.")]
    office.publish(LINES)
    given = {"lines": list(range(items))}
    run_id = api.start_run(workflow="lines", input=given, actor=OSCAR, source="manual").run_id
    office.bench.work()
    return str(run_id)


def page(office: Studio, run_id: str, query: str = "") -> str:
    answer = office.at("oscar").get(f"/runs/{run_id}/{query.partition('#')[0]}")
    return str(answer.content, "utf-8")


def lines(html: str) -> list[str]:
    section = html.partition('<ul class="repeated">')[2].partition("</ul>")[0]
    return re.findall(r'class="linky" href="[^"]*">([^<]*)<', section)


def after(html: str, label: str) -> str:
    """Where a link of a pager leads."""
    found = re.search(rf'href="(\?[^"]*)"[^>]*>{label}<', html)
    assert found is not None
    return found[1].replace("&amp;", "&")


def test_how_many_steps_stand_how_is_counted_and_those_that_need_somebody_come_first(office: Studio) -> None:
    html = page(office, started(office, 6))
    assert "Needs a person 1" in html
    assert "In progress 5" in html
    assert "Done 5" in html
    assert lines(html)[0].startswith("Order no. ")
    assert all(line.startswith("Look no. ") for line in lines(html)[1:])


def test_pages_of_the_steps_follow_each_other_without_a_gap(office: Studio) -> None:
    run_id = started(office, 6)
    html, seen = page(office, run_id), []
    seen += lines(html)
    while "The next ones" in html:
        html = page(office, run_id, after(html, "The next ones"))
        seen += lines(html)
    assert len(seen) == len(set(seen)) == 11
    assert lines(page(office, run_id, after(html, "The first"))) == seen[:3]


def test_one_group_of_steps_is_shown_alone(office: Studio) -> None:
    run_id = started(office, 6)
    assert len(lines(page(office, run_id, "?part=needs"))) == 1
    assert all("Order" in line for line in lines(page(office, run_id, "?part=done")))


@pytest.mark.parametrize("query", ["?after=no", "?after=1.2", "?after=9.9.9.9", "?before=x", "?part=no"])
def test_what_nobody_offered_is_the_first_page(office: Studio, query: str) -> None:
    assert len(lines(page(office, started(office, 6), query))) == 3


def test_the_story_is_told_page_by_page_the_latest_first(office: Studio) -> None:
    run_id = started(office, 4)
    html = page(office, run_id)
    assert "Oscar Lind started" not in html
    while "Earlier events" in html:
        html = page(office, run_id, after(html, "Earlier events"))
    assert "started" in html
    assert "Earlier events" in page(office, run_id, after(html, "The latest"))


@pytest.mark.parametrize("step", ["", "lines", "lines%233/look", "lines%233/order"])
def test_a_long_run_asks_the_database_as_often_as_a_short_one(office: Studio, step: str) -> None:
    def asked(items: int) -> int:
        run_id = started(office, items)
        page(office, run_id, f"?step={step}")
        with CaptureQueriesContext(connection) as queries:
            assert "Lines" in page(office, run_id, f"?step={step}")
        return len(queries)

    assert asked(4) == asked(12) <= 36


def test_a_step_of_any_iteration_is_opened(office: Studio) -> None:
    run_id = started(office, 6)
    html = page(office, run_id, "?step=lines%232/order")
    assert "order no. 2<small>" in html
    assert "Worked" in html
