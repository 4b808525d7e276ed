"""What is late, what will be next, and what was: on its page, in the list of runs and on a run's own page."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orchestration import api
from reviewhub.reviews.models import Breach
from reviewhub.studio.breaches import _cell
from tests.support.studio import Studio

DELIVERY = """
workflow: delivery
title: Delivery
owner: oscar
input: {type: object, properties: {n: {type: string}}}
key: {is: "${ input.n }"}
sla: {due: 8h}
steps:
  - id: arrival
    sla: {due: 4h}
    wait: {event: arrived, key: "${ input.n }"}
"""


@pytest.fixture
def late(office: Studio) -> Studio:
    """A run whose step is late, and which may be late itself."""
    office.publish(DELIVERY)
    api.start_run(workflow="delivery", input={"n": "=D-1"}, actor=api.SYSTEM, source="test")
    passes(office, hours=6.5)
    return office


def passes(office: Studio, **span: float) -> None:
    office.bench.clock.forward(**span)
    office.bench.sweep()


def text(office: Studio, address: str, who: str = "olga") -> str:
    return office.at(who).get(address).content.decode()


def test_the_page_tells_what_is_late_and_what_is_next(late: Studio) -> None:
    html = text(late, "/deadlines/")
    assert "Delivery: =D-1" in html
    assert "Step arrival" in html
    assert "It waited for a time, an event or another run (arrival)" in html
    assert "Late by 2 h 30 min" in html
    assert html.index("Late next") < html.index("The whole run") < html.index(">Missed<")


def test_what_is_over_says_how_late_it_was(late: Studio) -> None:
    api.send_event(name="arrived", key="=D-1", payload={}, actor=api.SYSTEM)
    api.cancel_run(run_id=str(api.runs().get().pk), reason="done", actor=api.SYSTEM)
    passes(late, hours=1)
    html = text(late, "/deadlines/")
    assert "Was late by" in html
    assert "Late next" not in html


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("kind=step", True),
        ("kind=task", False),
        ("cause=elsewhere&workflow=delivery", True),
        ("cause=claimed", False),
        ("state=open", True),
        ("state=over", False),
        ("since=2026-03-02", True),
        ("since=2027-01-01", False),
        ("queue=nowhere", False),
    ],
)
def test_the_missed_ones_are_narrowed(late: Studio, asked: str, found: bool) -> None:
    html = text(late, f"/deadlines/?{asked}")
    assert ("Step arrival" in html) is found
    assert ("None of these" in html) is not found


def test_late_ones_of_all_kinds_are_read_together_page_by_page(late: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reviewhub.studio.views.deadlines.SIZE", 2)
    for number in range(3):
        late.start(f"pens-{number}")
        passes(late, hours=9)
    everything = [breach.pk for breach in Breach.objects.order_by("-at", "-id")]
    assert set(Breach.objects.values_list("kind", flat=True)) == {"task", "step", "run"}
    seen, address = [], "/deadlines/?state=open"
    while address:
        answer = late.at("olga").get(address)
        seen += [row.breach.pk for row in answer.context["rows"]]
        following = answer.context["next"]
        address = f"/deadlines/{following}" if following else ""
    assert seen == everything
    lines = late.at("olga").get("/deadlines/missed.csv?state=open").getvalue().decode().splitlines()
    assert len(lines) == 1 + len(everything)
    assert not late.at("olga").get("/deadlines/?state=over").context["rows"]


def test_who_may_not_know_of_them_sees_none(late: Studio) -> None:
    assert "Nothing was late" in text(late, "/deadlines/", "alice")
    assert "Step arrival" in text(late, "/deadlines/", "oscar")


def test_they_leave_as_a_table_in_which_nothing_is_a_formula(late: Studio) -> None:
    answer = late.at("olga").get("/deadlines/missed.csv?kind=step")
    lines = list(csv.DictReader(answer.getvalue().decode().splitlines()))
    assert [(line["step"], line["cause"], line["late_for_seconds"]) for line in lines] == [
        ("arrival", "elsewhere", "9000")
    ]
    assert lines[0]["title"] == "Delivery: =D-1"
    assert datetime.fromisoformat(lines[0]["due"]).utcoffset() == timedelta()  # ISO 8601, whatever the reader's zone


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        (" =1+1", "' =1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\n=1+1", "'\n=1+1"),
        ("\uff1d1+1", "'\uff1d1+1"),  # a full-width sign, which is the same to some
        ("pens;=1+1", "pens;'=1+1"),  # a new cell, where semicolons part them
        ("Pens - 3 for 2", "Pens - 3 for 2"),
        (-5, "-5"),
    ],
)
def test_what_a_spreadsheet_would_take_for_a_formula_is_text(value: object, cell: str) -> None:
    assert _cell(value) == cell


def test_the_list_of_runs_marks_and_finds_what_is_late_or_may_be(late: Studio) -> None:
    late.start()
    assert '<span class="chip" data-tone="breached">' in text(late, "/runs/")
    for status in ("late", "near"):
        html = text(late, f"/runs/?status={status}")
        assert "<b>=D-1</b>" in html
        assert "<b>pens</b>" not in html


def test_the_runs_own_page_says_what_is_late_and_what_may_be(late: Studio) -> None:
    html = text(late, f"/runs/{api.runs().get(workflow__name='delivery').pk}/")
    assert "<b>Late:</b> arrival was due" in html
    assert "<b>May be late:</b> the whole run is due" in html


def test_the_page_asks_as_much_for_many_as_for_one(late: Studio) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            late.at("olga").get("/deadlines/")
        return len(asked)

    queries()
    few = queries()
    for number in range(2, 8):
        api.start_run(workflow="delivery", input={"n": f"D-{number}"}, actor=api.SYSTEM, source="test")
    passes(late, hours=6.5)
    assert queries() == few
