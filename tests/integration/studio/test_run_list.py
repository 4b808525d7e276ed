"""The list of runs: narrowed, paged by key, and as quick for many as for few."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orchestration.models import Run, Workflow, WorkflowVersion
from reviewhub.reviews.models import ReviewTask
from reviewhub.reviews.selectors import visible_runs, visible_runs_in_parts
from reviewhub.reviews.services import claim_task
from tests.support.bench import NOON
from tests.support.studio import Studio

PAGE = 50


def many(number: int, status: str = "succeeded") -> None:
    version = WorkflowVersion.objects.get(number=1)
    Run.objects.bulk_create(
        Run(
            workflow=version.workflow,
            version=version,
            input={},
            source="api",
            status=status,
            outcome="ordered",
            business_key=f"K-{index:05}",
            key_while="always",
            started_at=NOON - timedelta(seconds=index // 3),  # three share each instant
            ended_at=NOON,
        )
        for index in range(number)
    )


def keys(html: str) -> list[str]:
    return re.findall(r"<b>(K-\d+)</b>", html)


def test_every_run_stands_on_exactly_one_page(office: Studio) -> None:
    many(3 * PAGE + 7)
    seen: list[str] = []
    address = "/runs/"
    while address:
        html = office.at("olga").get(address).content.decode()
        seen += keys(html)
        following = re.search(r'href="(\?[^"]*after=[^"]*)"', html)
        address = f"/runs/{following[1]}" if following else ""
    assert len(seen) == len(set(seen)) == 3 * PAGE + 7
    assert seen[:3] != sorted(seen[:3], reverse=True) or seen[0] < seen[-1]  # the newest first


def test_a_broken_page_key_is_the_first_page(office: Studio) -> None:
    many(2)
    for key in ("x", "%00", "MjAyNi0wMS0wMSB4", "🙂"):
        assert len(keys(office.at("olga").get("/runs/", {"after": key}).content.decode())) == 2


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"q": "pens"}, {"pens"}),
        ({"q": "PEN"}, {"pens"}),
        ({"status": "running"}, {"pens", "ink"}),
        ({"status": "failed"}, set()),
        ({"workflow": "purchase", "q": "ink"}, {"ink"}),
        ({"workflow": "other"}, set()),
        ({"q": "'; DROP TABLE"}, set()),
    ],
)
def test_a_run_is_found_by_key_state_and_workflow(office: Studio, asked: dict[str, str], found: set[str]) -> None:
    office.start("pens")
    office.start("ink")
    html = office.at("olga").get("/runs/", asked).content.decode()
    assert {key for key in ("pens", "ink") if f"<b>{key}</b>" in html} == found
    assert ("No such run" in html) is (not found)


def test_a_run_is_found_by_its_id(office: Studio) -> None:
    run = office.start("pens")
    office.start("ink")
    html = office.at("olga").get("/runs/", {"q": str(run.pk)}).content.decode()
    assert "<b>pens</b>" in html
    assert "<b>ink</b>" not in html


def test_an_empty_list_says_how_runs_begin(office: Studio) -> None:
    assert "No runs yet" in office.at("olga").get("/runs/").content.decode()


def test_a_row_says_what_the_run_waits_for(office: Studio) -> None:
    office.start()
    html = office.at("olga").get("/runs/").content.decode()
    assert "waits for a decision on approval" in html
    assert "Waits for a person" in html


def test_a_run_that_is_seen_for_several_reasons_stands_there_once(office: Studio) -> None:
    run = office.start("pens")
    alice = office.cast.alice
    claim_task(task_id=ReviewTask.objects.get(run=run).pk, actor=alice)  # of a queue of hers, and asked of her too
    office.decide(run, "approve")
    Workflow.objects.update(owner="alice")
    assert [part.count() for part in visible_runs_in_parts(alice)] == [1, 1, 1]
    assert visible_runs(alice).count() == 1
    assert office.at("alice").get("/runs/").content.decode().count("<b>pens</b>") == 1
    assert office.at("alice").get("/runs/", {"status": "paused"}).content.decode().count("<b>pens</b>") == 0


def test_a_script_gets_only_the_rows(office: Studio) -> None:
    office.start()
    html = office.at("olga").get("/runs/", headers={"HX-Request": "true"}).content.decode()
    assert "<b>pens</b>" in html
    assert "<html" not in html


def test_a_page_of_ten_thousand_asks_as_much_as_a_page_of_ten(office: Studio) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            office.at("ada").get("/runs/")
        return len(asked)

    office.start()
    queries()
    few = queries()
    many(10_000)
    assert queries() == few
    assert few <= 12


def test_one_act_on_many_runs_says_of_each_that_could_not_why(office: Studio) -> None:
    first, second = office.start("pens"), office.start("ink")
    olga = office.at("olga")
    both = {"run": [str(first.pk), str(second.pk)], "back": "status=running"}
    assert "Say why" in olga.post("/runs/acts/", {**both, "act": "pause"}, follow=True).content.decode()
    olga.post("/runs/acts/", {**both, "run": [str(first.pk)], "act": "pause", "reason": "night"})
    html = olga.post("/runs/acts/", {**both, "act": "pause", "reason": "night"}, follow=True).content.decode()
    assert "1 run is paused." in html
    assert "pens: The run is paused already." in html
    assert "2 runs are going on." in olga.post("/runs/acts/", {**both, "act": "resume"}, follow=True).content.decode()


def test_runs_are_found_by_pause_incident_and_day(office: Studio) -> None:
    first, second = office.start("pens"), office.start("ink")
    olga = office.at("olga")
    olga.post("/runs/acts/", {"run": [str(first.pk)], "act": "pause", "reason": "night"})
    paused = olga.get("/runs/", {"status": "paused"}).content.decode()
    assert (str(first.pk) in paused, str(second.pk) in paused) == (True, False)
    assert str(second.pk) not in olga.get("/runs/", {"status": "incident"}).content.decode()
    assert str(second.pk) not in olga.get("/runs/", {"since": "2026-03-03"}).content.decode()
    assert str(second.pk) in olga.get("/runs/", {"since": "2026-03-02"}).content.decode()
    assert str(second.pk) in olga.get("/runs/", {"since": "no day"}).content.decode()


def test_who_may_act_on_no_run_is_not_offered_it(office: Studio) -> None:
    run = office.start()
    assert "With the chosen runs" not in office.at("ada").get("/runs/").content.decode()
    acted = office.at("ada").post("/runs/acts/", {"run": [str(run.pk)], "act": "cancel", "reason": "x"}, follow=True)
    assert "may not cancel a run" in acted.content.decode()
