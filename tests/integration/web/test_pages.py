"""What the desk's pages show, and what they cost."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from reviewhub.notifications.models import Notice
from reviewhub.reviews.services import claim_task, comment_on_task
from reviewhub.web.presenters.incidents import _faults
from tests.integration.web.conftest import SignedIn
from tests.support.desk_room import DeskRoom
from tests.support.tasks import many

LIST_QUERIES = 8  # session, person, grants, queues, rows, counts, notices, what was seen, and the undos: see below
UNDOS = 1


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_queue_costs_the_same_with_ten_tasks_and_with_five_hundred(
    room: DeskRoom, signed_in: SignedIn, django_assert_num_queries: Any
) -> None:
    alice = signed_in(room.people.alice)
    for number in (10, 490):
        many(room.people.finance, number)
        with django_assert_num_queries(LIST_QUERIES + UNDOS):
            assert alice.get("/queue/team/").status_code == 200


def test_the_task_costs_the_same_however_long_its_history_is(
    room: DeskRoom, signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    task, alice = room.case(), signed_in(room.people.alice)
    comment_on_task(task_id=task.pk, actor=room.people.alice, text="The first remark")
    with django_assert_max_num_queries(30) as first:
        alice.get(f"/tasks/{task.pk}/")
    for number in range(8):
        comment_on_task(task_id=task.pk, actor=room.people.alice, text=f"Remark {number}")
    with django_assert_max_num_queries(30) as later:
        alice.get(f"/tasks/{task.pk}/")
    assert len(later) == len(first)


def test_a_task_and_its_card_say_which_skills_it_asks_for(room: DeskRoom, signed_in: SignedIn) -> None:
    task, alice = room.case(), signed_in(room.people.alice)
    assert "Skills asked for" not in text_of(alice.get(f"/tasks/{task.pk}/"))
    task.skills = ["contracts", "german"]
    task.save(update_fields=["skills"])
    said = "<dt>Skills asked for</dt><dd>contracts, german</dd>"
    assert said in text_of(alice.get(f"/tasks/{task.pk}/"))
    assert said in alice.get(f"/cards/{task.pk}/").json()["html"]


def test_the_most_urgent_stands_first_and_the_next_page_follows_without_a_gap(
    room: DeskRoom, signed_in: SignedIn
) -> None:
    many(room.people.finance, 120)
    alice, path, seen = signed_in(room.people.alice), "/queue/team/", []
    while path:
        answer = alice.get(path)
        rows = answer.context["list"].rows
        seen += [row.title for row in rows]
        path = answer.context["list"].next
    assert seen == [f"Request {number}" for number in range(120)]


def test_a_mangled_cursor_shows_the_first_page(room: DeskRoom, signed_in: SignedIn) -> None:
    room.case()
    assert "Northwind" in text_of(signed_in(room.people.alice).get("/queue/team/?after=nonsense"))


def test_the_search_finds_by_title_and_by_requester(room: DeskRoom, signed_in: SignedIn) -> None:
    room.case("Northwind")
    room.case("Halden Print", requester="tom@example.com")
    alice = signed_in(room.people.alice)
    found = [row.title for row in alice.get("/queue/team/?q=tom@").context["list"].rows]
    assert found == ["Halden Print"]
    assert "Nothing found" in text_of(alice.get("/queue/team/?q=zebra"))


@pytest.mark.parametrize("view", ["mine", "team", "unassigned", "at-risk", "escalated", "done"])
def test_an_empty_view_says_what_comes_there(room: DeskRoom, signed_in: SignedIn, view: str) -> None:
    page = text_of(signed_in(room.people.alice).get(f"/queue/{view}/"))
    assert "data-empty" in page


def test_an_unknown_view_is_nowhere(room: DeskRoom, signed_in: SignedIn) -> None:
    answer = signed_in(room.people.alice).get("/queue/everything/")
    assert answer.status_code == 404
    assert "There is nothing at this address" in text_of(answer)


def test_the_page_shows_who_gets_the_task_next_and_when(room: DeskRoom, signed_in: SignedIn) -> None:
    task = room.case()
    answer = signed_in(room.people.alice).get(f"/tasks/{task.pk}/")
    who = [(step.who, step.when) for step in answer.context["page"].future]
    assert who[0] == ("Finance", "now")
    assert ("Manager is told", "22:00, if not decided") in who  # 20:00 UTC in Helsinki
    assert ("Bob Tan, backup", "23:00") in who
    assert ("Oscar Lind, owner", "only if critical") in who
    assert who[-1] == ("Reject by itself", "Wed 14:00")


def test_the_concern_comes_first_and_the_number_has_its_sample(room: DeskRoom, signed_in: SignedIn) -> None:
    room.advises.confidence = 0.71
    task = room.case(amount=18_400)
    page = text_of(signed_in(room.people.alice).get(f"/tasks/{task.pk}/"))
    assert page.index("Exceeds the budget that is left") < page.index("The AI recommends")
    assert "people agreed 71 times out of 100" in page
    assert "Low confidence: 71 %, wanted 80 %" in page


def test_without_a_number_the_page_says_why(room: DeskRoom, signed_in: SignedIn) -> None:
    room.advises.confidence = None
    page = text_of(signed_in(room.people.alice).get(f"/tasks/{room.case().pk}/"))
    assert "No number: too few of its answers have been checked by people here." in page
    assert "gauge" not in page


def test_what_came_from_outside_is_text_and_never_markup(room: DeskRoom, signed_in: SignedIn) -> None:
    hostile = '<script>alert("x")</script>'
    task = room.case(hostile, quotation=f"{hostile} and a long text " * 5)
    comment_on_task(task_id=task.pk, actor=room.people.alice, text=hostile)
    assert hostile not in text_of(signed_in(room.people.alice).get(f"/tasks/{task.pk}/"))


def test_a_claim_is_made_and_given_back(room: DeskRoom, signed_in: SignedIn) -> None:
    task, alice = room.case(), signed_in(room.people.alice)
    claimed = alice.post(f"/tasks/{task.pk}/claim/", follow=True)
    assert "Claimed by you until 14:15" in text_of(claimed)  # the lease of 15 minutes, in Helsinki
    released = alice.post(f"/tasks/{task.pk}/claim/", {"_method": "delete"}, follow=True)
    assert "Claimed by you" not in text_of(released)


def test_who_comes_second_is_told_who_has_it(room: DeskRoom, signed_in: SignedIn) -> None:
    task = room.case()
    claim_task(task_id=task.pk, actor=room.people.carol)
    answer = signed_in(room.people.alice).post(f"/tasks/{task.pk}/claim/")
    assert answer.status_code == 409
    assert "Carol Nyström has claimed it" in text_of(answer)


def test_start_reviewing_claims_the_most_urgent_one(room: DeskRoom, signed_in: SignedIn) -> None:
    task = room.case()
    room.case("Later")
    alice = signed_in(room.people.alice)
    assert alice.post("/tasks/next/").headers["Location"] == f"/tasks/{task.pk}/?view=mine"


def test_start_reviewing_with_nothing_left_says_so(room: DeskRoom, signed_in: SignedIn) -> None:
    answer = signed_in(room.people.alice).post("/tasks/next/", follow=True)
    assert "Nothing waits for you" in text_of(answer)


def test_an_empty_comment_is_refused_and_a_real_one_is_in_the_history(room: DeskRoom, signed_in: SignedIn) -> None:
    task, alice = room.case(), signed_in(room.people.alice)
    assert alice.post(f"/tasks/{task.pk}/comments/", {"text": "  "}).status_code == 422
    answer = alice.post(f"/tasks/{task.pk}/comments/", {"text": "Ask Priya\nfirst"}, follow=True)
    assert "Ask Priya<br>first" in text_of(answer)


def test_notices_lead_to_their_task_and_are_read_by_opening(room: DeskRoom, signed_in: SignedIn) -> None:
    task = room.case()
    room.forward(hours=9, minutes=1)  # the backup's level
    notice = Notice.objects.filter(person=room.people.bob, kind="asked").get()
    bob = signed_in(room.people.bob)
    assert "data-unread" in text_of(bob.get("/notices/"))
    assert bob.get(f"/notices/{notice.pk}/").headers["Location"] == f"/tasks/{task.pk}/"
    notice.refresh_from_db()
    assert notice.read_at is not None


def test_nobody_opens_the_notices_of_others(room: DeskRoom, signed_in: SignedIn) -> None:
    room.case()
    room.forward(hours=9, minutes=1)
    notice = Notice.objects.filter(person=room.people.bob).first()
    assert notice is not None
    assert signed_in(room.people.mallory).get(f"/notices/{notice.pk}/").status_code == 404


def test_a_failed_step_is_a_task_that_says_what_happened_and_what_can_be_done(
    room: DeskRoom, signed_in: SignedIn
) -> None:
    from orchestration.exceptions import TransientError
    from reviewhub.reviews.models import ReviewTask
    from reviewhub.reviews.services import decide_task

    task = room.case()
    room.order.script = [TransientError("The ERP answered 503.")] * 3
    decide_task(task_id=task.pk, actor=room.people.alice, outcome="approve")
    room.forward(minutes=1)
    incident = ReviewTask.objects.get(kind="incident")
    oscar = signed_in(room.people.oscar)
    page = text_of(oscar.get(f"/tasks/{incident.pk}/"))
    assert "The ERP answered 503." in page
    assert "Retry with corrected input" in page
    asked = text_of(oscar.post(f"/tasks/{incident.pk}/decision/", {"version": incident.version, "outcome": "fail"}))
    assert "where the run fails by it, what can be undone is undone. It counts at once" in asked
    assert "A high risk" not in asked
    sent = {"version": incident.version, "outcome": "retry_corrected", "fields.supplier": "Northwind Ltd"}
    room.order.script = []
    assert oscar.post(f"/tasks/{incident.pk}/decision/", sent).status_code == 302
    room.forward(minutes=1)
    assert room.order.calls[-1][0]["supplier"] == "Northwind Ltd"


def test_a_step_whose_input_does_not_fit_its_tool_says_what_is_wrong_with_it(
    room: DeskRoom, signed_in: SignedIn
) -> None:
    from orchestration.runtime import tools
    from reviewhub.reviews.models import ReviewTask
    from reviewhub.reviews.services import decide_task

    task = room.case()
    takes = {"type": "object", "properties": {"supplier": {"type": "string", "maxLength": 3}}}
    tools._registered["erp.order@1"] = tools.Tool("erp.order", 1, "", room.order, input=takes)
    decide_task(task_id=task.pk, actor=room.people.alice, outcome="approve")
    room.forward(minutes=1)
    incident, oscar = ReviewTask.objects.get(kind="incident"), signed_in(room.people.oscar)
    page = text_of(oscar.get(f"/tasks/{incident.pk}/"))
    assert "<b>$.supplier</b> &#x27;Northwind&#x27; is too long" in page
    assert room.order.calls == []


def test_a_refused_skip_says_at_its_field_what_the_tool_would_have_given(room: DeskRoom, signed_in: SignedIn) -> None:
    from orchestration.exceptions import PermanentError
    from orchestration.runtime import tools
    from reviewhub.reviews.models import ReviewTask
    from reviewhub.reviews.services import decide_task

    task = room.case()
    promise = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}
    tools._registered["erp.order@1"] = tools.Tool("erp.order", 1, "", room.order, output=promise)
    room.order.script = [PermanentError("Refused.")]
    decide_task(task_id=task.pk, actor=room.people.alice, outcome="approve")
    room.forward(minutes=1)
    incident, oscar = ReviewTask.objects.get(kind="incident"), signed_in(room.people.oscar)
    sent = {"version": incident.version, "outcome": "skip", "fields.skip.result": '{"number": 1}'}
    said = "Result to go on with: &#x27;id&#x27; is a required property."
    number = len(incident.fields)  # the result is the last of them
    mark = f'<p class="fault" data-tone="breached" id="fault-{number}"'
    whole = oscar.post(f"/tasks/{incident.pk}/decision/", sent)
    assert whole.status_code == 422
    assert f"{mark}>{said}</p>" in text_of(whole)
    assert f'aria-describedby="fault-{number}" aria-invalid="true"' in text_of(whole)
    part = text_of(oscar.post(f"/tasks/{incident.pk}/decision/", sent, headers={"HX-Request": "true"}))
    assert f'{mark} hx-swap-oob="true">{said}</p>' in part
    assert 'id="fault-1" hx-swap-oob="true"></p>' in part  # what was wrong before is so no more
    assert part.count("<form") == 1


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        (["$.lines[0].sum: 'x' is not a number"], [("$.lines[0].sum", "'x' is not a number")]),
        (["Refused: by the ERP", "no"], [("", "Refused: by the ERP"), ("", "no")]),
        ([{"path": "/sum", "message": "is too much"}, {}, 7], [("/sum", "is too much"), ("", ""), ("", "7")]),
        ("not a list", []),
        (None, []),
    ],
)
def test_faults_are_shown_however_a_tool_says_them(told: Any, shown: list[tuple[str, str]]) -> None:
    assert [(each.path, each.message) for each in _faults(told)] == shown


def test_a_wrong_password_is_refused_without_saying_which_half_was_wrong(room: DeskRoom) -> None:
    answer = Client().post("/sign-in/", {"username": "alice@example.com", "password": "no"})
    assert "do not belong together" in text_of(answer)


def test_the_theme_is_remembered(room: DeskRoom, signed_in: SignedIn) -> None:
    alice = signed_in(room.people.alice)
    alice.post("/theme/", {"theme": "dark"})
    assert 'data-theme="dark"' in text_of(alice.get("/queue/team/"))
    assert alice.post("/theme/", {"theme": "plaid"}).status_code == 400


@pytest.mark.parametrize("path", ["/queue/team/", "/runs/"])
def test_the_side_marks_where_one_is_and_nothing_else(room: DeskRoom, signed_in: SignedIn, path: str) -> None:
    shown = text_of(signed_in(room.people.alice).get(path))
    side = shown[shown.index('id="side"') : shown.index("</nav>")]
    assert side.count('aria-current="page"') == 1
    assert f'href="{path}" aria-current="page"' in side


def test_a_task_is_marked_under_the_view_that_it_was_opened_from(room: DeskRoom, signed_in: SignedIn) -> None:
    shown = text_of(signed_in(room.people.alice).get(f"/tasks/{room.case().pk}/?view=team"))
    assert 'href="/queue/team/" aria-current="page"' in shown


def test_a_page_that_was_open_for_too_long_says_that_nothing_was_changed(room: DeskRoom) -> None:
    answer = Client(enforce_csrf_checks=True).post("/sign-in/", {"username": "alice", "password": "x"})

    assert answer.status_code == 403
    assert "Nothing was changed" in answer.content.decode()


def test_no_browser_keeps_a_page_for_whoever_sits_down_next(room: DeskRoom, signed_in: SignedIn) -> None:
    alice, case = signed_in(room.people.alice), room.case()

    for path in ("/queue/team/", f"/tasks/{case.pk}/", "/notices/"):
        assert alice.get(path).headers["Cache-Control"] == "private, no-store", path
