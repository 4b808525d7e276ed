"""Changing a workflow: the draft, its check, publishing, going back. What is published stays until then."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from orchestration import api
from orchestration.models import Run, Workflow
from reviewhub.studio.changes import changes_between
from tests.support.studio import PURCHASE, Studio

DRAFT = "/workflows/purchase/draft/"
PUBLISH = "/workflows/purchase/publication/"
FOUR_HOURS = PURCHASE.replace("due: 8h", "due: 4h")
BROKEN = PURCHASE.replace("queue: finance", "queue: finanze").replace("erp.order@1", "erp.ordr@1")


def current(name: str = "purchase") -> int:
    version = Workflow.objects.get(name=name).current
    return version.number if version else 0


def canonical(text: str) -> Mapping[str, Any] | None:
    return api.check_workflow(text).canonical


def test_the_editor_begins_with_the_published_text(office: Studio) -> None:
    html = office.at("oscar").get(DRAFT).content.decode()
    assert "id: gather" in html
    assert "Draft of version 2, not saved yet; version 1 is published" in html
    assert "No faults. It can be published." in html


def test_a_draft_is_kept_and_the_published_version_stays(office: Studio) -> None:
    answer = office.at("oscar").post(DRAFT, {"text": FOUR_HOURS, "revision": "0"}, follow=True)
    assert "The draft is saved." in answer.content.decode()
    assert "due: 4h" in answer.content.decode()
    assert current() == 1


def test_line_ends_of_a_browser_become_plain_ones(office: Studio) -> None:
    office.at("oscar").post(DRAFT, {"text": FOUR_HOURS.replace("\n", "\r\n"), "revision": "0"})
    assert api.drafts().get().text == FOUR_HOURS


def test_a_stale_page_cannot_save_over_anothers_draft_and_loses_nothing(office: Studio) -> None:
    office.at("erin").post(DRAFT, {"text": FOUR_HOURS, "revision": "0"})
    mine = PURCHASE.replace("due: 8h", "due: 6h")
    answer = office.at("oscar").post(DRAFT, {"text": mine, "revision": "0"})
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Erin has changed this draft in between" in html
    assert "due: 6h" in html  # what was typed is still there
    assert api.drafts().get().text == FOUR_HOURS
    over = office.at("oscar").post(DRAFT, {"text": mine, "revision": "1"})
    assert over.status_code == 302
    assert api.drafts().get().text == mine


def test_the_check_names_every_fault_with_its_line(office: Studio) -> None:
    html = office.at("oscar").post(f"{DRAFT}check/", {"text": BROKEN}).content.decode()
    lines = {number for number, line in enumerate(BROKEN.splitlines(), start=1) if "finanze" in line or "ordr" in line}
    assert len(lines) == 2
    for line in lines:
        assert f'data-go-line="{line}"' in html
    assert "2 faults" in html
    assert 'id="drawing"' not in html  # the last drawing without faults stays


def test_the_check_names_what_is_called_as_the_product_calls_its_own(office: Studio) -> None:
    text = PURCHASE.replace("id: gather", "id: second-look")
    html = office.at("oscar").post(f"{DRAFT}check/", {"text": text}).content.decode()
    line = next(number for number, line in enumerate(text.splitlines(), start=1) if "second-look" in line)
    assert f'data-go-line="{line}"' in html
    assert "is the product&#x27;s own, for reviews that it makes itself: choose another." in html


def test_the_check_of_a_good_text_draws_it(office: Studio) -> None:
    html = office.at("oscar").post(f"{DRAFT}check/", {"text": FOUR_HOURS}).content.decode()
    assert 'id="drawing" hx-swap-oob="true"' in html
    assert "Due in 4 h" in html


def test_a_drawn_block_leads_to_its_line(office: Studio) -> None:
    html = office.at("oscar").post(f"{DRAFT}check/", {"text": PURCHASE}).content.decode()
    lines = dict(
        re.findall(r'data-go-line="(\d+)"[^>]*>\s*<span class="kind"[^>]*>.*?<b title="([\w-]+)"', html, re.DOTALL)
    )
    written = PURCHASE.splitlines()
    assert set(lines.values()) >= {"budget", "history", "approval", "order"}
    for line, step in lines.items():
        assert f"id: {step}" in written[int(line) - 1]


def test_no_text_at_all_breaks_the_check(office: Studio) -> None:
    for text in ("", "{", "\t", "- a\n- b", "workflow: [", "steps: ${", "x" * 200_000, "a: &a [*a]", "🙂: 1"):
        answer = office.at("oscar").post(f"{DRAFT}check/", {"text": text})
        assert answer.status_code == 200
        assert "fault" in answer.content.decode()


def test_a_text_with_faults_is_not_published_and_the_version_stays(office: Studio) -> None:
    answer = office.at("oscar").post(PUBLISH, {"text": BROKEN, "note": "New queue", "current": "1"})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Not published: the text has faults. Version 1 stays." in html
    assert "finanze" in html
    assert current() == 1


def test_publishing_asks_why(office: Studio) -> None:
    answer = office.at("oscar").post(PUBLISH, {"text": FOUR_HOURS, "note": " ", "current": "1"})
    assert answer.status_code == 422
    assert "say in a few words why it changes" in answer.content.decode()
    assert current() == 1


def test_a_new_version_is_for_new_runs_and_a_waiting_one_ends_on_its_own(office: Studio) -> None:
    waiting = office.start("old")
    office.at("oscar").post(PUBLISH, {"text": FOUR_HOURS, "note": "Faster", "current": "1"})
    fresh = office.start("new")
    assert (waiting.version.number, fresh.version.number) == (1, 2)
    office.decide(waiting, "approve")
    waiting = Run.objects.get(pk=waiting.pk)
    assert (waiting.status, waiting.version.number) == ("succeeded", 1)
    html = office.at("oscar").get("/workflows/purchase/").content.decode()
    assert "Faster" in html
    assert "1 open run" in html


def test_somebody_elses_publication_in_between_is_not_overwritten(office: Studio) -> None:
    office.publish(FOUR_HOURS, note="Quicker")
    answer = office.at("oscar").post(
        PUBLISH, {"text": PURCHASE.replace("8h", "2h"), "note": "Quickest", "current": "1"}
    )
    assert answer.status_code == 409
    assert "Version 2 was published in between" in answer.content.decode()
    assert current() == 2


def test_the_same_content_publishes_nothing(office: Studio) -> None:
    commented = f"# The same\n{PURCHASE}"
    answer = office.at("oscar").post(PUBLISH, {"text": commented, "note": "Tidy", "current": "1"}, follow=True)
    assert "Nothing differs from version 1" in answer.content.decode()
    assert current() == 1


def test_an_owner_cannot_publish_another_workflow_under_the_name_of_theirs(office: Studio) -> None:
    office.at("erin").post("/new-workflow/", {"name": "travel", "title": "Travel"})
    foreign = PURCHASE.replace("workflow: purchase", "workflow: travel")
    answer = office.at("oscar").post(PUBLISH, {"text": foreign, "note": "Mine now", "current": "1"})
    assert answer.status_code == 422
    assert "has to stay purchase" in answer.content.decode()
    assert current("travel") == 0


def test_going_back_is_for_new_runs_and_stays_in_the_audit_trail(office: Studio) -> None:
    office.publish(FOUR_HOURS, note="Quicker")
    answer = office.at("oscar").post("/workflows/purchase/versions/1/activation/", follow=True)
    assert "New runs take version 1 from now on" in answer.content.decode()
    assert office.start().version.number == 1
    trail = office.at("ada").get("/audit/chain/workflow:purchase/").content.decode()
    assert "Oscar Lind went back from version 2 to version 1" in trail


def test_versions_that_are_not_there_are_not_found(office: Studio) -> None:
    browser = office.at("oscar")
    assert browser.get("/workflows/purchase/versions/9/").status_code == 404
    assert browser.post("/workflows/purchase/versions/9/activation/").status_code == 404
    assert browser.get("/workflows/purchase/comparison/?old=1&new=9").status_code == 404
    assert browser.get("/workflows/purchase/comparison/?old=x&new=1").status_code == 404
    assert browser.get("/workflows/nothing/").status_code == 404


def test_a_comparison_says_in_words_and_by_line_what_changes(office: Studio) -> None:
    office.at("oscar").post(DRAFT, {"text": FOUR_HOURS, "revision": "0"})
    html = office.at("oscar").get("/workflows/purchase/comparison/").content.decode()
    assert "What changes from version 1 to the draft" in html
    assert "sla.due: 8 h became 4 h" in html
    assert "<del>8h</del>" in html
    assert "<ins>4h</ins>" in html
    assert "lines without a change" in html


def test_a_draft_is_not_shown_to_those_who_may_not_edit(office: Studio) -> None:
    office.at("oscar").post(DRAFT, {"text": FOUR_HOURS, "revision": "0"})
    assert office.at("alice").get("/workflows/purchase/comparison/?old=1&new=draft").status_code == 404


def test_steps_that_came_went_and_moved_are_named(office: Studio) -> None:
    reshaped = PURCHASE.replace(
        "          - {end: ordered}\n", "          - {id: note, set: {done: true}}\n          - {end: ordered}\n"
    ).replace('        supplier: [{id: history, tool: suppliers.history@1, with: {name: "${ input.request }"}}]\n', "")
    changes = changes_between(canonical(PURCHASE), canonical(reshaped)) or []
    assert ("note", "New, set in outcome, way 1") in [(change.what, change.text) for change in changes]
    assert ("history", "Gone, the tool suppliers.history in gather, supplier") in [
        (change.what, change.text) for change in changes
    ]


def test_a_text_with_faults_is_compared_by_its_lines_alone(office: Studio) -> None:
    assert changes_between(canonical(PURCHASE), canonical(BROKEN)) is None


def test_comments_and_spacing_change_nothing_in_words(office: Studio) -> None:
    assert changes_between(canonical(PURCHASE), canonical(f"# A remark\n{PURCHASE}")) == []


def test_a_new_workflow_begins_with_a_text_that_has_no_faults(office: Studio) -> None:
    answer = office.at("erin").post("/new-workflow/", {"name": "travel-costs", "title": 'Travel: "costs"'}, follow=True)
    html = answer.content.decode()
    assert answer.redirect_chain[-1][0] == "/workflows/travel-costs/draft/"
    assert "No faults. It can be published." in html
    published = office.at("erin").post(
        "/workflows/travel-costs/publication/",
        {"text": api.drafts().get().text, "note": "First", "current": "0"},
    )
    assert published.status_code == 302
    assert current("travel-costs") == 1


def test_a_name_that_will_not_do_is_refused_with_what_would(office: Studio) -> None:
    for name in ("", "Travel", "a b", "-x", "x--y", "purchase", "../x", "second-look"):
        answer = office.at("erin").post("/new-workflow/", {"name": name, "title": "Travel"})
        assert answer.status_code == 422
    assert Workflow.objects.count() == 1


# ---- tests beside the text -----------------------------------------------------------------------

RUN_TESTS = "/workflows/purchase/draft/rehearsal/"
ONE = "{request: R, requester: ann@example.com, amount: 5}"
TESTED = f"""{PURCHASE}tests:
  - {{name: silence, input: {ONE}, expect: {{outcome: rejected, took: 10d}}}}
  - {{name: a guess, input: {ONE}, expect: {{outcome: ordered}}}}
"""


def test_the_tests_beside_the_text_run_and_each_is_told_at_its_line(office: Studio) -> None:
    html = office.at("oscar").post(RUN_TESTS, {"text": TESTED}, headers={"HX-Request": "true"}).content.decode()
    line = PURCHASE.count("\n") + 2
    assert "1 of 2 tests failed" in html
    assert re.search(rf'data-line="{line}" data-tone="calm">.*Passed: silence', html)
    assert re.search(rf'data-line="{line + 1}" data-tone="breached">.*Failed: a guess', html)
    assert "Expected outcome: ordered; found rejected" in html
    assert "review escalated" in html  # the trail of the one that failed


def test_without_scripts_the_tests_run_as_a_page(office: Studio) -> None:
    html = office.at("oscar").post(RUN_TESTS, {"text": TESTED}).content.decode()
    assert "1 of 2 tests failed" in html
    assert "id: gather" in html


def test_a_text_with_faults_runs_no_test(office: Studio) -> None:
    html = office.at("oscar").post(RUN_TESTS, {"text": BROKEN}, headers={"HX-Request": "true"}).content.decode()
    assert "No tests ran" in html


def test_new_tests_make_no_version_and_are_not_lost(office: Studio) -> None:
    answer = office.at("oscar").post(PUBLISH, {"text": TESTED, "note": "tests", "current": "1"}, follow=True)
    html = answer.content.decode()
    assert "Nothing differs from version 1, so it stays. Its new tests and comments are kept as the draft." in html
    assert current() == 1
    assert api.drafts().get().text == TESTED


def test_mallory_runs_no_tests(office: Studio) -> None:
    assert office.at("mallory").post(RUN_TESTS, {"text": TESTED}).status_code in (403, 404)


def test_a_workflow_may_be_called_new(office: Studio) -> None:
    answer = office.at("erin").post("/new-workflow/", {"name": "new", "title": "New"}, follow=True)
    assert answer.redirect_chain[-1][0] == "/workflows/new/draft/"
    assert office.at("erin").get("/workflows/new/").status_code == 200
