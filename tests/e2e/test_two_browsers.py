"""Two people on one task: what one does, the other sees at once."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Route, WebSocketRoute, expect

from reviewhub.realtime import hub
from reviewhub.reviews.models import Decision
from reviewhub.reviews.services import claim_task, comment_on_task, escalate_task
from tests.e2e.conftest import Open, both_widths, press, use
from tests.support.desk_room import DeskRoom


def test_a_claim_and_a_decision_show_at_once_in_the_list_and_on_the_open_page(room: DeskRoom, open_as: Open) -> None:
    task, people = room.case(), room.people
    alice = open_as(people.alice, f"/tasks/{task.pk}/?view=team")
    carol = open_as(people.carol, f"/tasks/{task.pk}/?view=team")
    expect(alice.locator(".watchers")).to_contain_text("Carol Nyström is looking")
    expect(alice.locator(f"#row-{task.pk} .looks")).to_have_attribute("aria-label", "Carol Nyström is looking")
    carol.keyboard.press("c")
    expect(alice.locator("#task-head")).to_contain_text("Claimed by Carol Nyström until")
    expect(alice.locator(f"#row-{task.pk} .face")).to_have_attribute("aria-label", "Carol Nyström")
    expect(alice.get_by_role("button", name="Approve")).to_have_count(0)
    carol.keyboard.press("a")
    expect(alice.locator("#task-happened")).to_contain_text(re.compile(r"Carol Nyström decided “Approve” at \d\d:\d\d"))
    expect(alice.locator(f"#row-{task.pk}")).to_contain_text("Decided")
    room.forward(seconds=11)
    expect(alice.locator(f"#row-{task.pk}")).to_have_count(0)


def test_a_row_shows_who_looks_at_its_task_for_as_long_as_they_do(room: DeskRoom, open_as: Open) -> None:
    first, second = room.case("Northwind"), room.case("Halden")
    carol = open_as(room.people.carol, f"/tasks/{second.pk}/?view=team", "phone")
    alice = open_as(room.people.alice, "/queue/team/", "phone")
    rows = {task: alice.locator(f"#row-{task.pk} .looks") for task in (first, second)}
    expect(rows[second]).to_have_attribute("aria-label", "Carol Nyström is looking")
    expect(rows[first]).to_have_count(0)
    expect(carol.locator(".watchers")).to_be_hidden()
    carol.goto(f"/tasks/{first.pk}/?view=team")
    expect(rows[first]).to_have_attribute("aria-label", "Carol Nyström is looking")
    expect(rows[second]).to_have_count(0)
    carol.close()
    expect(rows[first]).to_have_count(0)


def test_what_is_being_typed_survives_what_others_do(room: DeskRoom, open_as: Open) -> None:
    task, people = room.case(), room.people
    alice = open_as(people.alice, f"/tasks/{task.pk}/")
    carol = open_as(people.carol, f"/tasks/{task.pk}/")
    alice.locator("#comment").fill("Half a sen")
    carol.keyboard.press("a")
    expect(alice.locator("#task-happened")).to_contain_text("Carol Nyström decided")
    expect(alice.locator("#comment")).to_have_value("Half a sen")


@both_widths
def test_a_menu_that_is_open_stays_open_while_others_act(room: DeskRoom, open_as: Open, size: str) -> None:
    task, people = room.case(), room.people
    alice = open_as(people.alice, f"/tasks/{task.pk}/", size)
    press(".", alice.locator(".menu > summary"), size)
    comment_on_task(task_id=task.pk, actor=people.carol, text="I know them.")
    expect(alice.locator("#task-history")).to_contain_text("I know them.")
    escalate_task(task_id=task.pk, actor=people.carol, note="Ours is too low.")
    expect(alice.locator("#task-history")).to_contain_text("Ours is too low.")
    use(alice.get_by_role("link", name="Decline"), size)
    expect(alice.locator("#panel-title")).to_be_visible()


def test_a_decision_that_comes_too_late_is_told_what_happened(room: DeskRoom, open_as: Open) -> None:
    task, people = room.case(), room.people
    alice = open_as(people.alice, f"/tasks/{task.pk}/", routed=True)
    carol = open_as(people.carol, f"/tasks/{task.pk}/")
    alice.route("**/tasks/*/?view=*", lambda route: route.abort())  # her page cannot look again
    carol.keyboard.press("a")
    expect(carol.locator("#task-title")).to_have_count(0)
    alice.get_by_role("button", name="Approve").click()
    expect(alice.locator("#task-decide")).to_contain_text("Carol Nyström decided “Approve”")
    assert Decision.objects.count() == 1


def test_what_is_told_while_an_act_is_on_its_way_is_shown_once_it_is_answered(room: DeskRoom, open_as: Open) -> None:
    task, people = room.case(), room.people
    alice = open_as(people.alice, f"/tasks/{task.pk}/?view=team", routed=True)
    carol = open_as(people.carol, f"/tasks/{task.pk}/")
    sent: list[Route] = []

    def hold(route: Route) -> None:
        sent.append(route)

    alice.route("**/decision/*", hold)
    with alice.expect_request("**/decision/*"):
        alice.get_by_role("button", name="Approve").click()
    carol.keyboard.press("a")
    expect(alice.locator(f"#row-{task.pk}")).to_contain_text("Decided")
    sent[0].continue_()
    expect(alice.locator("#task-happened")).to_contain_text("Carol Nyström decided “Approve”")
    expect(alice.locator("#task-head")).not_to_contain_text("Claim")
    expect(alice.locator("#task-decide")).to_contain_text("Your decision was not taken")


def test_a_new_task_comes_into_the_list_in_its_place_and_is_counted(room: DeskRoom, open_as: Open) -> None:
    room.case("Northwind")
    page = open_as(room.people.alice, "/queue/team/")
    room.clock.forward(minutes=-30)  # so that it is due before the other
    room.case("Earlier")
    expect(page.locator(".row-title a")).to_have_text(["Earlier", "Northwind"])
    expect(page.locator("nav [data-count=team]")).to_have_text("2")


def test_mallory_hears_of_nothing(room: DeskRoom, open_as: Open) -> None:
    page = open_as(room.people.mallory, "/queue/team/")
    heard: list[str | bytes] = []

    def hear(frame: str | bytes) -> None:
        heard.append(frame)

    page.on("websocket", lambda socket: socket.on("framereceived", hear))
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-live", "on")
    task = room.case()
    page.goto(f"/tasks/{task.pk}/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("may not read this task")
    assert not heard


def test_a_task_that_one_may_not_see_any_more_goes_from_the_page_but_no_typed_words_do(
    room: DeskRoom, open_as: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "CHECKED_FOR", 0.0)
    task, people = room.case(), room.people
    shown = open_as(people.alice, f"/tasks/{task.pk}/?view=team")
    typing = open_as(people.alice, f"/tasks/{task.pk}/?view=team", "phone")
    typing.locator("#comment").fill("Half a sen")
    people.finance.memberships.filter(person=people.alice).delete()
    comment_on_task(task_id=task.pk, actor=people.carol, text="For us alone.")
    expect(shown.get_by_role("heading", level=1)).to_contain_text("may not read this task")
    expect(typing.locator(f"#row-{task.pk}")).to_have_count(0)
    expect(typing.locator("#comment")).to_have_value("Half a sen")
    expect(typing.locator("body")).not_to_contain_text("For us alone.")


def test_a_lost_connection_is_said_and_what_was_missed_is_caught_up(room: DeskRoom, open_as: Open) -> None:
    page = open_as(room.people.alice, "/queue/team/")
    sockets: list[WebSocketRoute] = []
    cut: list[bool] = []

    def meet(socket: WebSocketRoute) -> None:
        if cut:
            socket.close()
            return
        socket.connect_to_server()
        sockets.append(socket)

    page.route_web_socket("**/ws/desk/", meet)
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-live", "on")
    cut.append(True)
    sockets[0].close()
    expect(page.locator("#offline")).to_be_visible()
    expect(page.locator("#offline")).to_contain_text("Connection lost")
    room.case("Missed")
    expect(page.locator(".row")).to_have_count(0)
    cut.clear()
    expect(page.get_by_role("link", name="Missed")).to_be_visible(timeout=15_000)
    expect(page.locator("#offline")).to_be_hidden()


@both_widths
def test_what_changes_while_a_page_is_on_its_way_is_shown_once_it_has_come(
    room: DeskRoom, open_as: Open, size: str
) -> None:
    first = room.case("Northwind")
    other = open_as(room.people.carol, "/queue/team/", size)
    page = open_as(room.people.alice, "/queue/done/", size, routed=True)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/js/app*.js", hold)
    page.goto("/queue/team/", wait_until="commit")
    expect(page.locator(".row")).to_have_count(1)
    claim_task(task_id=first.pk, actor=room.people.carol)
    room.case("Halden")
    expect(other.get_by_role("link", name="Halden")).to_be_visible()  # both have been told to whoever listened
    expect(page.locator(".row")).to_have_count(1)
    held[0].continue_()
    expect(page.locator(f"#row-{first.pk} .face")).to_have_attribute("aria-label", "Carol Nyström")
    expect(page.get_by_role("link", name="Halden")).to_be_visible()
    expect(page.locator('[data-count="team"]').first).to_have_text("2")
    expect(page.locator('[data-count="unassigned"]').first).to_have_text("1")


def test_a_click_overtakes_what_opens_by_itself(room: DeskRoom, open_as: Open) -> None:
    room.case("Northwind")
    chosen = room.case("Halden")
    page = open_as(room.people.alice, "/queue/done/")
    page.goto("/queue/team/", wait_until="commit")
    page.get_by_role("link", name="Halden").click()
    expect(page.locator("#task-title")).to_have_text("Halden")
    page.wait_for_timeout(500)
    expect(page.locator("#task-title")).to_have_text("Halden")
    assert str(chosen.pk) in page.url


def test_who_is_switched_off_hears_no_more(room: DeskRoom, open_as: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reviewhub.realtime.hub.CHECKED_FOR", 0.0)
    page = open_as(room.people.alice, "/queue/team/")
    room.people.alice.is_active = False
    room.people.alice.save(update_fields=("is_active",))
    room.case("Not for her")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


@both_widths
def test_what_comes_while_one_looks_is_told_and_is_new_no_more_once_it_was_in_view(
    room: DeskRoom, open_as: Open, size: str
) -> None:
    task, people = room.case(), room.people
    alice = open_as(people.alice, "/queue/mine/", size)
    with alice.expect_response("**/seen/"):
        alice.goto(f"/tasks/{task.pk}/?view=team")
    expect(alice.locator("html")).to_have_attribute("data-live", "on")
    expect(alice.locator("#task-changes")).to_be_empty()
    with alice.expect_response("**/seen/"):
        comment_on_task(task_id=task.pk, actor=people.carol, text="Look at the quotation")
        expect(alice.locator("#said")).to_have_text("Changed since you last looked: 1 comment")
    press("v", alice.locator("#task-changes summary"), size)
    expect(alice.locator("#task-changes")).to_contain_text("Carol Nyström commented")
    use(alice.get_by_role("button", name="Seen"), size)
    expect(alice.locator("#task-changes")).to_be_empty()
    expect(alice.locator("#task-title")).to_be_focused()
    expect(alice.locator(".row-changed")).to_have_count(0)
