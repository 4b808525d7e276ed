"""One short run for each capability of the language, played to its end: what it records is kept with each release."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from orchestration.core.events import (
    AttemptDeferred,
    AttemptFailed,
    AttemptLeased,
    AttemptLost,
    AttemptReturned,
    AttemptSucceeded,
    CancelRequested,
    ChildEnded,
    ChildUndone,
    DecisionGiven,
    DecisionTakenBack,
    EventArrived,
    LevelCalled,
    LimitLifted,
    OutageBegan,
    OutageEnded,
    PauseRequested,
    ResumeRequested,
    ReviewPaused,
    ReviewResumed,
    Started,
    UndoRequested,
    UndosTaken,
)
from tests.unit.core.runs import ALICE, BOB, Player
from tests.unit.core.test_migrating import compiled

GIVEN = "input: {type: object, properties: {n: {type: number}, items: {type: array}}}"
REVIEW = "review: {outcomes: [approve, reject], assign: {queue: finance}"


def begun(steps: str, head: str = "") -> Player:
    player = Player(compiled(f"workflow: w\n{GIVEN}\n{head}\nsteps:\n{steps}"))
    player.starts()
    return player


def carried(player: Player) -> Player:
    """Whatever is ready is called, and answers with its own path."""
    while ready := [path for path, step in player.state.steps.items() if step.status == "ready"]:
        for path in ready:
            player.happens(AttemptLeased(path, "worker"))
            player.happens(AttemptSucceeded(path, player.state.steps[path].attempts, {"of": path}))
    return player


def fails(player: Player, path: str, kind: str = "permanent", ambiguous: str = "ask") -> Player:
    player.happens(AttemptLeased(path, "worker"))
    error = {"class": kind, "code": "busy", "message": "Busy."}
    player.happens(AttemptFailed(path, player.state.steps[path].attempts, error, ambiguous, 0.5))
    return player


def waited(player: Player, **time: float) -> Player:
    player.passes(**time)
    player.fires_what_is_due()
    return player


def each() -> Player:
    return carried(begun("  - {id: a, each: {in: '${ input.items }', concurrency: 2, steps: [{id: b, tool: t@1}]}}"))


def each_collects() -> Player:
    steps = "  - {id: a, each: {in: '${ input.items }', errors: collect, join: any, steps: [{id: b, tool: t@1}]}}"
    return carried(fails(begun(steps), "a#1/b"))


def repeat() -> Player:
    return carried(begun("  - {id: a, repeat: {until: '${ number == 3 }', max: 5, steps: [{id: b, tool: t@1}]}}"))


def repeat_ends() -> Player:
    return carried(
        begun(
            "  - {id: a, repeat: {until: '${false}', max: 2, steps: [{id: b, set: {}}]}, on_error: [{id: c, set: {}}]}"
        )
    )


def wait() -> Player:
    steps = "  - {id: a, wait: {for: 1h}}\n  - {id: b, wait: {event: e, key: k}}\n"
    player = waited(
        begun(steps + "  - {id: c, wait: {event: e, key: k, unanswered: {after: 1h, outcome: late}}}"), hours=1
    )
    player.happens(EventArrived("b", "e", "k", "e1", {"n": 1.0}, player.now))
    return waited(player, hours=1)


def workflow() -> Player:
    player = begun(
        "  - {id: a, workflow: w2, with: {n: 1}}\n  - {id: b, workflow: w2, child_fails: {result: {ok: false}}}"
    )
    player.happens(ChildEnded("a", 1, "r2", "succeeded", "done", {"ok": True}, None, 0.5))
    player.happens(ChildEnded("b", 1, "r3", "failed", "failed", None, {"code": "x", "message": "No."}, 0.5))
    return player


def workflow_again() -> Player:
    player = begun("  - {id: a, workflow: w2, retry: {attempts: 2}}")
    player.happens(ChildEnded("a", 1, "r2", "failed", "failed", None, {"code": "x", "message": "No."}, 0.5))
    waited(player, minutes=5)
    player.happens(ChildEnded("a", 2, "r3", "succeeded", "done", {}, None, 0.5))
    return player


def emit() -> Player:
    return begun("  - {id: a, emit: {event: e, key: '${ input.n }', with: {n: 1}}}")


def any_of() -> Player:
    branches = f"{{one: [{{id: a, tool: t@1}}], two: [{{id: b, {REVIEW}}}}}], three: [{{id: c, wait: {{for: 1h}}}}]}}"
    return carried(begun(f"  - {{id: p, parallel: {{join: any, branches: {branches}}}}}"))


def at_least() -> Player:
    branches = "{one: [{id: a, tool: t@1}], two: [{id: b, tool: t@1}], three: [{id: c, wait: {for: 1h}}]}"
    return carried(begun(f"  - {{id: p, parallel: {{join: {{at_least: 2}}, branches: {branches}}}}}"))


def stopped() -> Player:
    branches = "{one: [{id: a, tool: t@1}], two: [{id: b, wait: {for: 1h}}]}"
    steps = f"  - {{id: p, parallel: {{errors: stop, branches: {branches}}}, on_error: [{{id: c, set: {{}}}}]}}"
    return fails(begun(steps), "p/one/a")


UNDONE = """
  - {id: a, tool: t@1, undo: {tool: u@1}}
  - {id: b, tool: t@1, undo: {tool: u@1}}
  - {id: c, tool: t@1, undo: {tool: u@1}, retry: {attempts: 1}}
"""


def undone() -> Player:
    player = carried(begun(UNDONE.replace("  - {id: c", "  - {id: x, wait: {for: 1h}}\n  - {id: c")))
    player.happens(CancelRequested("Ordered twice."))
    return carried(player)


def undo_unsettled() -> Player:
    """An ambiguous call is looked up before anything is undone."""
    player = begun(UNDONE)
    for path in ("a", "b"):
        player.happens(AttemptLeased(path, "worker"))
        player.happens(AttemptSucceeded(path, 1, {}))
    player.happens(AttemptLeased("c", "worker"))
    player.happens(CancelRequested("Not wanted."))
    player.happens(AttemptSucceeded("c", 1, {}))
    return carried(player)


def undo_of_a_child() -> Player:
    player = begun("  - {id: a, workflow: w2}\n  - {id: b, wait: {for: 1h}}")
    player.happens(ChildEnded("a", 1, "r2", "succeeded", "done", {}, None, 0.5, undoes=True))
    player.happens(CancelRequested("Not wanted."))
    player.happens(ChildUndone("a", "r2"))
    return player


def fallback() -> Player:
    return carried(fails(begun("  - {id: a, tool: t@1, fallback: [{tool: u@1}]}"), "a"))


def on_error() -> Player:
    steps = "  - {id: a, tool: t@1, on_error: [{id: b, tool: u@1}, {id: c, set: {n: 1}}]}"
    return carried(fails(begun(steps), "a"))


def on_error_of_all() -> Player:
    player = begun("  - {id: a, tool: t@1}", "on_error: [{id: told, tool: u@1}]")
    fails(player, "a").decides("a!1", "fail")
    return carried(player)


def timeout() -> Player:
    return waited(begun(f"  - {{id: a, {REVIEW}}}, timeout: 2d, on_error: [{{id: b, set: {{}}}}]}}"), days=2)


def sla() -> Player:
    player = begun("  - {id: a, wait: {for: 10h}}\n  - {id: b, tool: t@1, sla: {due: 1h}}", "sla: {due: 8h}")
    return carried(waited(waited(player, hours=11), hours=2))


def cache() -> Player:
    steps = "  - {id: a, tool: t@1, with: {n: 1}, cache: 1h}\n  - {id: b, tool: t@1, with: {n: 1}, cache: 1h}"
    return carried(begun(steps))


def continued() -> Player:
    return begun("  - {continue: {n: 2}}")


def limited() -> Player:
    player = begun("  - {id: a, tool: t@1}")
    player.happens(AttemptDeferred("a", "tool:t", "rate", player.now + timedelta(seconds=30)))
    player.happens(LimitLifted("a"))
    return carried(player)


def lost() -> Player:
    player = begun("  - {id: a, tool: t@1}")
    player.happens(AttemptLeased("a", "worker"))
    player.happens(AttemptLost("a", 1, "retry", 0.5))
    return carried(waited(player, minutes=5))


def given_back() -> Player:
    """Neither the retries nor the person who would be asked after them are nearer for it."""
    player = begun("  - {id: a, tool: t@1, retry: {attempts: 2}}")
    player.happens(AttemptLeased("a", "worker"))
    player.happens(AttemptReturned("a", 1))
    fails(player, "a", "transient")
    assert player.state.steps["a"].status == "retrying"
    return carried(waited(player, minutes=5))


def incident_skipped() -> Player:
    player = fails(begun("  - {id: a, tool: t@1}"), "a")
    player.happens(DecisionGiven("a!1", "skip", {"skip.result": {"n": 1}}, ALICE, player.now, None))
    return player


def incident_corrected() -> Player:
    player = fails(begun("  - {id: a, tool: t@1, with: {n: 1}}"), "a")
    player.happens(DecisionGiven("a!1", "retry_corrected", {"n": 2}, ALICE, player.now, None))
    return carried(player)


def incident_compensated() -> Player:
    player = begun(UNDONE)
    for path in ("a", "b"):
        player.happens(AttemptLeased(path, "worker"))
        player.happens(AttemptSucceeded(path, 1, {}))
    fails(player, "c").decides("c!1", "compensate")
    return carried(player)


def incident_failed() -> Player:
    player = fails(begun("  - {id: a, tool: t@1}"), "a")
    player.decides("a!1", "fail")
    return player


def review_set_aside() -> Player:
    more = (
        ", sla: {due: 8h}, escalate: [{after: 1d, to: {backup_of: queue}}], unanswered: {after: 3d, outcome: reject}}"
    )
    player = begun(f"  - {{id: a, {REVIEW}{more}}}")
    player.happens(ReviewPaused("a", "asked", player.now + timedelta(days=1), stops_clock=True, by=ALICE))
    player.passes(hours=3)
    player.happens(ReviewResumed("a", ALICE))
    player.happens(ReviewPaused("a", "snoozed", player.now + timedelta(hours=2), stops_clock=False, by=ALICE))
    waited(player, hours=3)
    player.happens(LevelCalled("a", 0, (BOB,), ALICE))
    return waited(player, days=4)


def outage() -> Player:
    """Clocks that stand still for an outage, while a question is asked, a level is called and a decision taken back."""
    more = (
        ", sla: {due: 8h}, escalate: [{after: 1d, to: {backup_of: queue}}], unanswered: {after: 3d, outcome: reject}}"
    )
    player = begun(f"  - {{id: a, {REVIEW}{more}}}")
    player.happens(OutageBegan("a", "The ERP is down", "Carol"))
    player.passes(hours=30)
    player.happens(ReviewPaused("a", "asked", player.now + timedelta(days=1), stops_clock=True, by=ALICE))
    player.passes(hours=1)
    player.happens(ReviewResumed("a", ALICE))
    player.decides("a", "reject", undo=True)
    player.happens(DecisionTakenBack("a", ALICE))
    player.happens(LevelCalled("a", 0, (BOB,), ALICE))
    player.happens(OutageEnded("a", "Carol"))
    return waited(player, days=4)


def paused_review() -> Player:
    """A review's instants come later by the pause, and so do those that a decision has stopped."""
    steps = f"  - {{id: a, {REVIEW}, sla: {{due: 8h}}, unanswered: {{after: 3d, outcome: reject}}}}}}"
    player = begun(steps)
    player.decides("a", "reject", undo=True)
    player.happens(PauseRequested("Wait."))
    player.passes(hours=5)
    player.happens(ResumeRequested())
    player.happens(DecisionTakenBack("a", ALICE))
    return waited(player, days=4)


def undone_after_all() -> Player:
    """It had ended well; one of its undos was taken over by a run that goes on from it, the rest is undone later."""
    player = begun(UNDONE)
    for path in ("a", "b", "c"):
        player.happens(AttemptLeased(path, "worker"))
        player.happens(AttemptSucceeded(path, 1, {}))
    player.happens(UndosTaken(("c~undo",), "r2"))
    player.happens(UndoRequested("Not needed."))
    return carried(player)


def settled_in_a_lost_branch() -> Player:
    """A call of a branch that has lost its join is waited for, since it could be undone."""
    branches = "{one: [{id: a, tool: t@1, undo: {tool: u@1}}], two: [{id: b, tool: t@1}]}"
    player = begun(f"  - {{id: p, parallel: {{join: any, branches: {branches}}}}}")
    player.happens(AttemptLeased("p/one/a", "worker"))
    player.happens(AttemptLeased("p/two/b", "worker"))
    player.happens(AttemptSucceeded("p/two/b", 1, {}))
    player.happens(AttemptSucceeded("p/one/a", 1, {}))
    return carried(player)


def held_at_its_start() -> Player:
    """Its workflow is paused: not even what needs no call is begun."""
    player = Player(compiled(f"workflow: w\n{GIVEN}\nlimits: {{duration: 30d}}\nsteps:\n  - {{id: a, set: {{n: 1}}}}"))
    player.happens(Started({"n": 1.0}, "api", None, paused="The ERP moves"))
    assert player.state.steps == {}
    player.passes(hours=1)
    player.happens(ResumeRequested("workflow"))
    return player


def held_by_several() -> Player:
    player = begun("  - {id: a, workflow: w2}\n  - {id: b, tool: t@1}")
    player.happens(PauseRequested("The ERP moves", "workflow"))
    player.happens(PauseRequested("Mine"))
    player.passes(hours=1)
    player.happens(ResumeRequested("workflow"))
    player.happens(ChildEnded("a", 1, "r2", "succeeded", "done", {}, None, 0.5))
    player.happens(ResumeRequested("person"))
    return carried(player)


CAPABILITIES: Mapping[str, tuple[Callable[[], Player], str]] = {  # how each is played, and how it ends
    "each": (each, "succeeded"),
    "each-collects": (each_collects, "succeeded"),
    "repeat": (repeat, "succeeded"),
    "repeat-ends": (repeat_ends, "succeeded"),
    "wait": (wait, "succeeded"),
    "workflow": (workflow, "succeeded"),
    "workflow-again": (workflow_again, "succeeded"),
    "emit": (emit, "succeeded"),
    "any": (any_of, "succeeded"),
    "at-least": (at_least, "succeeded"),
    "stopped": (stopped, "succeeded"),
    "undone": (undone, "cancelled"),
    "undo-unsettled": (undo_unsettled, "cancelled"),
    "undo-of-a-child": (undo_of_a_child, "cancelled"),
    "fallback": (fallback, "succeeded"),
    "on-error": (on_error, "succeeded"),
    "on-error-of-all": (on_error_of_all, "failed"),
    "timeout": (timeout, "succeeded"),
    "sla": (sla, "succeeded"),
    "cache": (cache, "succeeded"),
    "continued": (continued, "succeeded"),
    "limited": (limited, "succeeded"),
    "lost": (lost, "succeeded"),
    "given-back": (given_back, "succeeded"),
    "incident-skipped": (incident_skipped, "succeeded"),
    "incident-corrected": (incident_corrected, "succeeded"),
    "incident-compensated": (incident_compensated, "failed"),
    "incident-failed": (incident_failed, "failed"),
    "review-set-aside": (review_set_aside, "succeeded"),
    "outage": (outage, "succeeded"),
    "paused-review": (paused_review, "succeeded"),
    "undone-after-all": (undone_after_all, "cancelled"),
    "settled": (settled_in_a_lost_branch, "succeeded"),
    "held-at-its-start": (held_at_its_start, "succeeded"),
    "held-by-several": (held_by_several, "succeeded"),
}
