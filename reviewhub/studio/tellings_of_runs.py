"""What audit events say of a run as a whole, of the runs around it, and of its timers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reviewhub.studio.facts import Fact, Names
from reviewhub.studio.wording import again, length, source, used_up


def run_started(_: Names, fact: Fact) -> str:
    where = source(str(fact.data.get("source", "")))
    who = f", by {fact.who}" if fact.data.get("source") in ("manual", "api") else ""
    return f"The run started {where}{who}, on version {fact.data.get('version')}"


FOLLOWED = {"rerun": "ran it once more", "retry": "tried it again", "fork": "went on from it"}


def run_followed(names: Names, fact: Fact) -> str:
    how, step = str(fact.data.get("how")), str(fact.data.get("step", ""))
    start = f" from {names.step(step)}" if step else f" from event {fact.data['at']}" if how == "fork" else ""
    return f"{fact.who} {FOLLOWED.get(how, how)}{start}, as another run"


def run_ended(_: Names, fact: Fact) -> str:
    reason = str(fact.data.get("reason", "")).rstrip(".")
    if fact.data.get("status") == "cancelled":
        return f"{fact.who} cancelled the run: {reason}"
    if fact.data.get("status") == "failed":
        return f"The run failed{fact.because or f': {reason}'}"
    return f"The run ended: {fact.data.get('outcome')}"


HOLDERS = {"workflow": "Its workflow", "parent": "The run that started it"}


def run_paused(_: Names, fact: Fact) -> str:
    reason = str(fact.data.get("reason", "")).rstrip(".")
    holder, because = HOLDERS.get(str(fact.data.get("by"))), f": {reason}" if reason else ""
    return f"{holder} is paused, and this run with it{because}" if holder else f"{fact.who} paused the run{because}"


def run_held_by(_: Names, fact: Fact) -> str:
    reason = str(fact.data.get("reason", "")).rstrip(".")
    holder, because = HOLDERS.get(str(fact.data.get("by")), fact.who), f": {reason}" if reason else ""
    return f"{holder} holds the run as well{because}"


def run_let_go(_: Names, fact: Fact) -> str:
    return f"{HOLDERS.get(str(fact.data.get('by')), fact.who)} holds the run no more; somebody else does"


def run_resumed(_: Names, fact: Fact) -> str:
    return f"{fact.who} let the run go on, after {length(fact.data['paused_for'])}"


def run_migrated(names: Names, fact: Fact) -> str:
    anew = ", ".join(names.step(path) for path in (*fact.data["anew"], *fact.data.get("renamed", {}).values()))
    carried = ", ".join(f"{names.step(old)} as {names.step(new)}" for old, new in fact.data.get("carried", {}).items())
    said = f"{fact.who} moved the run from version {fact.data['from']} to version {fact.data['to']}"
    said = f"{said}; begun anew: {anew}" if anew else said
    return f"{said}; goes on: {carried}" if carried else said


def run_held(names: Names, fact: Fact) -> str:
    dropped = fact.data.get("dropped", ())
    said = "Not needed any more when the run goes on: " if dropped else "Waits for the run to go on: "
    return said + ", ".join(names.step(path) for path in dropped or fact.data["paths"])


def run_ending(_: Names, fact: Fact) -> str:
    if fact.data["status"] == "cancelled":
        return f"{fact.who} cancelled the run: {str(fact.data['reason']).rstrip('.')}; first what was done is undone"
    return f"The run comes to its end as failed{fact.because}; first comes what the workflow says for that"


def run_handled(_: Names, fact: Fact) -> str:
    return "What the workflow says for a failed run is done"


def run_undoing(_: Names, fact: Fact) -> str:
    return f"What the run did is undone: {str(fact.data['reason']).rstrip('.')}"


def event_emitted(names: Names, fact: Fact) -> str:
    return f"{names.step(fact.path)} told everybody who waits for it: {fact.data['event']}"


def child_asked(names: Names, fact: Fact) -> str:
    again = f", for the {int(fact.data['number'])}. time" if int(fact.data["number"]) > 1 else ""
    return f"A run of {fact.data['workflow']} was asked for{again}"


ENDED = {"succeeded": "ended", "failed": "failed", "cancelled": "was cancelled"}


def child_ended(names: Names, fact: Fact) -> str:
    if fact.data["run"] is None:
        return f"The run for {names.step(fact.path)} could not start"
    outcome = f": {fact.data['outcome']}" if fact.data["status"] == "succeeded" else ""
    return f"The run that {names.step(fact.path)} started {ENDED[str(fact.data['status'])]}{outcome}"


def child_failed(names: Names, fact: Fact) -> str:
    return f"{names.step(fact.path)} did not get what it needs{fact.because}{again(fact.data)}"


def deadline_warned(names: Names, fact: Fact) -> str:
    subject = names.step(fact.path) if fact.path else "the run"
    return f"{used_up(fact.data.get('stage'))} that {subject} has is gone"


def deadline_breached(names: Names, fact: Fact) -> str:
    subject = names.step(fact.path) if fact.path else "The run"
    waited = ", ".join(_waited_for(names, each) for each in fact.data["cause"])
    return f"{subject} missed its due time{f': {waited}' if waited else ''}"


def _waited_for(names: Names, step: Mapping[str, str]) -> str:
    words = STILL_OPEN.get(step["status"], "{} was open")
    return words.format(names.step(step["path"]))


def timer_armed(names: Names, fact: Fact) -> str:
    return "Clocks set: " + ", ".join(names.timer(timer[0]) for timer in fact.data["timers"])


def timer_stopped(names: Names, fact: Fact) -> str:
    return "Clocks stopped: " + ", ".join(names.timer(name) for name in fact.data["names"])


def timer_held(names: Names, fact: Fact) -> str:
    return "Clocks stand still: " + ", ".join(names.timer(name) for name in fact.data["names"])


def timer_moved(names: Names, fact: Fact) -> str:
    return "Clocks set later: " + ", ".join(names.timer(timer[0]) for timer in fact.data["timers"])


def timer_fired(names: Names, fact: Fact) -> str:
    return f"It was time: {names.timer(str(fact.data['name']))}"


def timer_lost(names: Names, fact: Fact) -> str:
    return f"It was time for {names.timer(str(fact.data['name']))}, but something else had come first"


STILL_OPEN = {
    "incident": "{} needed a person",
    "waiting": "{} was waited for",
    "running": "{} was under way",
    "retrying": "{} was to be tried again",
    "limited": "{} waited for its turn",
    "ready": "{} had not begun",
}
TELLINGS: Mapping[str, Callable[[Names, Fact], str]] = {
    "run.started": run_started,
    "run.ended": run_ended,
    "run.followed": run_followed,
    "run.paused": run_paused,
    "run.held_by": run_held_by,
    "run.let_go": run_let_go,
    "run.resumed": run_resumed,
    "run.held": run_held,
    "run.migrated": run_migrated,
    "run.ending": run_ending,
    "run.handled": run_handled,
    "run.undoing": run_undoing,
    "event.emitted": event_emitted,
    "child.asked": child_asked,
    "child.ended": child_ended,
    "child.failed": child_failed,
    "deadline.warned": deadline_warned,
    "deadline.breached": deadline_breached,
    "timer.armed": timer_armed,
    "timer.stopped": timer_stopped,
    "timer.held": timer_held,
    "timer.moved": timer_moved,
    "timer.fired": timer_fired,
    "timer.lost": timer_lost,
}
