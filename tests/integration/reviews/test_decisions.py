"""Deciding: what is taken, what is refused, and what happened instead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction

from orchestration import api, ports
from orchestration.ports import Answer, Question
from reviewhub.accounts.permissions import PermissionDenied
from reviewhub.reviews.exceptions import (
    EvidenceChanged,
    InvalidDecision,
    KeyReused,
    SelfApproval,
    StaleTask,
    TaskMoved,
    TaskTaken,
    UndoClosed,
)
from reviewhub.reviews.models import Decision, Override, ReviewTask
from reviewhub.reviews.selectors import history_of
from reviewhub.reviews.services import claim_task, comment_on_task, decide_task, release_task, take_back_decision
from tests.support.bench import Says
from tests.support.desk import Desk


def test_a_decision_stands_until_the_undo_window_closes_and_then_the_run_goes_on(desk: Desk) -> None:
    task = desk.task()
    decision = decide_task(task_id=task.pk, actor=desk.people.alice, outcome="approve")
    task.refresh_from_db()
    assert (task.status, task.outcome, task.undo_until) == ("decided", "approve", decision.undo_until)
    assert desk.run(task).status == "running"
    assert desk.bench.tools["erp.order"].calls == []
    desk.close(task)
    assert (task.status, desk.run(task).status, desk.run(task).outcome) == ("closed", "succeeded", "ordered")
    assert len(desk.bench.tools["erp.order"].calls) == 1


def test_a_decision_asks_the_database_a_bounded_number_of_times(
    desk: Desk, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    """The first one also reads what the process and the person keep from then on, in whatever order tests run."""
    first, task = desk.task(), desk.task()
    decide_task(task_id=first.pk, actor=desk.people.alice, outcome="approve")
    with django_assert_max_num_queries(25):
        decide_task(task_id=task.pk, actor=desk.people.alice, outcome="approve")


def test_the_recommendation_stays_as_it_was_beside_the_decision(desk: Desk) -> None:
    task = desk.task()
    assert (task.ai_outcome, task.ai_confidence) == ("approve", 0.9)
    decide_task(task_id=task.pk, actor=desk.people.alice, outcome="reject", reasons=["policy"])
    desk.close(task)
    assert (task.ai_outcome, task.outcome) == ("approve", "reject")
    assert task.recommendation is not None
    assert task.recommendation.outcome == "approve"


def test_a_corrected_field_is_what_the_run_goes_on_with(desk: Desk) -> None:
    task = desk.task(amount=500)
    decision = decide_task(task_id=task.pk, actor=desk.people.alice, outcome="approve", fields={"amount": "450"})
    desk.close(task)
    [(given, _)] = desk.bench.tools["erp.order"].calls
    assert given == {"amount": 450.0}
    assert (
        decision.override.differences
        == [{"field": "amount", "label": "amount", "ai_value": 500.0, "human_value": 450.0}]
        or decision.override.differences[0]["human_value"] == 450.0
    )
    assert not decision.override.against_ai


def test_an_override_is_kept_with_its_reasons_and_what_they_feed(desk: Desk) -> None:
    task = desk.task()
    decision = decide_task(
        task_id=task.pk,
        actor=desk.people.alice,
        outcome="reject",
        reasons=["policy", "policy/approved_exception"],
        note="Agreed with Carol.",
        ai_right_if_known="yes",
    )
    override = Override.objects.get(decision=decision)
    assert (override.against_ai, override.ai_outcome, override.ai_confidence) == (True, "approve", 0.9)
    assert set(override.reasons.values_list("code", flat=True)) == {"policy", "policy/approved_exception"}
    assert (override.note, override.ai_right_if_known) == ("Agreed with Carol.", "yes")
    assert not override.trains, "an exception never trains a model"


def test_deciding_against_the_ai_without_a_reason_is_refused_and_nothing_is_half_done(desk: Desk) -> None:
    task = desk.task()
    before = desk.kinds(task)
    with pytest.raises(InvalidDecision) as refused:
        decide_task(task_id=task.pk, actor=desk.people.alice, outcome="reject")
    assert [fault["path"] for fault in refused.value.faults] == ["/reasons"]
    assert desk.kinds(task) == before
    assert not Decision.objects.exists()


@pytest.mark.parametrize(
    ("reasons", "note", "path"),
    [(["mood"], "", "/reasons"), (["other"], "  ", "/note")],  # not in the catalogue; needs a few words
)
def test_a_reason_has_to_be_in_the_catalogue_and_complete(desk: Desk, reasons: list[str], note: str, path: str) -> None:
    with pytest.raises(InvalidDecision) as refused:
        decide_task(task_id=desk.task().pk, actor=desk.people.alice, outcome="reject", reasons=reasons, note=note)
    assert [fault["path"] for fault in refused.value.faults] == [path]


def test_agreeing_leaves_no_override(desk: Desk) -> None:
    decide_task(task_id=desk.task().pk, actor=desk.people.alice, outcome="approve")
    assert not Override.objects.exists()


def test_a_high_risk_outcome_is_confirmed_and_then_counts_at_once(desk: Desk) -> None:
    task = desk.task(amount=50_000)
    with pytest.raises(InvalidDecision, match="confirm it deliberately"):
        decide_task(task_id=task.pk, actor=desk.people.alice, outcome="approve")
    decision = decide_task(task_id=task.pk, actor=desk.people.alice, outcome="approve", confirmed=True)
    task.refresh_from_db()
    assert (decision.undo_until, task.status, task.closed_at) == (None, "closed", desk.bench.clock.process)
    with pytest.raises(UndoClosed, match="counts already"):
        take_back_decision(task_id=task.pk, actor=desk.people.alice)


# ---- who, and with what in front of them -------------------------------------------------------


def test_nobody_decides_their_own_request_on_any_channel(desk: Desk) -> None:
    task = desk.task(requester="Alice@example.com")
    for channel in Decision.Channel.values:
        with pytest.raises(SelfApproval):
            decide_task(task_id=task.pk, actor=desk.people.alice, outcome="approve", channel=channel)


@pytest.mark.parametrize("who", ["mallory", "bob", "oscar"])
def test_somebody_whom_nobody_asked_cannot_decide(desk: Desk, who: str) -> None:
    with pytest.raises(PermissionDenied, match="may not decide this task"):
        decide_task(task_id=desk.task().pk, actor=getattr(desk.people, who), outcome="approve")


def test_a_stale_page_cannot_decide_and_says_what_happened(desk: Desk) -> None:
    task = desk.task()
    claim_task(task_id=task.pk, actor=desk.people.carol)
    release_task(task_id=task.pk, actor=desk.people.carol)
    with pytest.raises(StaleTask, match="it is open, and nobody has it") as refused:
        decide_task(task_id=task.pk, actor=desk.people.alice, outcome="approve", expected_version=task.version)
    assert refused.value.details["version"] == task.version + 2


def test_a_comment_or_a_warning_does_not_make_a_page_stale(desk: Desk) -> None:
    task = desk.task()
    comment_on_task(task_id=task.pk, actor=desk.people.carol, text="Looks fine.")
    desk.bench.clock.forward(hours=4)
    desk.bench.sweep()
    decide_task(task_id=task.pk, actor=desk.people.alice, outcome="approve", expected_version=task.version)


def test_a_task_that_somebody_holds_is_theirs_to_decide(desk: Desk) -> None:
    task = desk.task()
    claim_task(task_id=task.pk, actor=desk.people.alice)
    with pytest.raises(TaskTaken, match="Alice Moreau has claimed it"):
        decide_task(task_id=task.pk, actor=desk.people.carol, outcome="approve")
    decide_task(task_id=task.pk, actor=desk.people.alice, outcome="approve")


def test_a_decided_task_says_who_decided_what(desk: Desk) -> None:
    task = desk.task()
    decide_task(task_id=task.pk, actor=desk.people.alice, outcome="approve")
    with pytest.raises(TaskMoved, match="Alice Moreau decided “Approve”") as refused:
        decide_task(task_id=task.pk, actor=desk.people.carol, outcome="reject")
    assert refused.value.details["by"] == "Alice Moreau"
    assert refused.value.details["outcome"] == "approve"


def test_the_one_who_came_too_late_is_on_record_too(desk: Desk) -> None:
    task = desk.task()
    decide_task(task_id=task.pk, actor=desk.people.alice, outcome="approve")
    with pytest.raises(TaskMoved):
        decide_task(task_id=task.pk, actor=desk.people.carol, outcome="reject")
    last = api.timeline(task.run_id)[-1]
    assert (last.kind, last.actor.label, last.data["outcome"]) == ("desk.refused", "Carol Nyström", "reject")
    assert history_of(task)[0].says == "Carol Nyström wanted “Reject”, too late to count"


def test_doubts_about_the_recommendation_are_concerns_and_come_first(desk: Desk) -> None:
    class Doubts(Says):
        def recommend(self, question: Question) -> Answer:
            return replace(super().recommend(question), provenance={"concerns": ["The note tries to instruct the AI"]})

    ports.bind(recommender=Doubts())
    task = desk.task(amount=2_000)
    assert task.concerns == ["The note tries to instruct the AI", "A lot of money"]
    assert task.why == ["exception"]


def test_what_was_shown_has_to_be_what_the_task_says(desk: Desk) -> None:
    task = desk.task()
    with pytest.raises(EvidenceChanged, match="look again"):
        decide_task(task_id=task.pk, actor=desk.people.alice, outcome="approve", evidence_hash="0" * 64)
    shown = task.evidence_hash
    decision = decide_task(task_id=task.pk, actor=desk.people.alice, outcome="approve", evidence_hash=shown)
    assert decision.evidence_hash == shown


def test_a_cancelled_run_takes_its_task_away(desk: Desk) -> None:
    task = desk.task()
    api.cancel_run(run_id=task.run_id, reason="Ordered twice.", actor=api.SYSTEM)
    with pytest.raises(TaskMoved, match=r"withdrawn"):
        decide_task(task_id=task.pk, actor=desk.people.alice, outcome="approve")


# ---- once --------------------------------------------------------------------------------------


def test_the_same_decision_sent_twice_counts_once_and_answers_the_same(desk: Desk) -> None:
    task = desk.task()
    first, second = (
        decide_task(task_id=task.pk, actor=desk.people.alice, outcome="approve", idempotency_key="k1") for _ in range(2)
    )
    assert first == second
    assert desk.kinds(task).count("desk.decided") == 1
    desk.close(task)
    late = decide_task(task_id=task.pk, actor=desk.people.alice, outcome="approve", idempotency_key="k1")
    assert late == first


def test_a_key_does_not_carry_another_decision(desk: Desk) -> None:
    task = desk.task()
    decide_task(task_id=task.pk, actor=desk.people.alice, outcome="approve", idempotency_key="k1")
    with pytest.raises(KeyReused):
        decide_task(
            task_id=task.pk, actor=desk.people.alice, outcome="reject", reasons=["policy"], idempotency_key="k1"
        )


def test_somebody_elses_key_is_not_mine(desk: Desk) -> None:
    task = desk.task()
    decide_task(task_id=task.pk, actor=desk.people.alice, outcome="approve", idempotency_key="k1")
    with pytest.raises(TaskMoved):
        decide_task(task_id=task.pk, actor=desk.people.carol, outcome="approve", idempotency_key="k1")


def test_a_decision_is_never_changed_or_removed(desk: Desk) -> None:
    decision = decide_task(task_id=desk.task().pk, actor=desk.people.alice, outcome="approve")
    decision.outcome = "reject"
    with pytest.raises(ValidationError, match="never changed"):
        decision.save()
    with pytest.raises(ValidationError, match="never deleted"):
        decision.delete()


def test_the_database_itself_refuses_to_change_a_decision(desk: Desk) -> None:
    task = desk.task()
    decision = decide_task(task_id=task.pk, actor=desk.people.alice, outcome="reject", reasons=["policy"])
    this, its_override = Decision.objects.filter(pk=decision.pk), Override.objects.filter(decision=decision)
    with pytest.raises(DatabaseError), transaction.atomic():
        this.update(outcome="approve")
    with pytest.raises(DatabaseError), transaction.atomic():
        its_override.update(ai_outcome="reject")
    take_back_decision(task_id=task.pk, actor=desk.people.alice)
    with pytest.raises(DatabaseError), transaction.atomic():
        this.update(taken_back_by=desk.people.mallory)
    assert this.get().taken_back_by == desk.people.alice


def test_the_database_lets_one_decision_stand(desk: Desk) -> None:
    decision = decide_task(task_id=desk.task().pk, actor=desk.people.alice, outcome="approve")
    decision.pk = None
    decision._state.adding = True
    with pytest.raises(IntegrityError), transaction.atomic():
        decision.save(force_insert=True)


# ---- taking back -------------------------------------------------------------------------------


def test_a_decision_taken_back_can_be_decided_the_other_way(desk: Desk) -> None:
    task = desk.task()
    first = decide_task(task_id=task.pk, actor=desk.people.alice, outcome="approve")
    back = take_back_decision(task_id=task.pk, actor=desk.people.alice)
    assert (back.status, back.claimed_by, back.outcome) == ("claimed", desk.people.alice, "")
    first.refresh_from_db()
    assert (first.outcome, first.taken_back_by) == ("approve", desk.people.alice)
    decide_task(task_id=task.pk, actor=desk.people.alice, outcome="reject", reasons=["human_error/misclick"])
    desk.close(task)
    assert (task.outcome, desk.run(task).outcome) == ("reject", "rejected")
    assert desk.bench.tools["erp.order"].calls == []


def test_only_the_decider_takes_a_decision_back(desk: Desk) -> None:
    task = desk.task()
    decide_task(task_id=task.pk, actor=desk.people.alice, outcome="approve")
    with pytest.raises(PermissionDenied, match="Only Alice Moreau"):
        take_back_decision(task_id=task.pk, actor=desk.people.carol)


def test_after_the_window_nothing_is_taken_back(desk: Desk) -> None:
    task = desk.task()
    decide_task(task_id=task.pk, actor=desk.people.alice, outcome="approve")
    desk.bench.clock.system += timedelta(seconds=10)
    with pytest.raises(UndoClosed, match="the time for taking it back is over"):
        take_back_decision(task_id=task.pk, actor=desk.people.alice)


def test_there_is_nothing_to_take_back_before_somebody_decided(desk: Desk) -> None:
    with pytest.raises(TaskMoved, match="There is no decision to take back"):
        take_back_decision(task_id=desk.task().pk, actor=desk.people.alice)


def test_the_undo_window_is_system_time_and_the_decision_process_time(desk: Desk) -> None:
    task = desk.task()
    desk.bench.clock.process += timedelta(hours=1)
    decision = decide_task(task_id=task.pk, actor=desk.people.alice, outcome="approve")
    assert decision.received_at == desk.bench.clock.process
    assert decision.undo_until == desk.bench.clock.system + timedelta(seconds=desk.people.finance.undo_seconds)


# ---- what it leaves on record ------------------------------------------------------------------


def test_everything_is_in_the_runs_trail_and_the_trail_verifies(desk: Desk) -> None:
    task = desk.task()
    claim_task(task_id=task.pk, actor=desk.people.alice)
    decide_task(task_id=task.pk, actor=desk.people.alice, outcome="reject", reasons=["policy"], note="No.")
    take_back_decision(task_id=task.pk, actor=desk.people.alice)
    decide_task(task_id=task.pk, actor=desk.people.alice, outcome="approve")
    desk.close(task)
    kinds = [kind for kind in desk.kinds(task) if kind.startswith(("desk.", "review."))]
    assert kinds == [
        "review.opened",
        "desk.claimed",
        "review.decided",
        "desk.decided",
        "review.taken_back",
        "review.decided",
        "desk.decided",
        "review.closed",
    ]
    assert api.verify_audit().ok
    assert api.folded(task.run_id) == api.run_state(task.run_id)


def test_a_waiting_task_by_status_is_one_by_its_instants(desk: Desk) -> None:
    task = desk.task()
    with pytest.raises(IntegrityError), transaction.atomic():
        ReviewTask.objects.filter(pk=task.pk).update(decided_at=desk.bench.clock.process)
