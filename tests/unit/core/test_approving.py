"""Several people decide one review: as many as needed, in order, four eyes, blind, and what disagreement leads to."""

from __future__ import annotations

from typing import Any

import pytest

from orchestration.core.approving import withheld
from orchestration.core.effects import CloseReview, PersonRef, ShowApprovals
from orchestration.core.events import ApproverAsked, DecisionTakenBack, TimerFired
from orchestration.core.language.definition import compile_definition
from tests.unit.core.runs import ALICE, BOB, CAROL, Player

DAVE = PersonRef("4", "Dave")
ANN, OSCAR = {"kind": "user", "name": "ann"}, {"kind": "owner", "of": "workflow"}


def asked(escalate: list[Any] | None = None, **approvals: Any) -> Player:
    """A review that waits for several people."""
    plan = {"need": 2, "of": 2, "in_order": False, "blind": False, "alone": [], "disagree": {"to": OSCAR}, **approvals}
    review = {
        "id": "approval",
        "kind": "review",
        "title": "T",
        "outcomes": [{"id": name, "label": name, "risk": "low", "reason": "never"} for name in ("approve", "reject")],
        "fields": [{"name": "n", "label": "N", "value": "${ input.n }", "edit": True, "type": "number"}],
        "assign": {"queue": "finance", "approvals": plan},
        "sla": {"due": 3_600},
        "unanswered": {"after": 7_200, "outcome": "reject"},
        **({"escalate": escalate} if escalate else {}),
    }
    canonical = {"workflow": "w", "title": "W", "input": {"type": "object"}, "steps": [review]}
    player = Player(compile_definition(canonical))
    player.starts()
    return player


def standing(player: Player) -> tuple[str, str | None]:
    step = player.state.steps["approval"]
    return str((step.review or {})["status"]), (step.result or {}).get("outcome")


def shown(player: Player) -> Any:
    """What the desk was told last."""
    effects = [effect for decided in player.made for effect in decided.effects]
    return next(effect for effect in reversed(effects) if isinstance(effect, ShowApprovals)).approvals


def kinds(player: Player) -> list[str]:
    return [change.kind for change in player.changes]


def test_two_people_who_agree_settle_it_and_one_does_not() -> None:
    player = asked()
    player.decides("approval", "approve", by=ALICE)
    assert standing(player) == ("open", None)
    assert [vote["by"]["label"] for vote in shown(player)["votes"]] == ["Alice"]
    player.decides("approval", "approve", by=BOB)
    assert standing(player) == ("closed", "approve")
    assert [each["by"] for each in player.state.steps["approval"].result["decisions"]] == ["Alice", "Bob"]
    assert player.folded == player.state


def test_nobody_decides_twice() -> None:
    player = asked()
    player.decides("approval", "approve", by=ALICE)
    assert player.decides("approval", "approve", by=ALICE) is None
    assert standing(player) == ("open", None)


def test_the_clocks_run_until_the_last_of_them_has_decided() -> None:
    player = asked()
    player.decides("approval", "approve", by=ALICE)
    player.passes(hours=3)
    player.fires_what_is_due()
    assert standing(player) == ("unanswered", "reject")


# need, of, who votes what, and what it comes to
COUNTS = (
    (2, 3, ("approve", "reject", "approve"), "approve"),
    (2, 3, ("reject", "approve", "reject"), "reject"),
    (3, 3, ("approve", "approve"), None),
    (3, 3, ("approve", "reject"), "disputed"),
    (2, 2, ("approve", "reject"), "disputed"),
    (3, 4, ("approve", "reject", "approve"), None),
    (3, 4, ("approve", "reject", "reject"), None),
    (3, 4, ("approve", "reject", "reject", "approve"), "disputed"),
)


@pytest.mark.parametrize(("need", "of", "votes", "expected"), COUNTS)
def test_an_outcome_counts_when_enough_have_voted_for_it(
    need: int, of: int, votes: tuple[str, ...], expected: str | None
) -> None:
    player = asked(need=need, of=of)
    for by, outcome in zip((ALICE, BOB, CAROL, DAVE), votes, strict=False):
        assert player.decides("approval", outcome, by=by) is not None
    if expected == "disputed":
        assert standing(player) == ("open", None)
        assert shown(player)["disputed"]
    else:
        assert standing(player) == ("closed" if expected else "open", expected)


def test_what_one_person_may_settle_counts_at_once() -> None:
    player = asked(alone=["reject"])
    player.decides("approval", "reject", by=ALICE)
    assert standing(player) == ("closed", "reject")


def test_one_more_person_settles_a_dispute_alone() -> None:
    player = asked()
    player.decides("approval", "approve", by=ALICE)
    player.decides("approval", "reject", by=DAVE)
    seats = shown(player)["seats"]
    assert (seats[-1]["to"], [person["label"] for person in seats[-1]["people"]]) == (OSCAR, ["Bob", "Carol"])
    assert player.decides("approval", "approve", by=ALICE) is None
    player.decides("approval", "reject", by=BOB)
    assert standing(player) == ("closed", "reject")
    assert player.folded == player.state


def test_a_dispute_may_end_as_the_workflow_says() -> None:
    player = asked(disagree={"outcome": "reject"})
    player.decides("approval", "reject", by=ALICE)
    player.decides("approval", "approve", by=BOB)
    assert standing(player) == ("closed", "reject")
    assert kinds(player).count("review.disputed") == 1


def test_in_order_the_second_is_asked_when_the_first_has_decided() -> None:
    player = asked(in_order=True, targets=[ANN, OSCAR])
    assert [seat["people"] is not None for seat in shown(player)["seats"]] == [True, False]
    player.decides("approval", "approve", by=ALICE)
    assert [seat["people"] is not None for seat in shown(player)["seats"]] == [True, True]
    player.decides("approval", "approve", by=BOB)
    assert standing(player) == ("closed", "approve")


def test_named_seats_are_all_asked_at_once_without_an_order() -> None:
    player = asked(targets=[ANN, OSCAR])
    assert kinds(player).count("review.approver_asked") == 2


def test_corrections_of_both_count_and_the_later_one_wins() -> None:
    player = asked()
    player.decides("approval", "approve", by=ALICE, n=8.0)
    player.decides("approval", "approve", by=BOB, n=7.0)  # as it was shown: Bob has corrected nothing
    assert player.state.steps["approval"].result["fields"] == {"n": 8.0}


# ---- blind ---------------------------------------------------------------------------------------


def test_nobody_can_read_a_blind_vote_before_the_others_have_voted() -> None:
    player = asked(blind=True)
    player.decides("approval", "approve", by=ALICE)
    vote = next(change for change in player.changes if change.kind == "review.voted")
    assert "approve" not in str(vote.data)
    assert "approve" not in str(shown(player)["votes"])
    assert withheld(player.changes) == {player.changes.index(vote)}
    player.decides("approval", "approve", by=BOB)
    assert withheld(player.changes) == frozenset()
    assert player.folded == player.state


def test_blind_votes_have_to_agree_on_what_they_correct_too() -> None:
    player = asked(blind=True)
    player.decides("approval", "approve", by=ALICE, n=8.0)
    player.decides("approval", "approve", by=BOB, n=9.0)
    assert shown(player)["disputed"]
    assert withheld(player.changes) == frozenset()


def test_the_vote_that_reveals_the_others_cannot_be_taken_back() -> None:
    player = asked(blind=True)
    player.decides("approval", "approve", by=ALICE, undo=True)
    player.decides("approval", "reject", by=DAVE, undo=True)
    assert player.happens(DecisionTakenBack("approval", DAVE)) is None
    agreed = asked(blind=True)
    agreed.decides("approval", "approve", by=ALICE, undo=True)
    agreed.decides("approval", "approve", by=BOB, undo=True)
    assert standing(agreed) == ("closed", "approve")


# ---- taking back ---------------------------------------------------------------------------------


def test_a_vote_can_be_taken_back_while_nobody_has_voted_after_it() -> None:
    player = asked()
    player.decides("approval", "approve", by=ALICE, undo=True)
    player.happens(DecisionTakenBack("approval", ALICE))
    assert shown(player)["votes"] == []
    player.decides("approval", "reject", by=ALICE, undo=True)
    player.decides("approval", "reject", by=BOB, undo=True)
    assert player.happens(DecisionTakenBack("approval", ALICE)) is None
    assert player.folded == player.state


def test_a_vote_counts_when_its_time_is_over() -> None:
    player = asked()
    player.decides("approval", "approve", by=ALICE, undo=True)
    player.passes(seconds=11)
    assert player.happens(DecisionTakenBack("approval", ALICE)) is None


def test_taking_the_last_vote_back_opens_the_review_with_the_votes_before_it() -> None:
    player = asked()
    player.decides("approval", "approve", by=ALICE)
    player.decides("approval", "approve", by=BOB, undo=True)
    assert standing(player) == ("decided", None)
    player.happens(DecisionTakenBack("approval", BOB))
    assert standing(player) == ("open", None)
    assert [vote["by"]["label"] for vote in shown(player)["votes"]] == ["Alice"]
    assert player.state.timers["approval:breach"].status == "armed"
    player.decides("approval", "approve", by=BOB, undo=True)
    player.passes(seconds=10)
    timer = player.state.timers["approval:undo"]
    player.happens(TimerFired(timer.name, timer.generation))
    assert standing(player) == ("closed", "approve")
    assert player.folded == player.state


def test_whoever_was_asked_because_of_a_vote_is_asked_no_more_when_it_is_taken_back() -> None:
    player = asked(in_order=True, targets=[ANN, OSCAR])
    player.decides("approval", "approve", by=ALICE, undo=True)
    player.happens(DecisionTakenBack("approval", ALICE))
    assert [seat["people"] is not None for seat in shown(player)["seats"]] == [True, False]
    disputed = asked()
    disputed.decides("approval", "approve", by=ALICE)
    disputed.decides("approval", "reject", by=BOB, undo=True)
    disputed.happens(DecisionTakenBack("approval", BOB))
    assert (shown(disputed)["disputed"], len(shown(disputed)["seats"])) == (False, 2)
    disputed.decides("approval", "approve", by=BOB)
    assert standing(disputed) == ("closed", "approve")


def test_it_is_closed_once() -> None:
    player = asked()
    for by in (ALICE, BOB, CAROL):
        player.decides("approval", "approve", by=by)
    effects = [effect for decided in player.made for effect in decided.effects]
    assert len([effect for effect in effects if isinstance(effect, CloseReview)]) == 1


def test_a_level_that_moves_it_asks_the_new_people_and_no_vote_seats_the_others_again() -> None:
    levels = [{"after": 1_800, "business": False, "to": OSCAR, "mode": "move"}]
    player = asked(need=2, of=3, targets=[ANN, ANN, ANN], escalate=levels)
    for seat, person in enumerate((ALICE, BOB, DAVE)):
        player.happens(ApproverAsked("approval", seat, (person,)))
    player.decides("approval", "approve", by=ALICE)
    timer = player.state.timers["approval:level.0"]
    player.passes(minutes=30)
    player.happens(TimerFired(timer.name, timer.generation, (CAROL,)))
    assert [seat["people"][0]["label"] for seat in shown(player)["seats"]] == ["Alice", "Carol", "Carol"]
    player.decides("approval", "approve", by=CAROL)
    assert standing(player) == ("closed", "approve")
    assert player.folded == player.state
