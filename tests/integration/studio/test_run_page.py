"""A run's page, for somebody who never saw the YAML."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orchestration.exceptions import PermanentError, TransientError
from orchestration.models import Run
from tests.support.studio import Studio


def page(office: Studio, run: Run, name: str = "oscar", **asked: str) -> str:
    return office.at(name).get(f"/runs/{run.pk}/", asked).content.decode()


def test_it_says_what_it_waits_for_who_may_decide_and_what_happens_by_itself(office: Studio) -> None:
    html = page(office, office.start())
    assert "Waits for a decision on approval" in html
    assert "pens: 12" in html
    assert "Escalation level 1 of approval: the backup of the queue" in html
    assert "The end of waiting for approval" in html


def test_the_task_is_one_click_away_for_those_who_may_see_it(office: Studio) -> None:
    run = office.start()
    assert f"/tasks/{run.review_tasks.get().pk}/" in page(office, run, "oscar")


def test_the_story_leaves_bookkeeping_out_until_it_is_asked_for(office: Studio) -> None:
    run = office.start()
    assert "Clocks set" not in page(office, run)
    assert "Clocks set: half of the time of approval" in page(office, run, all="1")


def test_a_decision_is_told_with_its_name_and_its_outcome(office: Studio) -> None:
    run = office.start()
    office.decide(run, "approve")
    html = page(office, run)
    assert "Alice Moreau decided approval: Approve" in html
    assert "The run ended: ordered" in html
    assert "Approve by Alice Moreau" in page(office, run, step="approval")


def test_a_correction_stands_beside_what_it_replaced_with_its_reason(office: Studio) -> None:
    run = office.start()
    office.decide(run, "approve", fields={"amount": 10.0}, reasons=["extraction"])
    html = page(office, run, step="approval")
    assert re.search(r'<del class="value">12(\.0)?</del><ins class="value">10(\.0)?</ins>', html)
    assert "corrected amount" in page(office, run)


def test_a_step_shows_its_attempts_with_errors_waits_and_what_went_in(office: Studio) -> None:
    office.order.script = [TransientError("The ERP is busy.")]
    run = office.start()
    office.decide(run, "approve")
    office.bench.clock.forward(seconds=5)
    office.bench.sweep()
    html = page(office, run, step="outcome/0/order")
    assert "The ERP is busy." in html
    assert "5 s after the one before" in html
    assert "Worked" in html
    assert "PO-1" in html


def test_an_incident_shows_its_error_and_the_way_to_its_task(office: Studio) -> None:
    office.order.result = PermanentError("The ERP refuses it.")
    run = office.start()
    office.decide(run, "approve")
    html = page(office, run, step="outcome/0/order")
    assert "Needs a person" in html
    assert "The ERP refuses it." in html
    assert "Purchase pens: order could not be done" in html


def test_the_way_not_taken_is_struck_and_its_steps_stay_faint(office: Studio) -> None:
    run = office.start()
    office.decide(run, "approve")
    html = page(office, run)
    assert '<li data-reached="no">' in html
    assert '<li data-reached="yes">' in html


def test_a_step_that_is_not_there_is_the_whole_run(office: Studio) -> None:
    assert "What happened" in page(office, office.start(), step="no/such/step")


def test_the_live_part_is_sent_again_only_when_the_run_has_changed(office: Studio) -> None:
    run = office.start()
    browser = office.at("oscar")
    first = browser.get(f"/runs/{run.pk}/live/")
    assert first.status_code == 200
    unchanged = browser.get(f"/runs/{run.pk}/live/", headers={"If-None-Match": first["ETag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    office.decide(run, "reject")
    changed = browser.get(f"/runs/{run.pk}/live/", headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert "The run ended: rejected" in changed.content.decode()


def test_the_live_part_of_one_person_is_not_anothers(office: Studio) -> None:
    run = office.start()
    etags = {office.at(name).get(f"/runs/{run.pk}/live/")["ETag"] for name in ("oscar", "ada", "olga")}
    assert len(etags) == 3


def test_cancelling_asks_for_a_reason_and_keeps_it(office: Studio) -> None:
    run = office.start()
    browser = office.at("oscar")
    refused = browser.post(f"/runs/{run.pk}/cancellation/", {"reason": "  "}, follow=True)
    assert "Nothing was cancelled" in refused.content.decode()
    done = browser.post(f"/runs/{run.pk}/cancellation/", {"reason": "Ordered twice"}, follow=True)
    assert "Oscar Lind cancelled the run: Ordered twice" in done.content.decode()
    again = browser.post(f"/runs/{run.pk}/cancellation/", {"reason": "Once more"}, follow=True)
    assert "cannot be cancelled" in again.content.decode()


@pytest.mark.parametrize("step", ["", "approval", "gather/budget/budget"])
def test_a_run_asks_the_database_a_bounded_number_of_times(office: Studio, step: str) -> None:
    run = office.start()
    office.decide(run, "approve")
    page(office, run, step=step)
    with CaptureQueriesContext(connection) as asked:
        page(office, run, step=step)
    assert len(asked) <= 26, [query["sql"][:100] for query in asked]


def test_a_run_is_paused_with_a_reason_and_goes_on_again(office: Studio) -> None:
    run = office.start()
    browser = office.at("oscar")
    refused = browser.post(f"/runs/{run.pk}/pause/", {"reason": " "}, follow=True)
    assert "Nothing was paused" in refused.content.decode()
    paused = browser.post(f"/runs/{run.pk}/pause/", {"reason": "The ERP moves"}, follow=True).content.decode()
    assert "Oscar Lind paused the run: The ERP moves" in paused
    assert "It is paused" in paused
    assert "Its run is paused since" in office.at("alice").get(f"/tasks/{run.review_tasks.get().pk}/").content.decode()
    office.bench.clock.forward(hours=3)
    went_on = browser.post(f"/runs/{run.pk}/resumption/", follow=True).content.decode()
    assert "Oscar Lind let the run go on, after 3 h" in went_on
    assert run.review_tasks.get().due_at == office.bench.clock.process + timedelta(hours=8)


def test_who_may_not_pause_is_not_offered_it_and_is_refused(office: Studio) -> None:
    run = office.start()
    assert "Pause the run" not in page(office, run, "ada")
    assert office.at("ada").post(f"/runs/{run.pk}/pause/", {"reason": "x"}).status_code == 403


def test_an_ended_run_is_run_again_or_tried_again_from_one_of_its_steps(office: Studio) -> None:
    office.order.result = PermanentError("The ERP refuses it.")
    run = office.start()
    office.decide(run, "approve")
    office.bench.decide(str(run.pk), "outcome/0/order!1", "fail", undo=0)
    assert "Run again" in page(office, run)
    assert "Try again from order" in page(office, run, step="outcome/0/order")
    retried = office.at("oscar").post(
        f"/runs/{run.pk}/retries/", {"step": "outcome/0/order", "event": "1"}, follow=True
    )
    html = retried.content.decode()
    assert "Tries another run again from order" in html
    assert f"/runs/{run.pk}/" in html
    assert "Oscar Lind tried it again from order, as another run" in page(office, run)
    taken = office.at("oscar").post(f"/runs/{run.pk}/reruns/", {"event": "2"}, follow=True).content.decode()
    assert "Nothing was started. The key" in taken


def test_a_run_is_shown_as_it_was_after_any_of_its_events(office: Studio) -> None:
    run = office.start()
    first = office.at("oscar").get(f"/runs/{run.pk}/at/", {"n": "1"}).content.decode()
    assert "Event 1 of" in first
    assert 'data-reached="yes"' not in first
    then = office.at("oscar").get(f"/runs/{run.pk}/at/", {"n": "9999", "step": "gather/budget/budget"}).content.decode()
    assert "Remaining" in then
    part = office.at("oscar").get(f"/runs/{run.pk}/at/", {"n": "2"}, headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith('<div class="studio-body" id="then"')


def test_a_run_goes_on_from_an_event_as_another_run(office: Studio) -> None:
    run = office.start()
    sequence = Run.objects.get(pk=run.pk).sequence
    office.at("oscar").post(f"/runs/{run.pk}/cancellation/", {"reason": "Ask again"})
    html = office.at("oscar").post(f"/runs/{run.pk}/forks/", {"sequence": sequence, "event": "1"}, follow=True)
    assert f"Goes on from another run, after event {sequence}" in html.content.decode()


def test_a_large_value_is_shown_shortened_and_whole_for_those_who_may_see_the_run(office: Studio) -> None:
    office.order.result = {"text": "<b>" + "x" * 70_000}
    run = office.start()
    office.decide(run, "approve")
    html = page(office, run, step="order")
    at = re.search(r'href="(/runs/[^"]+/values/\w{64}/)"', html)
    assert at is not None
    assert len(html) < 60_000
    whole = office.at("oscar").get(at.group(1))
    assert whole["Content-Type"] == "text/plain; charset=utf-8"
    assert json.loads(whole.content) == office.order.result
    assert office.at("oscar").get(at.group(1)[:-3] + "00/").status_code == 404
    assert office.at("mallory").get(at.group(1)).status_code == 404
