"""Moving open runs to another version, on its page."""

from __future__ import annotations

from orchestration.models import Run
from tests.support.studio import PURCHASE, Studio

PAGE = "/workflows/purchase/migration/"


def test_each_run_says_what_would_happen_and_the_chosen_ones_move(office: Studio) -> None:
    run = office.start()
    assert office.at("oscar").get(PAGE).status_code == 404
    office.publish(PURCHASE.replace("id: budget,", "id: money,"))
    looked = office.at("oscar").get(PAGE).content.decode()
    assert "gather/budget/budget is done and has no place in the new text" in looked
    mapped = {"old": "1", "new": "2", "map.budget": "money"}
    moved = office.at("oscar").post(PAGE, {**mapped, "run": [str(run.pk)]}, follow=True)
    assert "1 run goes on by version 2." in moved.content.decode()
    assert Run.objects.get(pk=run.pk).version.number == 2
    assert "moved the run from version 1 to version 2" in office.at("oscar").get(f"/runs/{run.pk}/").content.decode()


def test_a_run_that_cannot_move_cannot_be_chosen_and_stays(office: Studio) -> None:
    run = office.start()
    office.publish(PURCHASE.replace("outcomes: [approve, reject]", "outcomes: [approve, reject, later]"))
    assert "is being asked with other outcomes" in office.at("oscar").get(PAGE).content.decode()
    stayed = office.at("oscar").post(PAGE, {"old": "1", "new": "2", "run": [str(run.pk)]}, follow=True)
    assert "stays on its version" in stayed.content.decode()
    assert Run.objects.get(pk=run.pk).version.number == 1


def test_who_may_not_move_runs_is_refused(office: Studio) -> None:
    office.publish(PURCHASE.replace("title: Purchase", "title: Purchases"))
    assert office.at("alice").get(PAGE).status_code == 403
