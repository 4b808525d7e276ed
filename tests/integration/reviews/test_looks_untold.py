"""What could tell a second look from any other task, and does not: its clocks, its question, its colleagues, and the
case itself among those that are closed."""

from __future__ import annotations

import json
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.test import Client

from orchestration import api
from orchestration.models import AuditEvent, Run
from orchestration.runtime import outbox
from reviewhub.accounts.models import Absence, PeopleGroup, Person
from reviewhub.accounts.permissions import allows
from reviewhub.notifications.models import Notice
from reviewhub.notifications.questions import link_to
from reviewhub.realtime import groups, publish
from reviewhub.reviews.announcements import Fact
from reviewhub.reviews.exceptions import SelfApproval
from reviewhub.reviews.models import Breach, Queue, ReviewTask, SecondLook
from reviewhub.reviews.questions import asked_of
from reviewhub.reviews.selectors import task_detail, visible_runs
from reviewhub.reviews.selectors.breaches import breaches_for
from reviewhub.reviews.services import (
    answer_information,
    ask_for_information,
    claim_task,
    comment_on_task,
    decide_task,
    delegate_task,
    escalate_task,
    release_task,
)
from reviewhub.reviews.services.handing_over import colleagues_for
from reviewhub.reviews.services.settings import save_escalation_policy, save_queue, save_sla_policy
from reviewhub.web.presenters.looked import looked_shown
from tests.integration.reviews.test_second_looks import closed, drawn, share
from tests.support.bench import OSCAR
from tests.support.cast import person
from tests.support.desk import PURCHASE, Desk

_, _, _REST = PURCHASE.partition("      unanswered:")
NAMED = f"{PURCHASE.partition('      sla:')[0]}      sla: standard\n      escalate: standard\n      unanswered:{_REST}"


@pytest.fixture
def look(desk: Desk) -> ReviewTask:
    """Of a case that Alice decided, before Bob."""
    share(desk, second_share=100)
    closed(desk)
    return _task(drawn(desk))


def _task(look: SecondLook) -> ReviewTask:
    assert look.task is not None
    return look.task


def later(desk: Desk, **span: float) -> None:
    desk.bench.clock.forward(**span)
    desk.bench.sweep()
    desk.bench.work()


def told(task: ReviewTask, kind: str) -> list[str]:
    return sorted(Notice.objects.filter(task=task, kind=kind).values_list("person__username", flat=True))


# ---- its clocks --------------------------------------------------------------------------------


def test_it_is_warned_of_and_missed_like_any_other(desk: Desk, look: ReviewTask) -> None:
    later(desk, hours=9)
    assert told(look, "half") == told(look, "breach") == ["carol"]
    look.refresh_from_db()
    assert look.stage == "breach"
    assert list(breaches_for(desk.people.carol).values_list("task", flat=True)) == [look.pk]
    later(desk, hours=16)
    look.refresh_from_db()
    assert look.level == 1
    assert told(look, "asked") == ["bob"]  # the queue's backup


def test_once_it_counts_it_was_late_once(desk: Desk, look: ReviewTask) -> None:
    later(desk, hours=9)
    decide_task(task_id=look.pk, actor=desk.people.bob, outcome="approve")
    assert breaches_for(desk.people.carol).count() == 1
    desk.close(look)
    assert Breach.objects.count() == 1
    assert not breaches_for(desk.people.carol).exists()


def test_what_nobody_answers_ends_by_itself_and_compares_nothing(desk: Desk, look: ReviewTask) -> None:
    later(desk, days=11)
    look.refresh_from_db()
    ended = SecondLook.objects.get(task=look)
    assert (look.status, look.unanswered, ended.outcome, ended.ended_at is None) == ("closed", True, "", False)


def test_escalating_it_by_hand_reaches_the_next_level(desk: Desk, look: ReviewTask) -> None:
    escalate_task(task_id=look.pk, actor=desk.people.bob)
    look.refresh_from_db()
    assert (look.level, look.future[3]["level"]) == (1, 0)
    assert look.future[3]["reached_at"]
    events = AuditEvent.objects.filter(chain=f"run:{look.run_id}", kind="review.escalated")
    assert events.count() == 1


def test_its_time_is_that_of_the_policies_that_the_case_had_pinned(desk: Desk) -> None:
    person("dora")
    kept("2h", "[{after: 4h, when: '${ input.amount > 100.0 }', to: {user: dora}}, {after: 5h, to: {group: board}}]")
    desk.bench.publish(NAMED)
    share(desk, second_share=100)
    original = closed(desk)
    kept("1h", "[{after: 1h, to: {backup_of: queue}}]")
    task = _task(drawn(desk))
    assert task.due_at is not None
    assert task.due_at - task.created_at == timedelta(hours=2)
    shown = [(step["kind"], step["level"], step["applies"], step["when"]) for step in task.future]
    assert shown == [(step["kind"], step["level"], step["applies"], step["when"]) for step in original.future]
    assert ("level", 0, True, "${ input.amount > 100.0 }") in shown


def test_where_who_is_asked_is_gone_whoever_answers_for_the_queue_is(desk: Desk) -> None:
    kept(
        "2h", "[{after: 5h, to: {group: board}}, {after: 6h, to: {queue: former}}, {after: 7h, to: {owner: workflow}}]"
    )
    desk.bench.publish(NAMED.replace("owner: oscar\n", ""))
    share(desk, second_share=100)
    closed(desk)
    PeopleGroup.objects.all().delete()
    Queue.objects.filter(slug="former").delete()
    task = _task(drawn(desk))
    assert task.due_at is not None
    assert [step["to"] for step in task.future if step["kind"] == "level"] == [
        {"kind": "manager_of", "of": "queue"}
    ] * 3
    later(desk, hours=5)
    assert told(task, "asked") == ["carol"]


def test_a_step_that_its_case_went_on_without_has_its_time(desk: Desk) -> None:
    share(desk, second_share=100)
    original = closed(desk)
    without = desk.bench.publish(f"workflow: {original.workflow}\nsteps: [{{end: done}}]")
    Run.objects.filter(pk=original.run_id).update(version=without)
    assert _task(drawn(desk)).due_at is not None


def kept(due: str, chain: str) -> None:
    save_sla_policy(name="standard", title="Standard", text=f"{{due: {due}}}", actor=OSCAR)
    PeopleGroup.objects.get_or_create(name="board", title="Board")
    save_queue(slug="former", title="Former", actor=OSCAR)
    save_escalation_policy(name="standard", title="Standard", text=chain, actor=OSCAR)


# ---- its question ------------------------------------------------------------------------------


def test_a_lead_answers_in_the_requesters_place_and_takes_no_part(desk: Desk, look: ReviewTask, client: Client) -> None:
    people, mail.outbox = desk.people, []
    asked = ask_for_information(task_id=look.pk, actor=people.bob, text="Which of the two?")
    outbox.send_due()
    (letter,) = mail.outbox
    assert letter.to == ["carol@example.com"]
    assert "do not know that it has been decided" in letter.body
    shown = task_detail(look.pk, people.bob)
    assert shown.question is not None
    assert asked_of(shown.question) == "ann@example.com"
    assert "do not know that it has been decided" in client.get(urlsplit(link_to(asked)).path).content.decode()
    answer_information(request_id=asked.pk, text="The first.")
    look.refresh_from_db()
    assert (look.claimed_by, look.information[0]["answer"]) == (people.bob, "The first.")
    with pytest.raises(SelfApproval):
        claim_task(task_id=look.pk, actor=people.carol)
    event = AuditEvent.objects.get(chain=f"run:{look.run_id}", kind="desk.answered")
    assert (event.actor_kind, event.actor_label) == ("person", "Carol Nyström")
    decide_task(task_id=look.pk, actor=people.bob, outcome="approve")
    desk.close(look)
    detail = task_detail(look.pk, people.bob)
    said = looked_shown(detail.looked, detail.task, people.bob)
    assert said is not None
    assert "Carol Nyström answered in the requester’s place." in said.says[0]


def test_where_nobody_could_answer_it_waits_for_its_days(desk: Desk, look: ReviewTask) -> None:
    Queue.objects.update(manager=None)
    desk.people.finance.memberships.filter(person=desk.people.carol).delete()
    mail.outbox = []
    assert ask_for_information(task_id=look.pk, actor=desk.people.bob, text="Which?").to == ""
    outbox.send_due()
    assert mail.outbox == []
    look.refresh_from_db()
    assert look.status == "asked"


# ---- its colleagues ----------------------------------------------------------------------------


def test_whoever_knows_the_case_is_offered_and_stood_in_for(desk: Desk, look: ReviewTask) -> None:
    people = desk.people
    assert colleagues_for(look, people.bob) == [people.alice, people.carol]
    assert delegate_task(task_id=look.pk, actor=people.bob, to=people.alice) == [people.carol]
    assert told(look, "asked") == ["carol"]
    event = AuditEvent.objects.get(chain=f"run:{look.run_id}", kind="desk.delegated")
    data = json.loads(event.data)
    assert (data["to_label"], data["for_label"]) == ("Carol Nyström", "Alice Moreau")


def test_a_colleague_who_is_away_is_stood_in_for(desk: Desk) -> None:
    people, now = desk.people, desk.bench.clock.process_now()
    people.finance.memberships.create(person=people.bob)
    Absence.objects.create(person=people.bob, starts_at=now, ends_at=now + timedelta(days=1), delegate=people.carol)
    assert delegate_task(task_id=desk.task().pk, actor=people.alice, to=people.bob) == [people.carol]


# ---- the case among those that are closed ------------------------------------------------------


def test_the_case_is_nowhere_while_a_second_look_at_it_waits(desk: Desk, look: ReviewTask, client: Client) -> None:
    people, case = desk.people, SecondLook.objects.get(task=look).original
    desk.people.finance.memberships.create(person=person("dora"))
    dora = Person.objects.get(username="dora")

    def may_find(who: Person) -> list[bool]:
        return [
            ReviewTask.objects.visible_to(who).filter(pk=case.pk).exists(),
            allows(who, "task.read", case),
            visible_runs(who).filter(pk=case.run_id).exists(),
        ]

    def finds(who: Person) -> list[bool]:
        client.force_login(who)
        return [
            *may_find(who),
            client.get(f"/tasks/{case.pk}/").status_code == 200,
            client.get(f"/runs/{case.run_id}/").status_code == 200,
            client.get(f"/api/v1/tasks/{case.pk}/").status_code == 200,
            str(case.pk) in client.get("/api/v1/tasks/?view=all&status=closed").content.decode(),
            str(case.run_id) in client.get("/api/v1/runs/").content.decode(),
        ]

    assert not any([*finds(people.bob), *may_find(people.carol), *may_find(dora)])
    assert all([*finds(people.alice), *may_find(people.oscar)])
    decide_task(task_id=look.pk, actor=people.bob, outcome="approve")
    assert not any(may_find(people.bob))
    desk.close(look)
    assert all([*finds(people.bob), *may_find(people.carol), *may_find(dora)])


def test_what_is_said_of_the_case_is_pushed_to_its_queue_no_more(
    desk: Desk, look: ReviewTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, told = SecondLook.objects.get(task=look).original, list[publish.TaskChanged]()
    monkeypatch.setattr(publish._post, "take", told.append)
    for task in (case, look):
        publish.desk_changed(Fact("commented", task, desk.bench.clock.process_now(), by=desk.people.alice))
    finance = groups.queue(desk.people.finance.pk)
    assert [finance in change.to for change in told] == [False, True]


def test_whoever_had_the_case_or_spoke_of_it_takes_no_second_look(desk: Desk) -> None:
    people = desk.people
    share(desk, second_share=100)
    people.finance.memberships.create(person=person("dora"))
    task = desk.task()
    claim_task(task_id=task.pk, actor=people.bob)
    release_task(task_id=task.pk, actor=people.bob)
    comment_on_task(task_id=task.pk, actor=people.carol, text="I know them.")
    decide_task(task_id=task.pk, actor=people.alice, outcome="approve")
    desk.close(task)
    look = _task(drawn(desk))
    assert {"alice", "bob", "carol"} <= set(look.excluded)
    assert "dora" not in look.excluded
    assert allows(people.bob, "task.read", task)


def test_a_run_that_is_made_from_a_second_looks_compares_nothing_and_takes_nothing_away(
    desk: Desk, look: ReviewTask
) -> None:
    made = api.fork(run_id=look.run_id, sequence=1, actor=OSCAR)
    desk.bench.work()
    other = ReviewTask.objects.get(run_id=made.run_id)
    assert SecondLook.objects.get().task == look
    assert task_detail(other.pk, desk.people.bob).task.title == look.title
    ask_for_information(task_id=other.pk, actor=desk.people.bob, text="Which?")
    decide_task(task_id=other.pk, actor=desk.people.bob, outcome="reject", reasons=["policy"])
    desk.close(other)
    assert SecondLook.objects.get().outcome == ""
