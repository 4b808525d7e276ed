"""Who is told that a run, or a step of it, may be late or is late, and in what words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from reviewhub.accounts.models import Person, RoleGrant
from reviewhub.accounts.permissions import allows
from reviewhub.notifications.recipients import Message
from reviewhub.reviews.announcements import LateFact
from reviewhub.reviews.people import owners_of_workflow

KINDS = {"three_quarters": "at_risk", "breach": "late"}  # half of the time is on record, and nobody's concern yet
SAYS = {
    "at_risk": _lazy("Three quarters of the time for %(what)s are gone."),
    "late": _lazy("The time for %(what)s is over."),
}
WAITS_FOR = {
    "incident": _lazy("a person to mend “%(step)s”"),
    "retrying": _lazy("the next attempt of “%(step)s”"),
    "limited": _lazy("the turn of “%(step)s”"),
    "running": _lazy("“%(step)s”, which is running"),
    "ready": _lazy("a worker to take “%(step)s”"),
}
OF_KIND = {
    "review": _lazy("a decision on “%(step)s”"),
    "wait": _lazy("the end of “%(step)s”"),
    "workflow": _lazy("the run that “%(step)s” has started"),
}
ITSELF = _lazy("“%(step)s”")


def messages_for_late(fact: LateFact) -> Iterable[Message]:
    kind = KINDS.get(fact.late.stage)
    people = _people(fact.run) if kind else ()
    if kind and people:
        key = f"{fact.run.pk}:{fact.late.path}:sla.{fact.late.stage}"
        yield Message(kind, key, people, " ".join(_words(kind, fact)))


def _people(run: Any) -> tuple[Person, ...]:
    """The process owners; where a workflow has none, whoever runs the installation. Nobody who may not see the run."""
    found = owners_of_workflow(run.workflow.name, run.workflow.owner) or _operators()
    told = {person.pk: person for person in found if person.is_active and allows(person, "run.read", run)}
    return tuple(told[pk] for pk in sorted(told))


def _operators() -> list[Person]:
    return list(Person.objects.filter(grants__role=RoleGrant.Role.OPERATOR).distinct())


def _words(kind: str, fact: LateFact) -> Iterable[str]:
    path = fact.late.path
    what = _("the step “%(step)s”") % {"step": _step(path)} if path else _("the whole run")
    yield str(SAYS[kind]) % {"what": what}
    others = [each for each in fact.late.waits_for if each["path"] != fact.late.path or each["status"] != "ready"]
    if others:
        yield _("It waits for %(steps)s.") % {"steps": ", ".join(dict.fromkeys(map(_waits_for, others)))}


def _waits_for(step: Mapping[str, str]) -> str:
    words = WAITS_FOR.get(step["status"]) or OF_KIND.get(step["kind"], ITSELF)
    return str(words) % {"step": _step(step["path"])}


def _step(path: str) -> str:
    """The step's name in the workflow, with the number of its iteration: check (no. 3)."""
    name, (around, number, inside) = path.rpartition("/")[2], path.rpartition("#")
    return f"{name} (no. {inside.partition('/')[0]})" if number and around and name != path else name
