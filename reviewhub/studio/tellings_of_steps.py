"""What audit events say of steps, their attempts, incidents and undos, and of what they wait for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from reviewhub.studio.facts import Fact, Names
from reviewhub.studio.wording import again, length


def undo_registered(names: Names, fact: Fact) -> str:
    return _("%(step)s could be undone from here on") % {"step": names.step(fact.path.rpartition("~")[0])}


def undo_taken(names: Names, fact: Fact) -> str:
    steps = ", ".join(names.step(path.removesuffix("~undo")) for path in fact.data["paths"])
    return _("The run that goes on from this one is the one that can undo from here on: %(steps)s") % {"steps": steps}


def step_reused(names: Names, fact: Fact) -> str:
    age = length(fact.at - datetime.fromisoformat(str(fact.data["at"])))
    said = _("%(step)s was not asked again: the answer to the same question was taken, %(age)s old")
    return said % {"step": names.step(fact.path), "age": age}


OPENINGS = {
    "review": _lazy("A person was asked: %(step)s"),
    "ai": _lazy("The AI was asked: %(step)s"),
    "tool": _lazy("Began: %(step)s"),
    "wait": _lazy("Began to wait: %(step)s"),
}


def step_opened(names: Names, fact: Fact) -> str:
    words = OPENINGS.get(str(fact.data["kind"])) or _("Came to: %(step)s")
    return str(words) % {"step": names.step(fact.path)}


def step_ready(names: Names, fact: Fact) -> str:
    words = _("%(step)s is tried again with corrected input") if fact.values else _("%(step)s is tried again")
    return words % {"step": names.step(fact.path)}


BECAUSE = {
    "rate": _lazy("enough calls for now"),
    "concurrency": _lazy("enough calls at a time"),
    "breaker": _lazy("it failed too often and is left alone for a while"),
    "rests": _lazy("it asked for patience"),
}


def step_limited(names: Names, fact: Fact) -> str:
    return _("%(step)s waits for its turn at %(of)s: %(why)s") % {
        "step": names.step(fact.path),
        "of": str(fact.data["of"]).partition(":")[2],
        "why": BECAUSE[str(fact.data["because"])],
    }


PARTS = {  # of a fork, by whether it is a loop, whether it failed, and whether others are to come
    (True, False, True): _lazy("An item of %(step)s is done, %(left)s to go"),
    (True, False, False): _lazy("An item of %(step)s is done; it was the last"),
    (True, True, True): _lazy("An item of %(step)s failed, %(left)s to go"),
    (True, True, False): _lazy("An item of %(step)s failed; it was the last"),
    (False, False, True): _lazy("A branch of %(step)s is done, %(left)s to go"),
    (False, False, False): _lazy("A branch of %(step)s is done; it was the last"),
    (False, True, True): _lazy("A branch of %(step)s failed, %(left)s to go"),
    (False, True, False): _lazy("A branch of %(step)s failed; it was the last"),
}


def step_joined(names: Names, fact: Fact) -> str:
    scope, step = fact.data["scope"], names.step(fact.path)
    if "round" in scope:
        return _("Round %(number)s of %(step)s began") % {"number": scope["round"], "step": step}
    left = scope["open"] + scope.get("count", 0) - scope.get("next", 1) + 1 if "count" in scope else scope["open"]
    words = PARTS[names.kind(fact.path) == "each", bool(fact.data.get("failed")), bool(left)]
    return str(words) % {"step": step, "left": left}


def step_succeeded(names: Names, fact: Fact) -> str:
    result = (fact.values or {}).get("result")
    if fact.data.get("handled"):
        said = _("What the workflow says for an error of %(step)s is done; it goes on")
        return said % {"step": names.step(fact.path)}
    kind = names.kind(fact.path)
    if kind == "ai" and isinstance(result, Mapping):
        return _recommended(names.step(fact.path), result)
    if kind == "switch" and isinstance(result, Mapping):
        return _taken(names, fact, result.get("case"))
    return _("%(step)s is done") % {"step": names.step(fact.path)}


def _recommended(step: str, result: Mapping[str, Any]) -> str:
    said = {"step": step, "outcome": result.get("outcome")}
    if not result.get("outcome"):
        none = _("The AI wrote a draft for %(step)s") if result.get("text") else _("The AI gave no answer to %(step)s")
        return none % said
    sure = result.get("confidence")
    if sure is None:
        return _("The AI answered %(step)s: %(outcome)s") % said
    share = {**said, "percent": round(float(sure) * 100)}
    return _("The AI answered %(step)s: %(outcome)s, %(percent)s %% sure") % share


def _taken(names: Names, fact: Fact, case: Any) -> str:
    if case is None:
        return _("None of the ways of %(step)s applied") % {"step": names.step(fact.path)}
    said = {"step": names.step(fact.path), "way": names.branch(fact.path, str(case))}
    return _("%(step)s went this way: %(way)s") % said


CLASSES = {
    "transient": _lazy("may work later"),
    "permanent": _lazy("will not work as it is"),
    "ambiguous": _lazy("may have taken effect"),
}


def attempt_started(names: Names, fact: Fact) -> str:
    return _("Attempt %(number)s of %(step)s") % {"number": fact.data["number"], "step": names.step(fact.path)}


def attempt_failed(names: Names, fact: Fact) -> str:
    nature = CLASSES.get(str(fact.data.get("class")))
    said = {"number": fact.data["number"], "step": names.step(fact.path), "because": fact.because}
    failed = _("Attempt %(number)s of %(step)s failed%(because)s") % said
    return f"{failed} ({nature}){again(fact.data)}" if nature else f"{failed}{again(fact.data)}"


def attempt_lost(names: Names, fact: Fact) -> str:
    return _("The worker doing %(step)s was lost") % {"step": names.step(fact.path)} + again(fact.data)


def incident_resolved(names: Names, fact: Fact) -> str:
    return _("%(who)s chose for %(step)s: %(way)s") % {
        "who": fact.data["by"]["label"],
        "step": names.step(fact.path),
        "way": names.outcome(fact.path, str(fact.data["action"])),
    }


def wait_unanswered(names: Names, fact: Fact) -> str:
    said = {"step": names.step(fact.path), "outcome": fact.data["outcome"]}
    return _("Nothing came for %(step)s in time: %(outcome)s") % said


def event_taken(names: Names, fact: Fact) -> str:
    said = {"event": fact.data["event"], "step": names.step(fact.path)}
    return _("%(event)s arrived, and %(step)s goes on") % said


def _step(words: str | Promise) -> Callable[[Names, Fact], str]:
    """Of the step alone, and why."""
    return lambda names, fact: str(words) % {"step": names.step(fact.path), "because": fact.because}


TELLINGS: Mapping[str, Callable[[Names, Fact], str]] = {
    "step.opened": step_opened,
    "step.skipped": _step(_lazy("%(step)s was left out: its condition was not met")),
    "step.ready": step_ready,
    "step.limited": step_limited,
    "step.joined": step_joined,
    "step.caught": _step(_lazy("%(step)s could not be done%(because)s; what the workflow says for that began")),
    "step.settling": _step(_lazy("%(step)s is not needed any more, but may be taking effect; that is found out first")),
    "step.reused": step_reused,
    "step.replaced": _step(_lazy("%(step)s could not be done%(because)s; another tool takes its place")),
    "undo.registered": undo_registered,
    "undo.started": _step(_lazy("%(step)s began")),
    "undo.asked": _step(_lazy("%(step)s began: the run that it had started undoes what it did")),
    "undo.taken": undo_taken,
    "step.succeeded": step_succeeded,
    "step.failed": _step(_lazy("%(step)s failed for good%(because)s")),
    "step.cancelled": _step(_lazy("%(step)s was not needed any more")),
    "attempt.started": attempt_started,
    "attempt.failed": attempt_failed,
    "attempt.lost": attempt_lost,
    "attempt.returned": _step(_lazy("%(step)s was given back before it was called, for another worker")),
    "incident.opened": _step(_lazy("%(step)s could not be done and was put before a person%(because)s")),
    "incident.resolved": incident_resolved,
    "wait.unanswered": wait_unanswered,
    "event.taken": event_taken,
}
