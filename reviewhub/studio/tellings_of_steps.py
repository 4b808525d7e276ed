"""What audit events say of steps, their attempts, incidents and undos, and of what they wait for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from reviewhub.studio.facts import Fact, Names
from reviewhub.studio.wording import again, length


def undo_registered(names: Names, fact: Fact) -> str:
    return f"{names.step(fact.path.rpartition('~')[0])} could be undone from here on"


def undo_started(names: Names, fact: Fact) -> str:
    return f"{names.step(fact.path)} began"


def undo_asked(names: Names, fact: Fact) -> str:
    return f"{names.step(fact.path)} began: the run that it had started undoes what it did"


def undo_taken(names: Names, fact: Fact) -> str:
    steps = ", ".join(names.step(path.removesuffix("~undo")) for path in fact.data["paths"])
    return f"The run that goes on from this one is the one that can undo from here on: {steps}"


def step_settling(names: Names, fact: Fact) -> str:
    return f"{names.step(fact.path)} is not needed any more, but may be taking effect; that is found out first"


def step_reused(names: Names, fact: Fact) -> str:
    age = length(fact.at - datetime.fromisoformat(str(fact.data["at"])))
    return f"{names.step(fact.path)} was not asked again: the answer to the same question was taken, {age} old"


def step_replaced(names: Names, fact: Fact) -> str:
    return f"{names.step(fact.path)} could not be done{fact.because}; another tool takes its place"


OPENINGS = {"review": "A person was asked", "ai": "The AI was asked", "tool": "Began", "wait": "Began to wait"}


def step_opened(names: Names, fact: Fact) -> str:
    return f"{OPENINGS.get(str(fact.data['kind']), 'Came to')}: {names.step(fact.path)}"


def step_skipped(names: Names, fact: Fact) -> str:
    return f"{names.step(fact.path)} was left out: its condition was not met"


def step_ready(names: Names, fact: Fact) -> str:
    return f"{names.step(fact.path)} is tried again{' with corrected input' if fact.values else ''}"


BECAUSE = {
    "rate": "enough calls for now",
    "concurrency": "enough calls at a time",
    "breaker": "it failed too often and is left alone for a while",
    "rests": "it asked for patience",
}


def step_limited(names: Names, fact: Fact) -> str:
    of = str(fact.data["of"]).partition(":")[2]
    return f"{names.step(fact.path)} waits for its turn at {of}: {BECAUSE[str(fact.data['because'])]}"


def step_joined(names: Names, fact: Fact) -> str:
    scope, step = fact.data["scope"], names.step(fact.path)
    if "round" in scope:
        return f"Round {scope['round']} of {step} began"
    part = "An item" if names.kind(fact.path) == "each" else "A branch"
    how = "failed" if fact.data.get("failed") else "is done"
    left = scope["open"] + scope.get("count", 0) - scope.get("next", 1) + 1 if "count" in scope else scope["open"]
    return f"{part} of {step} {how}, {left} to go" if left else f"{part} of {step} {how}; it was the last"


def step_caught(names: Names, fact: Fact) -> str:
    return f"{names.step(fact.path)} could not be done{fact.because}; what the workflow says for that began"


def step_succeeded(names: Names, fact: Fact) -> str:
    result = (fact.values or {}).get("result")
    if fact.data.get("handled"):
        return f"What the workflow says for an error of {names.step(fact.path)} is done; it goes on"
    kind = names.kind(fact.path)
    if kind == "ai" and isinstance(result, Mapping):
        return _recommended(names.step(fact.path), result)
    if kind == "switch" and isinstance(result, Mapping):
        return _taken(names, fact, result.get("case"))
    return f"{names.step(fact.path)} is done"


def _recommended(step: str, result: Mapping[str, Any]) -> str:
    if not result.get("outcome"):
        return f"The AI wrote a draft for {step}" if result.get("text") else f"The AI gave no answer to {step}"
    sure = result.get("confidence")
    percent = f", {round(float(sure) * 100)} % sure" if sure is not None else ""
    return f"The AI answered {step}: {result['outcome']}{percent}"


def _taken(names: Names, fact: Fact, case: Any) -> str:
    if case is None:
        return f"None of the ways of {names.step(fact.path)} applied"
    return f"{names.step(fact.path)} went this way: {names.branch(fact.path, str(case))}"


def step_failed(names: Names, fact: Fact) -> str:
    return f"{names.step(fact.path)} failed for good{fact.because}"


def step_cancelled(names: Names, fact: Fact) -> str:
    return f"{names.step(fact.path)} was not needed any more"


CLASSES = {"transient": "may work later", "permanent": "will not work as it is", "ambiguous": "may have taken effect"}


def attempt_started(names: Names, fact: Fact) -> str:
    return f"Attempt {fact.data['number']} of {names.step(fact.path)}"


def attempt_failed(names: Names, fact: Fact) -> str:
    nature = CLASSES.get(str(fact.data.get("class")), "")
    said = f"Attempt {fact.data['number']} of {names.step(fact.path)} failed{fact.because}"
    return f"{said} ({nature}){again(fact.data)}" if nature else f"{said}{again(fact.data)}"


def attempt_returned(names: Names, fact: Fact) -> str:
    return f"{names.step(fact.path)} was given back before it was called, for another worker"


def attempt_lost(names: Names, fact: Fact) -> str:
    return f"The worker doing {names.step(fact.path)} was lost{again(fact.data)}"


def incident_opened(names: Names, fact: Fact) -> str:
    return f"{names.step(fact.path)} could not be done and was put before a person{fact.because}"


def incident_resolved(names: Names, fact: Fact) -> str:
    way = names.outcome(fact.path, str(fact.data["action"]))
    return f"{fact.data['by']['label']} chose for {names.step(fact.path)}: {way}"


def wait_unanswered(names: Names, fact: Fact) -> str:
    return f"Nothing came for {names.step(fact.path)} in time: {fact.data['outcome']}"


def event_taken(names: Names, fact: Fact) -> str:
    return f"{fact.data['event']} arrived, and {names.step(fact.path)} goes on"


TELLINGS: Mapping[str, Callable[[Names, Fact], str]] = {
    "step.opened": step_opened,
    "step.skipped": step_skipped,
    "step.ready": step_ready,
    "step.limited": step_limited,
    "step.joined": step_joined,
    "step.caught": step_caught,
    "step.settling": step_settling,
    "step.reused": step_reused,
    "step.replaced": step_replaced,
    "undo.registered": undo_registered,
    "undo.started": undo_started,
    "undo.asked": undo_asked,
    "undo.taken": undo_taken,
    "step.succeeded": step_succeeded,
    "step.failed": step_failed,
    "step.cancelled": step_cancelled,
    "attempt.started": attempt_started,
    "attempt.failed": attempt_failed,
    "attempt.lost": attempt_lost,
    "attempt.returned": attempt_returned,
    "incident.opened": incident_opened,
    "incident.resolved": incident_resolved,
    "wait.unanswered": wait_unanswered,
    "event.taken": event_taken,
}
