"""The lead's pages: what they show, whom they are for, and what their forms do."""

from __future__ import annotations

from reviewhub.accounts.models import Absence
from reviewhub.reviews.services import claim_task
from reviewhub.reviews.services.outages import let_clocks_follow
from reviewhub.web.pushed import figures_for, held_patch
from tests.integration.web.conftest import SignedIn
from tests.support.desk_room import DeskRoom

PAGE = "/teams/finance/"


def test_the_page_shows_load_deadlines_and_absences(room: DeskRoom, signed_in: SignedIn) -> None:
    people = room.people
    claim_task(task_id=room.case("Northwind").pk, actor=people.alice)
    carol = signed_in(people.carol)
    assert carol.get("/teams/").headers["Location"] == PAGE
    shown = carol.get(PAGE).content.decode()
    for text in ("Alice Moreau", "Northwind", "5 minutes", "Hold the queue", "Enter an absence", 'href="/teams/"'):
        assert text in shown
    pushed = figures_for(people.carol.pk, "finance")
    assert pushed is not None
    assert "Northwind" in pushed
    assert "Enter an absence" not in pushed
    assert pushed.strip() in shown


def test_it_is_for_those_who_lead(room: DeskRoom, signed_in: SignedIn) -> None:
    alice = signed_in(room.people.alice)
    for path in (PAGE, f"{PAGE}handover/"):
        assert alice.get(path).status_code == 404
    assert alice.post(f"{PAGE}hold/", {"reason": "no"}).status_code == 404
    assert 'href="/teams/"' not in alice.get("/queue/team/").content.decode()


def test_figures_are_pushed_to_nobody_else(room: DeskRoom) -> None:
    people = room.people
    assert figures_for(people.alice.pk, "finance") is None
    assert figures_for(people.carol.pk, "elsewhere") is None
    people.carol.is_active = False
    people.carol.save()
    assert figures_for(people.carol.pk, "finance") is None
    assert figures_for(0, "") is None


def test_an_owner_who_is_only_named_finds_it_in_the_menu(room: DeskRoom, signed_in: SignedIn) -> None:
    room.case()
    oscar, mallory = room.people.oscar, room.people.mallory
    oscar.grants.all().delete()
    client = signed_in(oscar)
    assert 'href="/teams/"' in client.get("/queue/team/").content.decode()
    assert client.get("/teams/").headers["Location"] == PAGE
    assert 'href="/teams/"' not in signed_in(mallory).get("/queue/team/").content.decode()


def test_a_queue_is_held_and_goes_on(room: DeskRoom, signed_in: SignedIn) -> None:
    carol, alice = signed_in(room.people.carol), signed_in(room.people.alice)
    task = room.case()
    assert "Say why" in carol.post(f"{PAGE}hold/", {"reason": ""}, follow=True).content.decode()
    assert "The ERP moves" in carol.post(f"{PAGE}hold/", {"reason": "The ERP moves"}, follow=True).content.decode()
    assert "is held by Carol" in alice.get("/queue/team/").content.decode()
    assert "is held by Carol" in alice.get(f"/tasks/{task.pk}/").content.decode()
    assert "is held by Carol" not in signed_in(room.people.mallory).get("/queue/team/").content.decode()
    assert "The ERP moves" in alice.get(f"/tasks/{task.pk}/").content.decode()
    held = alice.get("/cards/list/").json()["held"]
    queue = room.people.finance.pk
    assert held == [{"queue": queue, "title": "Finance is held by Carol Nyström", "text": "The ERP moves"}]
    patch = held_patch(queue)
    assert patch is not None
    assert "The ERP moves" in patch["html"]
    assert signed_in(room.people.mallory).get("/cards/list/").json()["held"] == []
    assert alice.post(f"/tasks/{task.pk}/claim/").status_code == 403
    assert "Hold the queue" in carol.post(f"{PAGE}hold/", {"_method": "delete"}, follow=True).content.decode()
    assert held_patch(queue) == {"queue": queue, "html": "", "title": "", "text": ""}
    assert held_patch(0) is None


def test_the_clocks_are_stopped_and_started(room: DeskRoom, signed_in: SignedIn) -> None:
    carol = signed_in(room.people.carol)
    task = room.case("Northwind")
    assert "Say why" in carol.post(f"{PAGE}clocks/", {"reason": ""}, follow=True).content.decode()
    shown = carol.post(f"{PAGE}clocks/", {"reason": "The ERP is down"}, follow=True).content.decode()
    assert "Clocks stopped by Carol Nyström" in shown
    let_clocks_follow()
    assert "The clocks of Finance are stopped" in carol.get(f"/tasks/{task.pk}/").content.decode()
    assert "clocks are stopped" in carol.get("/queue/team/").content.decode()
    assert "Northwind" not in carol.get(PAGE).content.decode()  # nothing of it is late next
    carol.post(f"{PAGE}clocks/", {"_method": "delete"})
    let_clocks_follow()
    assert "Northwind" in carol.get(PAGE).content.decode()


def test_nobody_picks_while_it_is_switched_so(room: DeskRoom, signed_in: SignedIn) -> None:
    carol, alice = signed_in(room.people.carol), signed_in(room.people.alice)
    first, second = room.case("First"), room.case("Second")
    assert 'aria-pressed="true"' in carol.post(f"{PAGE}pull-only/", follow=True).content.decode()
    assert "nobody picks" in alice.get(f"/tasks/{second.pk}/").content.decode()
    assert str(first.pk) in alice.post("/tasks/next/").headers["Location"]
    carol.post(f"{PAGE}pull-only/", {"_method": "delete"})
    assert "nobody picks" not in alice.get(f"/tasks/{second.pk}/").content.decode()


def test_tasks_are_handed_over(room: DeskRoom, signed_in: SignedIn) -> None:
    carol = signed_in(room.people.carol)
    task = claim_task(task_id=room.case("Northwind").pk, actor=room.people.alice)
    own = room.case("Own", requester="carol@example.com")
    assert "Northwind" in carol.get(f"{PAGE}handover/?person=alice").content.decode()
    assert "Northwind" not in carol.get(f"{PAGE}handover/?person=-").content.decode()
    assert carol.post(f"{PAGE}handover/", {"to": "carol"}).status_code == 422
    assert carol.post(f"{PAGE}handover/", {"to": "nobody", "task": [f"{task.pk}:1"]}).status_code == 422
    task.refresh_from_db()
    stale = carol.post(f"{PAGE}handover/", {"to": "carol", "task": [f"{task.pk}:{task.version - 1}"]})
    assert "has changed since it was shown: Alice Moreau has claimed it." in stale.content.decode()
    ticked = [f"{task.pk}:{task.version}", f"{own.pk}:{own.version}", "mangled", str(own.pk)]
    assert f'value="{ticked[0]}"' in stale.content.decode()
    done = carol.post(f"{PAGE}handover/", {"to": "carol", "task": ticked})
    shown = done.content.decode()
    assert "1 handed over to Carol Nyström." in shown
    assert "Own: Carol Nyström may not decide it." in shown
    task.refresh_from_db()
    assert task.claimed_by == room.people.carol


def test_an_absence_is_days_in_the_persons_own_zone(room: DeskRoom, signed_in: SignedIn) -> None:
    carol = signed_in(room.people.carol)
    day = room.clock.process.date().isoformat()
    carol.post(f"{PAGE}absences/", {"person": "alice", "first": day, "last": day, "delegate": "carol"})
    absence = Absence.objects.get()
    assert absence.starts_at.astimezone(room.people.alice.timezone).isoformat()[11:16] == "00:00"
    assert (absence.ends_at - absence.starts_at).days == 1
    shown = carol.get(PAGE).content.decode()
    assert "stands in" in shown
    assert "data-away" in shown
    assert (
        "Say from which day"
        in carol.post(f"{PAGE}absences/", {"person": "alice", "first": "2026-13-01"}, follow=True).content.decode()
    )
    carol.post(f"{PAGE}absences/{absence.pk}/", {"_method": "delete"})
    assert not Absence.objects.exists()


def test_whoever_has_tasks_is_reminded_of_many_at_once(room: DeskRoom, signed_in: SignedIn) -> None:
    people, carol = room.people, signed_in(room.people.carol)
    first, free = room.case("Northwind"), room.case("Halden")
    claim_task(task_id=first.pk, actor=people.alice)
    assert "Remind who has them" in carol.get(f"{PAGE}handover/").content.decode()
    assert carol.post(f"{PAGE}nudges/").status_code == 422
    shown = carol.post(f"{PAGE}nudges/", {"task": [f"{first.pk}:{first.version}", f"{free.pk}:1"]}).content.decode()
    assert "Reminded of 1 task." in shown
    assert "Halden: Nobody else has" in shown
    assert signed_in(people.alice).post(f"{PAGE}nudges/", {"task": [f"{first.pk}:1"]}).status_code == 404


def test_the_tasks_page_reminds_and_says_when_it_may_be_again(room: DeskRoom, signed_in: SignedIn) -> None:
    people, carol = room.people, signed_in(room.people.carol)
    task = room.case("Northwind")
    claim_task(task_id=task.pk, actor=people.alice)
    path = f"/tasks/{task.pk}/nudge/"
    assert 'data-key="p"' in carol.get(f"/tasks/{task.pk}/").content.decode()
    assert 'data-key="p"' not in signed_in(people.alice).get(f"/tasks/{task.pk}/").content.decode()
    assert "Remind Alice Moreau?" in carol.get(path).content.decode()
    shown = carol.post(path, headers={"HX-Request": "true"}).content.decode()
    assert "Reminded: Alice Moreau" in shown
    assert "Northwind" in shown
    for again in (carol.get(path), carol.post(path)):
        assert "Alice Moreau was reminded just now; again from" in again.content.decode()
    assert signed_in(people.mallory).post(path).status_code in (403, 404)
