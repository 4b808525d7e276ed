"""What audit events say of a run as a whole, of the runs around it, and of its timers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from reviewhub.studio.facts import Fact, Names
from reviewhub.studio.wording import again, length, source, used_up


def run_started(_names: Names, fact: Fact) -> str:
    how = source(str(fact.data.get("source", "")))
    said = {"how": how, "who": fact.who, "version": fact.data.get("version")}
    if fact.data.get("source") in ("manual", "api"):
        return _("The run started %(how)s, by %(who)s, on version %(version)s") % said
    return _("The run started %(how)s, on version %(version)s") % said


FOLLOWED = {
    "rerun": _lazy("%(who)s ran it once more, as another run"),
    "retry": _lazy("%(who)s tried it again from %(start)s, as another run"),
    "fork": _lazy("%(who)s went on from it from %(start)s, as another run"),
}


def run_followed(names: Names, fact: Fact) -> str:
    how, step = str(fact.data.get("how")), str(fact.data.get("step", ""))
    event = _("event %(number)s") % {"number": fact.data.get("at")}
    return str(FOLLOWED.get(how, FOLLOWED["fork"])) % {"who": fact.who, "start": names.step(step) if step else event}


def run_ended(_names: Names, fact: Fact) -> str:
    said = {"who": fact.who, "reason": _reason(fact), "outcome": fact.data.get("outcome")}
    if fact.data.get("status") == "cancelled":
        return _("%(who)s cancelled the run: %(reason)s") % said
    if fact.data.get("status") == "failed":
        return _("The run failed%(because)s") % {"because": fact.because or f": {said['reason']}"}
    return _("The run ended: %(outcome)s") % said


def _reason(fact: Fact) -> str:
    return str(fact.data.get("reason", "")).rstrip(".")


HOLDERS = {"workflow": _lazy("Its workflow"), "parent": _lazy("The run that started it")}


def _holder(fact: Fact) -> str:
    return str(HOLDERS.get(str(fact.data.get("by"))) or fact.who)


def _because(fact: Fact) -> str:
    reason = _reason(fact)
    return f": {reason}" if reason else ""


def run_paused(_names: Names, fact: Fact) -> str:
    said = {"holder": _holder(fact), "because": _because(fact)}
    if str(fact.data.get("by")) in HOLDERS:
        return _("%(holder)s is paused, and this run with it%(because)s") % said
    return _("%(holder)s paused the run%(because)s") % said


def run_held_by(_names: Names, fact: Fact) -> str:
    return _("%(holder)s holds the run as well%(because)s") % {"holder": _holder(fact), "because": _because(fact)}


def run_let_go(_names: Names, fact: Fact) -> str:
    return _("%(holder)s holds the run no more; somebody else does") % {"holder": _holder(fact)}


def run_resumed(_names: Names, fact: Fact) -> str:
    return _("%(who)s let the run go on, after %(span)s") % {"who": fact.who, "span": length(fact.data["paused_for"])}


def run_migrated(names: Names, fact: Fact) -> str:
    anew = _steps(names, (*fact.data["anew"], *fact.data.get("renamed", {}).values()))
    moved = [{"old": names.step(old), "new": names.step(new)} for old, new in fact.data.get("carried", {}).items()]
    carried = ", ".join(_("%(old)s as %(new)s") % each for each in moved)
    said = {"who": fact.who, "old": fact.data["from"], "new": fact.data["to"]}
    parts = [_("%(who)s moved the run from version %(old)s to version %(new)s") % said]
    parts += [_("begun anew: %(steps)s") % {"steps": anew}] if anew else []
    parts += [_("goes on: %(steps)s") % {"steps": carried}] if carried else []
    return "; ".join(parts)


def _steps(names: Names, paths: Iterable[str]) -> str:
    return ", ".join(names.step(path) for path in paths)


def run_held(names: Names, fact: Fact) -> str:
    dropped = fact.data.get("dropped", ())
    if dropped:
        return _("Not needed any more when the run goes on: %(steps)s") % {"steps": _steps(names, dropped)}
    return _("Waits for the run to go on: %(steps)s") % {"steps": _steps(names, fact.data["paths"])}


def run_ending(_names: Names, fact: Fact) -> str:
    if fact.data["status"] == "cancelled":
        said = _("%(who)s cancelled the run: %(reason)s; first what was done is undone")
        return said % {"who": fact.who, "reason": _reason(fact)}
    failed = _("The run comes to its end as failed%(because)s; first comes what the workflow says for that")
    return failed % {"because": fact.because}


def run_handled(_names: Names, _fact: Fact) -> str:
    return _("What the workflow says for a failed run is done")


def run_undoing(_names: Names, fact: Fact) -> str:
    return _("What the run did is undone: %(reason)s") % {"reason": _reason(fact)}


def event_emitted(names: Names, fact: Fact) -> str:
    said = _("%(step)s told everybody who waits for it: %(event)s")
    return said % {"step": names.step(fact.path), "event": fact.data["event"]}


def child_asked(_names: Names, fact: Fact) -> str:
    said = {"workflow": fact.data["workflow"], "number": int(fact.data["number"])}
    if said["number"] > 1:
        return _("A run of %(workflow)s was asked for, for the %(number)s. time") % said
    return _("A run of %(workflow)s was asked for") % said


ENDED = {
    "succeeded": _lazy("The run that %(step)s started ended: %(outcome)s"),
    "failed": _lazy("The run that %(step)s started failed"),
    "cancelled": _lazy("The run that %(step)s started was cancelled"),
}


def child_ended(names: Names, fact: Fact) -> str:
    step = names.step(fact.path)
    if fact.data["run"] is None:
        return _("The run for %(step)s could not start") % {"step": step}
    return str(ENDED[str(fact.data["status"])]) % {"step": step, "outcome": fact.data.get("outcome")}


def child_failed(names: Names, fact: Fact) -> str:
    said = {"step": names.step(fact.path), "because": fact.because}
    return _("%(step)s did not get what it needs%(because)s") % said + again(fact.data)


def deadline_warned(names: Names, fact: Fact) -> str:
    subject = names.step(fact.path) if fact.path else _("the run")
    return _("%(part)s that %(subject)s has is gone") % {"part": used_up(fact.data.get("stage")), "subject": subject}


def deadline_breached(names: Names, fact: Fact) -> str:
    said = {
        "subject": names.step(fact.path) if fact.path else _("The run"),
        "waited": ", ".join(_waited_for(names, each) for each in fact.data["cause"]),
    }
    if not said["waited"]:
        return _("%(subject)s missed its due time") % said
    return _("%(subject)s missed its due time: %(waited)s") % said


def _waited_for(names: Names, step: Mapping[str, str]) -> str:
    words = STILL_OPEN.get(step["status"]) or _("{} was open")
    return str(words).format(names.step(step["path"]))


def _clocks(words: str | Promise, key: str) -> Callable[[Names, Fact], str]:
    """`timers` are told with more than their names."""

    def told(names: Names, fact: Fact) -> str:
        clocks = ", ".join(names.timer(each if key == "names" else each[0]) for each in fact.data[key])
        return str(words) % {"clocks": clocks}

    return told


def timer_fired(names: Names, fact: Fact) -> str:
    return _("It was time: %(clock)s") % {"clock": names.timer(str(fact.data["name"]))}


def timer_lost(names: Names, fact: Fact) -> str:
    said = _("It was time for %(clock)s, but something else had come first")
    return said % {"clock": names.timer(str(fact.data["name"]))}


STILL_OPEN = {
    "incident": _lazy("{} needed a person"),
    "waiting": _lazy("{} was waited for"),
    "running": _lazy("{} was under way"),
    "retrying": _lazy("{} was to be tried again"),
    "limited": _lazy("{} waited for its turn"),
    "ready": _lazy("{} had not begun"),
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
    "timer.armed": _clocks(_lazy("Clocks set: %(clocks)s"), "timers"),
    "timer.stopped": _clocks(_lazy("Clocks stopped: %(clocks)s"), "names"),
    "timer.held": _clocks(_lazy("Clocks stand still: %(clocks)s"), "names"),
    "timer.moved": _clocks(_lazy("Clocks set later: %(clocks)s"), "timers"),
    "timer.fired": timer_fired,
    "timer.lost": timer_lost,
}
