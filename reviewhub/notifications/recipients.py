"""Who is told of what. One table, from the kind of fact to the people and the words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache

from django.db import connection
from django.utils.translation import gettext as _

from orchestration import ports
from reviewhub.accounts.models import Person
from reviewhub.compiled import IDENTITY, Statement, statement_of
from reviewhub.reviews.announcements import Fact
from reviewhub.reviews.models import QueueMembership, ReviewTask
from reviewhub.reviews.people import owners_of
from reviewhub.reviews.services.holding import is_excluded

NAMED_EVERY = 900  # seconds of process time


@dataclass(frozen=True, slots=True)
class Message:
    """`kind` is a Notice.Kind; `key` makes it the same message when it is told again; `held` are the seconds of system
    time until its mail leaves."""

    kind: str
    key: str
    people: tuple[Person, ...]
    text: str
    held: float = 0


def messages_for(fact: Fact) -> list[Message]:
    make = _MAKES.get(fact.kind)
    return [message for message in make(fact) if message.people] if make else []


def _escalated(fact: Fact) -> Iterable[Message]:
    level, task = fact.details["level"], fact.task
    yield _message(
        "asked",
        f"level.{level}",
        fact.people,
        task,
        _("Escalation level %(level)s has reached you.") % {"level": level},
    )


def _approval(fact: Fact) -> Iterable[Message]:
    task = fact.task
    text = _("You are one of those who decide this together.")
    yield _message("asked", f"approval.{fact.details['seat']}", fact.people, task, text)


def _stood_in(fact: Fact) -> Iterable[Message]:
    text = _("%(away)s is away, and you stand in.") % {"away": fact.details["away"]}
    yield _message("asked", f"stood_in.{fact.task.version}", fact.people, fact.task, text)


def _given(fact: Fact) -> Iterable[Message]:
    text = (
        _("%(by)s gives it to you.") % {"by": fact.by.display_name}
        if fact.by
        else _("%(title)s gives it to you.") % {"title": fact.task.queue.title}
    )
    yield _message("asked", f"given.{fact.task.version}", fact.people, fact.task, text)


def _warned(fact: Fact) -> Iterable[Message]:
    task, stage = fact.task, fact.details["stage"]
    match stage:
        case "half":
            people = _assignees(task) or _leads(task) or _reviewers(task)
            yield _message(stage, stage, people, task, _("Half of the time is gone."))
        case "three_quarters":
            people = _leads(task) or _manager(task)
            yield _message(stage, stage, people, task, _("Three quarters of the time are gone."))
        case "breach":
            people = _manager(task) or _leads(task)
            told = {*people, *owners_of(task)} if task.critical else {*people}
            yield _message(stage, stage, told, task, _("The time is over, and nobody has decided."))


def _released(fact: Fact) -> Iterable[Message]:
    """Whoever gives their own claim back knows it."""
    task, by = fact.task, fact.by
    if by is not None:
        held_by = [person for person in fact.people if person.pk != by.pk]
        yield _message(
            "released",
            f"released.{task.version}",
            held_by,
            task,
            _("%(by)s released your claim.") % {"by": by.display_name},
        )


def _delegated(fact: Fact) -> Iterable[Message]:
    task, who = fact.task, fact.by.display_name if fact.by else "Somebody"
    text = " ".join(
        part for part in (_("%(who)s gives it to you.") % {"who": who}, fact.details.get("note", "")) if part
    )
    yield _message("asked", f"delegated.{task.version}", fact.people, task, text)


def _undelegated(fact: Fact) -> Iterable[Message]:
    who = fact.by.display_name if fact.by else "Somebody"
    yield _message(
        "released",
        f"undelegated.{fact.task.version}",
        fact.people,
        fact.task,
        _("%(who)s took it back.") % {"who": who},
    )


def _declined(fact: Fact) -> Iterable[Message]:
    """What was delegated goes back to whoever delegated it; anything else is the leads' to know."""
    task, who = fact.task, fact.by.display_name if fact.by else "Somebody"
    people = [person for person in fact.people or _leads(task) if fact.by is None or person.pk != fact.by.pk]
    yield _message(
        "declined",
        f"declined.{task.version}",
        people,
        task,
        _("%(who)s declined it: %(reason)s") % {"who": who, "reason": fact.details["reason"]},
    )


def _answered(fact: Fact) -> Iterable[Message]:
    key = f"answered.{fact.details['request']}"
    yield _message("answered", key, fact.people, fact.task, _("The requester has answered. It is yours again."))


def _resumed(fact: Fact) -> Iterable[Message]:
    """Only where nobody has done it: a pause that has come to its end by itself."""
    if fact.details.get("by_itself"):
        said = _("Nobody has answered in time.") if fact.details["was"] == "asked" else _("You had snoozed it.")
        yield _message("back", f"back.{fact.task.version}", fact.people, fact.task, said)


def _decided(fact: Fact) -> Iterable[Message]:
    task, by = fact.task, fact.by
    others = [person for person in _assignees(task) if by is None or person.pk != by.pk]
    who = by.display_name if by else "Somebody"
    message = _message(
        "decided",
        f"decided.{task.version}",
        others,
        task,
        _("%(who)s decided “%(outcome_label)s”.") % {"who": who, "outcome_label": task.outcome_label},
    )
    yield replace(message, held=_undo_left(task))


def _commented(fact: Fact) -> Iterable[Message]:
    """Once in a quarter of an hour, however often somebody is named."""
    who = fact.by.display_name if fact.by else "Somebody"
    key = f"mentioned.{int(fact.at.timestamp() // NAMED_EVERY)}"
    yield _message("mentioned", key, fact.people, fact.task, _("%(who)s names you in a comment.") % {"who": who})


def _nudged(fact: Fact) -> Iterable[Message]:
    who = fact.by.display_name if fact.by else "Somebody"
    key = f"nudged.{fact.details['nudge']}"
    yield _message(
        "nudged", key, fact.people, fact.task, _("%(who)s waits for its decision, and reminds you.") % {"who": who}
    )


def _withdrawn(fact: Fact) -> Iterable[Message]:
    text = f"{_('It needs no decision any more.')} {fact.details.get('reason', '')}".strip()
    yield _message("withdrawn", "withdrawn", fact.people, fact.task, text)


_MAKES: Mapping[str, Callable[[Fact], Iterable[Message]]] = {
    "escalated": _escalated,
    "approval": _approval,
    "given": _given,
    "stood_in": _stood_in,
    "warned": _warned,
    "commented": _commented,
    "released": _released,
    "decided": _decided,
    "delegated": _delegated,
    "undelegated": _undelegated,
    "declined": _declined,
    "answered": _answered,
    "resumed": _resumed,
    "nudged": _nudged,
    "withdrawn": _withdrawn,
}


def _message(kind: str, key: str, people: Iterable[Person], task: ReviewTask, text: str) -> Message:
    """Nobody who may not decide the task is told of it: the requester above all."""
    told = {person.pk: person for person in people if person.is_active and not is_excluded(task, person)}
    return Message(kind, f"{task.pk}:{key}", tuple(told[pk] for pk in sorted(told)), text)


def _undo_left(task: ReviewTask) -> float:
    left = task.undo_until - ports.clock().system_now() if task.undo_until else timedelta(0)
    return max(0.0, left.total_seconds())


def _assignees(task: ReviewTask) -> list[Person]:
    return list(_asked(connection.vendor).objects(Person, task.pk))


@lru_cache(maxsize=2)
def _asked(vendor: str) -> Statement:
    return statement_of(Person.objects.filter(assignments__task=IDENTITY, assignments__ended_at__isnull=True), IDENTITY)


def _leads(task: ReviewTask) -> list[Person]:
    return _members(task, QueueMembership.Role.LEAD)


def _reviewers(task: ReviewTask) -> list[Person]:
    return _members(task, QueueMembership.Role.REVIEWER)


def _members(task: ReviewTask, role: str) -> list[Person]:
    return list(Person.objects.filter(memberships__queue=task.queue_id, memberships__role=role))


def _manager(task: ReviewTask) -> list[Person]:
    return [task.queue.manager] if task.queue.manager else []
