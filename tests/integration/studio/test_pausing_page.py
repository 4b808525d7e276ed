"""Pausing a workflow on its page: who may, what is said, and where it shows."""

from __future__ import annotations

from orchestration import api
from orchestration.models import Workflow
from orchestration.runtime import outbox
from tests.support.studio import Studio

PAGE = "/workflows/purchase/"


def page(office: Studio, address: str = PAGE, who: str = "oscar") -> str:
    return office.at(who).get(address).content.decode()


def test_a_workflow_is_paused_with_a_reason_shows_it_and_goes_on(office: Studio) -> None:
    run = office.start("pens", works=False)
    browser = office.at("oscar")
    assert "Nothing was paused" in browser.post(f"{PAGE}pause/", {"reason": " "}, follow=True).content.decode()
    said = browser.post(f"{PAGE}pause/", {"reason": "The <ERP> moves", "runs": "all"}, follow=True).content.decode()
    assert "It is paused." in said
    assert "The &lt;ERP&gt; moves" in said
    assert "Paused by Oscar Lind" in said
    assert "purchase, paused" in page(office, "/workflows/")
    outbox.send_due()
    html = page(office, f"/runs/{run.pk}/")
    assert "It is paused with its workflow" in html
    assert "Its workflow is paused, and this run with it: The &lt;ERP&gt; moves" in html
    assert "It goes on" in browser.post(f"{PAGE}resumption/", follow=True).content.decode()
    outbox.send_due()
    assert api.run_state(str(run.pk)).paused_at is None
    assert "is not paused" in browser.post(f"{PAGE}resumption/", follow=True).content.decode()


def test_open_runs_go_on_where_only_new_ones_are_held(office: Studio) -> None:
    office.at("olga").post(f"{PAGE}pause/", {"reason": "Stocktaking", "runs": "new"})
    assert Workflow.objects.get(name="purchase").pause_holds_open is False
    assert "those that were open go on" in page(office)


def test_who_may_not_pause_it_is_refused_and_sees_no_button(office: Studio) -> None:
    for who in ("alice", "erin", "ada"):
        assert office.at(who).post(f"{PAGE}pause/", {"reason": "x"}).status_code == 403
        assert "Pause the workflow" not in page(office, who=who)
    assert Workflow.objects.get(name="purchase").paused_at is None


def test_the_audit_tells_it_in_words(office: Studio) -> None:
    office.at("oscar").post(f"{PAGE}pause/", {"reason": "The ERP moves", "runs": "all"})
    office.at("oscar").post(f"{PAGE}resumption/")
    html = page(office, "/audit/", who="ada")
    assert "paused it, its open runs too: The ERP moves" in html
    assert "let it go on, after" in html
