"""Played runs whose histories are kept with each release: one for each capability that records facts of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from orchestration.core.changes import fold
from orchestration.core.events import (
    AttemptLeased,
    AttemptSucceeded,
    DecisionTakenBack,
    EventArrived,
    Origin,
    PauseRequested,
    ResumeRequested,
    Started,
    TimerFired,
)
from orchestration.core.forking import followed, known_before
from tests.unit.core.runs import ALICE, BOB, CAROL, Player
from tests.unit.core.test_migrating import ASKED, NAMES, RENAMED, TEXT, compiled, migrated

SEVERAL = """\
workflow: several
owner: oscar
steps:
  - id: approval
    review:
      outcomes: [approve, reject]
      assign: {queue: finance, approvals: {need: 2, blind: true, disagree: {to: {owner: workflow}}}}
      sla: {due: 2h}
"""
WAITS = """\
workflow: waits
steps:
  - {id: a, wait: {event: e, key: k, unanswered: {after: 1h, outcome: late}}}
"""


def _begun() -> Player:
    player = Player(compiled(TEXT))
    player.starts()
    _done(player, "stock")
    return player


def _done(player: Player, path: str) -> None:
    player.happens(AttemptLeased(path, "worker"))
    player.happens(AttemptSucceeded(path, player.state.steps[path].attempts, {"of": path}))


def paused_and_moved() -> Player:
    """A pause during which a call ends and a decision is made, and a move to another version."""
    player = _begun()
    player.happens(AttemptLeased("both/price/price", "worker"))
    player.happens(PauseRequested("The ERP moves"))
    player.passes(hours=2)
    player.happens(AttemptSucceeded("both/price/price", 1, {"price": 7.5}))
    player.decides("both/asked/approval", "approve")
    player.happens(ResumeRequested())
    migrated(player, TEXT.replace("id: price", "id: cost"), price="cost")
    player.fires_what_is_due()
    _done(player, "order")
    return player


def taken_over() -> Player:
    """A retry from the last step of a run that has ended."""
    old = _begun()
    _done(old, "both/price/price")
    old.decides("both/asked/approval", "approve")
    _done(old, "order")
    player = Player(old.definition)
    known = known_before(old.state, old.definition, "order")
    origin = Origin("r0", "retry", old.state.sequence, "order")
    player.happens(Started(dict(old.state.input), "retry", None, origin, known))
    _done(player, "order")
    return player


def decided_by_several() -> Player:
    """Blind votes that differ, one of them taken back and given again, and one person more who settles it."""
    player = Player(compiled(SEVERAL))
    player.starts()
    player.decides("approval", "approve", by=ALICE, undo=True)
    player.happens(DecisionTakenBack("approval", ALICE))
    player.decides("approval", "approve", by=ALICE)
    player.passes(hours=1)
    player.decides("approval", "reject", by=CAROL)
    player.decides("approval", "approve", by=BOB)
    return player


def overtaken() -> Player:
    """The time of a wait is over just after its event has come: the timer loses, and leaves that as a fact."""
    player = Player(compiled(WAITS))
    player.starts()
    player.passes(hours=1)
    (timer,) = player.state.armed()
    player.happens(EventArrived("a", "e", "k", "e1", {}, player.now))
    player.happens(TimerFired(timer.name, timer.generation))
    return player


def carried_on() -> Player:
    """Moved to another version that calls by other names what waits: a review, a time and an event."""
    player = Player(compiled(ASKED))
    player.starts()
    player.passes(minutes=10)
    migrated(player, RENAMED, **NAMES)
    player.decides("both/asked/release", "approve")
    player.happens(EventArrived("both/told/settled", "paid", "k", "e1", {}, player.now))
    player.passes(days=1)
    player.fires_what_is_due()
    _done(player, "order")
    return player


def followed_by_another() -> Player:
    """It has ended, and another run goes on from one of its steps; the fact stands in its own story."""
    player = overtaken()
    change = followed("r2", Origin(player.state.id, "retry", player.state.sequence, "a"), player.now)
    player.state = fold(player.state, [change])
    player.changes.append(change)
    return player


SCENARIOS: Mapping[str, Callable[[], Player]] = {
    "control": paused_and_moved,
    "retry": taken_over,
    "several": decided_by_several,
    "overtaken": overtaken,
    "followed": followed_by_another,
    "carried-on": carried_on,
}
