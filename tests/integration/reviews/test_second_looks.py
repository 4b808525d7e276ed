"""Second looks: tasks like any other, that have no effect but to be compared."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from orchestration.models import Attempt, AuditEvent, Run
from reviewhub.accounts.models import Absence, PeopleGroup, Person
from reviewhub.accounts.permissions import PermissionDenied
from reviewhub.notifications.models import Notice
from reviewhub.reviews.exceptions import InvalidRequest, SelfApproval
from reviewhub.reviews.looks.drawing import draw_looks
from reviewhub.reviews.looks.lots import is_drawn
from reviewhub.reviews.models import KnownAnswer, Queue, ReviewTask, SecondLook
from reviewhub.reviews.selectors import task_detail, view, visible_runs
from reviewhub.reviews.selectors.precedents import precedents_of
from reviewhub.reviews.selectors.quality import own_quality, quality_of, queues_read
from reviewhub.reviews.services import decide_task, mark_known_answer, unmark_known_answer
from tests.support.cast import person
from tests.support.desk import Desk
from tests.support.tasks import opened

SAME = (
    "title",
    "workflow",
    "workflow_title",
    "step_id",
    "outcomes",
    "highlights",
    "fields",
    "concerns",
    "why",
    "context",
)


def closed(desk: Desk, by: Any = None, outcome: str = "approve", **fields: Any) -> ReviewTask:
    task = desk.task(**fields)
    decide_task(task_id=task.pk, actor=by or desk.people.alice, outcome=outcome)
    desk.close(task)
    desk.bench.work()
    assert task.status == "closed"
    return task


def share(desk: Desk, **shares: int) -> Queue:
    """From now on so many are drawn. Bob works the queue too."""
    desk.people.finance.memberships.get_or_create(person=desk.people.bob)
    Queue.objects.update(**shares)
    draw_looks()
    desk.bench.clock.forward(seconds=1)
    return Queue.objects.get(slug="finance")


def drawn(desk: Desk) -> SecondLook:
    draw_looks()
    desk.bench.work()
    return SecondLook.objects.select_related("task").get()


def test_a_second_look_is_a_task_like_any_other_for_somebody_else(desk: Desk) -> None:
    share(desk, second_share=100)
    original = closed(desk, amount=2000)
    look = drawn(desk)
    task = look.task
    assert task is not None
    assert {name: getattr(task, name) for name in SAME} == {name: getattr(original, name) for name in SAME}
    assert (task.status, task.recommendation_id) == ("open", original.recommendation_id)
    assert task.due_at is not None
    assert original.due_at is not None
    assert task.due_at - task.created_at == original.due_at - original.created_at
    assert desk.people.alice.username in task.excluded
    with pytest.raises(SelfApproval):
        decide_task(task_id=task.pk, actor=desk.people.alice, outcome="approve")


def test_the_case_itself_is_no_precedent_of_its_second_look(desk: Desk) -> None:
    share(desk, second_share=100)
    earlier = closed(desk, amount=501)
    draw_looks()
    SecondLook.objects.update(ended_at=desk.bench.clock.process_now())
    case = closed(desk)
    draw_looks()
    desk.bench.work()
    look = SecondLook.objects.select_related("task").get(original=case)
    assert look.task is not None
    assert [each.task for each in precedents_of(look.task, desk.people.bob)] == [earlier.pk]


def test_it_has_no_effect_and_is_compared_once_it_counts(desk: Desk) -> None:
    queue = share(desk, second_share=100)
    original = closed(desk)
    before = Attempt.objects.count()
    look = drawn(desk)
    assert look.task is not None
    decide_task(task_id=look.task.pk, actor=desk.people.bob, outcome="reject", reasons=["policy"])
    look.refresh_from_db()
    assert look.outcome == ""  # it can be taken back still
    desk.close(look.task)
    look.refresh_from_db()
    assert (look.expected, look.outcome, look.by, look.agrees) == ("approve", "reject", desk.people.bob, False)
    assert Run.objects.get(pk=look.task.run_id).status == "succeeded"
    assert Attempt.objects.count() == before
    original.refresh_from_db()
    assert original.outcome == "approve"
    found = quality_of(queue)
    assert (found.agreement.pairs, found.agreement.same, found.agreement.too_few) == (1, 0, True)
    assert found.pairs[0].people == ("Alice Moreau", "Bob Tan")
    assert own_quality(desk.people.alice).looked_at.of == 1


def test_the_same_lot_is_drawn_once_and_second_looks_are_not_looked_at_again(desk: Desk) -> None:
    share(desk, second_share=100)
    closed(desk)
    look = drawn(desk)
    assert look.task is not None
    decide_task(task_id=look.task.pk, actor=desk.people.bob, outcome="approve")
    desk.close(look.task)
    draw_looks()
    draw_looks()
    assert SecondLook.objects.count() == 1


def test_nothing_is_drawn_where_no_share_is_set_or_nobody_else_works(desk: Desk) -> None:
    closed(desk)
    draw_looks()
    queue = share(desk, second_share=100)
    queue.memberships.exclude(person=desk.people.alice).delete()
    closed(desk)
    draw_looks()
    assert not SecondLook.objects.exists()


def test_a_share_is_drawn_by_the_case_and_the_installations_key(desk: Desk, settings: Any) -> None:
    tasks = [ReviewTask() for _ in range(400)]
    first = [is_drawn("second", task, 25) for task in tasks]
    assert 60 < sum(first) < 140
    assert first == [is_drawn("second", task, 25) for task in tasks]
    assert not any(is_drawn("second", task, 0) for task in tasks)
    assert all(is_drawn("second", task, 100) for task in tasks)
    settings.SECRET_KEY = "another key of another installation, which is long enough"
    assert first != [is_drawn("second", task, 25) for task in tasks]


def test_its_run_is_not_shown_to_those_who_could_tell_by_it(desk: Desk) -> None:
    share(desk, second_share=100)
    closed(desk)
    look = drawn(desk)
    assert look.task is not None
    for other in (desk.people.bob, desk.people.carol):
        assert task_detail(look.task.pk, other).task.title == look.original.title
        assert not visible_runs(other).filter(pk=look.task.run_id).exists()


def test_a_known_answer_is_given_to_those_who_have_not_had_it(desk: Desk) -> None:
    case = closed(desk)
    people = desk.people
    with pytest.raises(PermissionDenied):
        mark_known_answer(task_id=case.pk, actor=people.alice, outcome="approve")
    with pytest.raises(InvalidRequest):
        mark_known_answer(task_id=case.pk, actor=people.carol, outcome="perhaps")
    mark_known_answer(task_id=case.pk, actor=people.carol, outcome="reject")
    queue = share(desk, known_share=100)
    queue.memberships.create(person=person("dora"), role="lead")
    closed(desk, people.alice)
    look = drawn(desk)
    assert look.task is not None
    assert (look.kind, look.original, look.expected) == ("known", case, "reject")
    assert {"alice", "carol", "dora"} <= set(look.task.excluded)  # Dora reads the answers that are known
    decide_task(task_id=look.task.pk, actor=people.bob, outcome="reject", reasons=["policy"])
    desk.close(look.task)
    assert quality_of(queue).known.right == 1
    closed(desk, people.alice)
    draw_looks()
    assert SecondLook.objects.count() == 1  # everybody has had it
    unmark_known_answer(task_id=case.pk, actor=people.carol)
    assert not KnownAnswer.objects.exists()
    kinds = AuditEvent.objects.filter(chain="queue:finance").order_by("sequence").values_list("kind", flat=True)
    assert list(kinds) == ["queue.known_answer_marked", "queue.known_answer_removed"]


def test_who_reads_how_alike_a_queue_decides(desk: Desk) -> None:
    people = desk.people
    assert list(queues_read(people.carol)) == [Queue.objects.get(slug="finance")]
    assert not queues_read(people.alice).exists()
    assert not queues_read(people.mallory).exists()


def test_a_group_is_asked_by_name_and_nobody_else_of_the_queue(desk: Desk) -> None:
    queue, dora = share(desk, second_share=100), person("dora")
    group = PeopleGroup.objects.create(name="board", title="Board")
    group.people.set([desk.people.alice, dora])
    Queue.objects.update(looks_by=group)
    closed(desk)
    task = drawn(desk).task
    assert task is not None
    assert list(view("mine", dora)) == [task]
    told = Notice.objects.filter(task=task).values_list("kind", "person__username", "text")
    assert list(told) == [("asked", "dora", "Finance gives it to you.")]
    for other in (desk.people.alice, desk.people.bob):  # who decided first, and who is of the queue alone
        assert not view("team", other).filter(pk=task.pk).exists()
        assert not view("mine", other).exists()
    with pytest.raises(PermissionDenied):
        decide_task(task_id=task.pk, actor=desk.people.bob, outcome="approve")
    decide_task(task_id=task.pk, actor=dora, outcome="approve")
    desk.close(task)
    assert quality_of(queue).pairs[0].people == ("Alice Moreau", "Dora")


def test_whoever_of_the_group_is_away_is_stood_in_for(desk: Desk) -> None:
    share(desk, second_share=100)
    group, dora = PeopleGroup.objects.create(name="board", title="Board"), person("dora")
    group.people.set([dora])
    Queue.objects.update(looks_by=group)
    closed(desk)
    now = desk.bench.clock.process_now()
    Absence.objects.create(person=dora, starts_at=now, ends_at=now + timedelta(days=1), delegate=desk.people.bob)
    task = drawn(desk).task
    assert task is not None
    assert list(view("mine", desk.people.bob)) == [task]
    assert not view("mine", dora).exists()


def test_another_queue_takes_them_among_its_own_tasks(desk: Desk) -> None:
    finance, dora = share(desk, second_share=100), person("dora")
    audit = Queue.objects.create(slug="audit", title="Audit")
    audit.memberships.create(person=dora)
    audit.memberships.create(person=desk.people.alice)
    Queue.objects.filter(pk=finance.pk).update(looks_in=audit)
    closed(desk)
    look = drawn(desk)
    assert look.task is not None
    assert (look.queue, look.task.queue) == (finance, audit)
    assert list(view("team", dora)) == [look.task]
    assert not view("team", desk.people.bob).filter(pk=look.task.pk).exists()
    with pytest.raises(SelfApproval):
        decide_task(task_id=look.task.pk, actor=desk.people.alice, outcome="approve")
    decide_task(task_id=look.task.pk, actor=dora, outcome="approve")
    desk.close(look.task)
    assert quality_of(finance).pairs[0].people == ("Alice Moreau", "Dora")


def test_nothing_is_drawn_where_only_the_first_person_would_be_asked(desk: Desk) -> None:
    share(desk, second_share=100)
    group = PeopleGroup.objects.create(name="board", title="Board")
    group.people.set([desk.people.alice])
    Queue.objects.update(looks_by=group)
    closed(desk)
    draw_looks()
    assert not SecondLook.objects.exists()


def test_a_group_and_another_queue_at_once_are_refused(desk: Desk) -> None:
    group = PeopleGroup.objects.create(name="board", title="Board")
    with pytest.raises(IntegrityError), transaction.atomic():
        Queue.objects.update(looks_by=group, looks_in=desk.people.finance)


def compared(desk: Desk, first: Person, second: Person, *cells: tuple[str, str, int]) -> None:
    """So many looks: what the first decided, what the second did, and how often."""
    queue, at = desk.people.finance, desk.bench.clock.process_now()
    answers = [(expected, outcome) for expected, outcome, number in cells for _ in range(number)]
    for expected, outcome in answers:
        task = opened()
        of = {"kind": "second", "queue": queue, "original": task, "drawn_for": task, "opened_at": at, "ended_at": at}
        SecondLook.objects.create(**of, expected=expected, outcome=outcome, first_by=first, by=second)


def test_kappa_of_the_queue_and_of_each_pair_by_hand(desk: Desk) -> None:
    """Alice and Bob: 35 alike of 50, 70 %, and 50 % by chance: 0.4. Whoever was first makes no difference between
    pairs. Alice and Carol: 29 cases are too few. The queue: 64 alike of 79, and (60 x 53 + 19 x 26) / 79^2 = .5887 by
    chance: .5384."""
    alice, bob, carol = desk.people.alice, desk.people.bob, desk.people.carol
    compared(desk, alice, bob, ("yes", "yes", 10), ("yes", "no", 5), ("no", "yes", 4), ("no", "no", 8))
    compared(desk, bob, alice, ("yes", "yes", 10), ("yes", "no", 6), ("no", "no", 7))
    compared(desk, carol, alice, ("yes", "yes", 29))
    found = quality_of(desk.people.finance)
    (one, other) = found.pairs
    assert (one.people, one.agreement.pairs, one.agreement.same) == (("Alice Moreau", "Bob Tan"), 50, 35)
    assert one.agreement.kappa == pytest.approx(0.4, abs=0.0001)
    assert [one.agreement.low, one.agreement.high] == pytest.approx([0.1460, 0.6540], abs=0.001)
    assert (other.people, other.agreement.pairs, other.agreement.kappa) == (("Carol Nyström", "Alice Moreau"), 29, None)
    assert other.agreement.too_few
    assert (found.agreement.pairs, found.agreement.same) == (79, 64)
    assert found.agreement.kappa == pytest.approx(0.5384, abs=0.0001)
