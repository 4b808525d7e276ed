"""What is undone, in which order, and what is known before."""

from __future__ import annotations

from orchestration.core.effects import CancelChild, UndoChild, WithdrawReview
from orchestration.core.events import (
    AttemptFailed,
    AttemptLeased,
    AttemptLost,
    AttemptSucceeded,
    CancelRequested,
    ChildEnded,
    ChildUndone,
    UndoRequested,
)
from tests.unit.core.runs import Player
from tests.unit.core.test_blocks import fails, playing, ready, status, succeeds

ORDERS = """
  - id: orders
    each:
      in: ${ [1, 2] }
      steps:
        - {id: order, tool: order@1, with: {n: "${ item }"}, undo: {tool: cancel@1, with: {id: "${ steps.order.id }"}}}
  - id: fork
    parallel:
      branches:
        left: [{id: pay, tool: pay@1, undo: {tool: release@1}}]
        right: [{id: note, tool: note@1, ambiguous: reconcile, undo: {tool: erase@1, retry: {attempts: 1}}}]
  - {id: last, tool: last@1}
"""


def ordered() -> Player:
    """A run in which both orders and the payment are done, the second order first."""
    player = playing(ORDERS)
    succeeds(player, "orders#2/order", {"id": "B"})
    succeeds(player, "orders#1/order", {"id": "A"})
    succeeds(player, "fork/left/pay", {})
    return player


def test_the_last_that_was_done_is_undone_first_across_branches_and_items() -> None:
    player = ordered()
    succeeds(player, "fork/right/note", {})
    fails(player, "last")
    player.decides("last!1", "fail")
    undone = []
    while player.state.status == "ending":
        (path,) = ready(player)
        undone.append((path, player.state.steps[path].input))
        succeeds(player, path, {})
    assert undone == [
        ("fork/right/note~undo", {}),
        ("fork/left/pay~undo", {}),
        ("orders#1/order~undo", {"id": "A"}),
        ("orders#2/order~undo", {"id": "B"}),
    ]
    assert player.state.status == "failed"
    assert player.state.error["code"] == "busy"  # type: ignore[index]
    assert player.folded == player.state


def test_a_run_that_ends_well_undoes_nothing() -> None:
    player = ordered()
    succeeds(player, "fork/right/note", {})
    succeeds(player, "last", {})
    assert player.state.status == "succeeded"
    assert status(player, "fork/left/pay~undo") == "registered"


def test_cancelling_waits_for_a_call_that_is_under_way_and_undoes_it_too() -> None:
    player = ordered()
    player.happens(AttemptLeased("fork/right/note", "worker"))
    player.happens(CancelRequested("Not needed"))
    assert (player.state.status, status(player, "fork/right/note")) == ("ending", "running")
    assert ready(player) == []
    player.happens(AttemptSucceeded("fork/right/note", 1, {}))
    assert ready(player) == ["fork/right/note~undo"]
    while player.state.status == "ending":
        succeeds(player, ready(player)[0], {})
    assert (player.state.status, player.state.outcome) == ("cancelled", "cancelled")


def test_a_call_of_a_branch_that_lost_is_settled_so_that_it_can_be_undone() -> None:
    player = playing("""
  - id: fork
    parallel:
      join: any
      branches:
        left: [{id: pay, tool: pay@1, undo: {tool: release@1}}]
        right: [{id: note, tool: note@1}]
  - {id: last, tool: last@1}
""")
    player.happens(AttemptLeased("fork/left/pay", "worker"))
    succeeds(player, "fork/right/note", {})
    assert (status(player, "fork"), status(player, "fork/left/pay")) == ("succeeded", "running")
    player.happens(AttemptSucceeded("fork/left/pay", 1, {}))
    assert ready(player) == ["last"]
    player.happens(CancelRequested("Not needed"))
    assert ready(player) == ["fork/left/pay~undo"]


def test_nothing_found_means_nothing_to_undo() -> None:
    player = ordered()
    player.happens(AttemptLeased("fork/right/note", "worker"))
    player.happens(AttemptLost("fork/right/note", 1, "reconcile", 0.5))
    player.happens(CancelRequested("Not needed"))
    assert (player.state.steps["fork/right/note"].scope or {})["settling"]
    player.passes(minutes=5)
    player.fires_what_is_due()
    player.happens(AttemptLeased("fork/right/note", "worker"))
    error = {"class": "permanent", "code": "nothing_done", "message": "Nothing."}
    player.happens(AttemptFailed("fork/right/note", 2, error, "reconcile", 0.5))
    assert status(player, "fork/right/note") == "failed"
    assert ready(player) == ["fork/left/pay~undo"]


def test_with_no_answer_a_person_says_what_happened() -> None:
    player = ordered()
    player.happens(AttemptLeased("fork/right/note", "worker"))
    player.happens(AttemptLost("fork/right/note", 1, "ask", 0.5))
    player.happens(CancelRequested("Not needed"))
    assert (status(player, "fork/right/note"), ready(player)) == ("incident", [])
    player.decides("fork/right/note!1", "fail")
    assert ready(player) == ["fork/left/pay~undo"]


def test_an_undo_that_fails_is_put_before_a_person_and_the_others_follow() -> None:
    player = ordered()
    succeeds(player, "fork/right/note", {})
    player.happens(CancelRequested("Not needed"))
    fails(player, "fork/right/note~undo")
    assert (status(player, "fork/right/note~undo"), ready(player)) == ("incident", [])
    player.decides("fork/right/note~undo!1", "fail")
    assert status(player, "fork/right/note~undo") == "failed"
    assert ready(player) == ["fork/left/pay~undo"]


HANDLED = """
  - {id: pay, tool: pay@1, undo: {tool: release@1}}
  - {id: ask, review: {outcomes: [approve], assign: {queue: q}, sla: {due: 1h}}}
  - {id: stop, fail: The customer is gone}
on_error: [{id: told, tool: chat@1, with: {text: "${ error.message }"}}]
"""


def test_the_workflows_own_handlers_run_before_the_undoing_and_the_end() -> None:
    player = playing(HANDLED)
    succeeds(player, "pay", {})
    player.decides("ask", "approve")
    assert ready(player) == ["on_error/told"]
    assert player.state.steps["on_error/told"].input == {"text": "The customer is gone"}
    succeeds(player, "on_error/told")
    succeeds(player, "pay~undo")
    assert player.state.status == "failed"


def test_a_failure_of_the_handlers_does_not_keep_the_run_from_its_end() -> None:
    player = playing(HANDLED)
    succeeds(player, "pay", {})
    player.decides("ask", "approve")
    fails(player, "on_error/told")
    player.decides("on_error/told!1", "fail")
    assert ready(player) == ["pay~undo"]


def test_a_cancelled_run_is_not_handled_as_an_error() -> None:
    player = playing(HANDLED)
    succeeds(player, "pay", {})
    made = player.happens(CancelRequested("Enough"))
    assert made is not None
    assert any(isinstance(effect, WithdrawReview) for effect in made.effects)
    assert ready(player) == ["pay~undo"]


FALLBACK = """
  - id: send
    tool: first@1
    retry: {attempts: 1}
    undo: {tool: unsend@1}
    fallback: [{tool: second@1, with: {n: 2}}, {tool: third@1, undo: {tool: third.undo@1}}]
  - {id: last, set: {of: "${ steps.send.by }"}}
  - {id: stop, fail: No}
"""


def test_other_tools_take_the_place_of_one_that_failed() -> None:
    player = playing(FALLBACK)
    fails(player, "send", "transient")
    assert player.state.steps["send~fallback1"].input == {"n": 2}
    fails(player, "send~fallback1")
    succeeds(player, "send~fallback2", {"by": "third"})
    assert player.state.steps["send"].result == {"by": "third"}
    assert player.state.steps["last"].result == {"of": "third"}
    assert ready(player) == ["send~fallback2~undo"]  # what was done is undone, by what undoes it


def test_after_the_last_tool_a_person_is_asked() -> None:
    player = playing(FALLBACK)
    for path in ("send", "send~fallback1", "send~fallback2"):
        fails(player, path)
    assert status(player, "send") == "incident"
    player.decides("send!1", "retry")
    succeeds(player, "send", {"by": "first"})
    assert player.state.steps["last"].result == {"of": "first"}


def test_no_other_tool_is_called_after_a_call_that_may_have_taken_effect() -> None:
    player = playing(FALLBACK)
    fails(player, "send", "ambiguous")
    assert status(player, "send") == "incident"
    assert "send~fallback1" not in player.state.steps


INSIDE = """
  - {id: before, tool: pay@1, undo: {tool: release@1}}
  - {id: inside, workflow: other}
  - {id: after, tool: note@1, undo: {tool: erase@1}}
  - {id: last, tool: last@1}
"""


def child_ends(player: Player, path: str, status: str = "succeeded", *, undoes: bool = True) -> None:
    player.happens(ChildEnded(path, 1, "r2", status, "done", {}, None, 0.5, undoes=undoes and status == "succeeded"))


def test_a_run_that_was_started_and_ended_well_is_undone_in_its_turn() -> None:
    player = playing(INSIDE)
    succeeds(player, "before", {})
    child_ends(player, "inside")
    succeeds(player, "after", {})
    player.happens(CancelRequested("Not needed"))
    succeeds(player, "after~undo", {})
    assert status(player, "inside~undo") == "waiting"
    assert UndoChild("inside", "r2") in player.made[-1].effects
    assert ready(player) == []
    assert player.happens(ChildUndone("inside", "another")) is None
    player.happens(ChildUndone("inside", "r2"))
    assert ready(player) == ["before~undo"]
    succeeds(player, "before~undo", {})
    assert player.state.status == "cancelled"
    assert player.folded == player.state


def test_a_run_with_nothing_to_undo_is_left_alone() -> None:
    player = playing(INSIDE)
    succeeds(player, "before", {})
    child_ends(player, "inside", undoes=False)
    succeeds(player, "after", {})
    player.happens(CancelRequested("Not needed"))
    succeeds(player, "after~undo", {})
    assert ready(player) == ["before~undo"]


def test_a_run_that_goes_on_alone_is_not_undone() -> None:
    player = playing(INSIDE.replace("workflow: other", "workflow: other, parent_ends: leave"))
    succeeds(player, "before", {})
    child_ends(player, "inside")
    player.happens(CancelRequested("Not needed"))
    assert ready(player) == ["before~undo"]


def test_what_a_cancelled_run_did_is_undone_before_what_was_done_earlier() -> None:
    player = playing(INSIDE)
    succeeds(player, "before", {})
    player.happens(CancelRequested("Not needed"))
    assert CancelChild("inside", 1, "Not needed") in player.made[-1].effects
    assert ready(player) == []
    child_ends(player, "inside", "cancelled")
    assert (status(player, "inside"), ready(player)) == ("failed", ["before~undo"])


def test_a_run_that_ended_well_while_it_was_being_cancelled_is_undone_too() -> None:
    player = playing(INSIDE)
    succeeds(player, "before", {})
    player.happens(CancelRequested("Not needed"))
    child_ends(player, "inside")
    assert (status(player, "inside~undo"), ready(player)) == ("waiting", [])
    player.happens(ChildUndone("inside", "r2"))
    assert ready(player) == ["before~undo"]


def test_a_run_that_ended_well_undoes_what_it_did_when_it_is_told_to() -> None:
    player = ordered()
    succeeds(player, "fork/right/note", {})
    succeeds(player, "last", {})
    player.happens(UndoRequested("Not needed"))
    assert (player.state.status, ready(player)) == ("ending", ["fork/right/note~undo"])
    while player.state.status == "ending":
        succeeds(player, ready(player)[0], {})
    assert (player.state.status, player.state.outcome) == ("cancelled", "undone")
    assert player.happens(UndoRequested("Once more")) is None
    assert player.folded == player.state


def test_what_a_child_that_failed_did_is_not_undone_again() -> None:
    player = playing(INSIDE.replace("workflow: other", "workflow: other, child_fails: {result: {}}"))
    succeeds(player, "before", {})
    player.happens(ChildEnded("inside", 1, "r2", "failed", "failed", None, None, 0.5, undoes=True))
    assert "inside~undo" not in player.state.steps


UNSURE = """
  - {id: pay, tool: pay@1, ambiguous: retry, undo: {tool: release@1}, retry: {attempts: 2},
     on_error: [{id: told, tool: chat@1}]}
"""


def unsure_and_then(kind: str) -> Player:
    """A payment whose first call may have taken effect, and whose last one ended so."""
    player = playing(UNSURE)
    for number, ended_with in enumerate(("ambiguous", kind), 1):
        player.happens(AttemptLeased("pay", "worker"))
        error = {"class": ended_with, "code": "busy", "message": "No answer."}
        player.happens(AttemptFailed("pay", number, error, "retry", 0.5))
        player.passes(hours=1)
        player.fires_what_is_due()
    return player


def test_whoever_cannot_be_reached_any_more_has_not_said_what_the_first_call_did() -> None:
    player = unsure_and_then("transient")
    assert status(player, "pay") == "incident"
    assert ready(player) == []


def test_a_tool_that_refuses_the_same_call_has_said_what_the_first_one_did() -> None:
    assert ready(unsure_and_then("permanent")) == ["pay/on_error/told"]
