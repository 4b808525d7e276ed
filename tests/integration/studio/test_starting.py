"""A run started by hand, by a form that the input schema makes."""

from __future__ import annotations

from orchestration.models import Run
from tests.support.studio import Studio

START = "/workflows/purchase/runs/new/"


def test_the_form_has_a_control_for_each_property(office: Studio) -> None:
    html = office.at("oscar").get(START).content.decode()
    assert 'name="/request"' in html
    assert 'type="number" id="input-amount"' in html
    assert 'type="email" id="input-requester"' in html


def test_what_is_filled_in_starts_a_run_with_the_schemas_types(office: Studio) -> None:
    answer = office.at("oscar").post(START, {"/request": "pens", "/amount": "12.5", "event": "a"})
    run = Run.objects.get()
    assert answer["Location"] == f"/runs/{run.pk}/"
    assert run.input == {"request": "pens", "amount": 12.5}
    assert run.source == "manual"


def test_the_same_form_sent_twice_starts_one_run(office: Studio) -> None:
    body = {"/request": "pens", "/amount": "1", "event": "once"}
    first = office.at("oscar").post(START, body)
    second = office.at("oscar").post(START, {**body, "/request": "ink"}, follow=True)
    assert Run.objects.count() == 1
    assert second.redirect_chain[-1][0] == first["Location"]
    assert "was sent before" in second.content.decode()


def test_a_key_that_is_taken_leads_to_its_run(office: Studio) -> None:
    run = office.start("pens")
    answer = office.at("oscar").post(START, {"/request": "pens", "/amount": "1", "event": "b"}, follow=True)
    assert answer.redirect_chain[-1][0] == f"/runs/{run.pk}/"
    assert "Nothing new was started" in answer.content.decode()


def test_faults_stand_at_their_fields_and_nothing_is_started(office: Studio) -> None:
    answer = office.at("oscar").post(START, {"/request": "", "/amount": "a lot", "event": "c"})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "This has to be filled in." in html
    assert "a lot" in html
    assert html.count('aria-invalid="true"') == 2
    assert not Run.objects.exists()


def test_a_workflow_without_a_published_version_cannot_be_started(office: Studio) -> None:
    office.at("erin").post("/new-workflow/", {"name": "travel", "title": "Travel"})
    office.cast.oscar.grants.create(role="process_owner", workflow="travel", granted_by="test")
    assert office.at("oscar").get("/workflows/travel/runs/new/").status_code == 404
