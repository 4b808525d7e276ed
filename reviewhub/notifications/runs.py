"""Who is told that a run, or a step of it, may be late or is late, and in what words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from reviewhub.accounts.models import Person, RoleGrant
from reviewhub.accounts.permissions import allows
from reviewhub.notifications.recipients import Message
from reviewhub.reviews.announcements import LateFact
from reviewhub.reviews.people import owners_of_workflow

KINDS = {"three_quarters": "at_risk", "breach": "late"}  # half of the time is on record, and nobody's concern yet
SAYS = {"at_risk": "Three quarters of the time for {} are gone.", "late": "The time for {} is over."}
WAITS_FOR = {
    "incident": "a person to mend “{}”",
    "retrying": "the next attempt of “{}”",
    "limited": "the turn of “{}”",
    "running": "“{}”, which is running",
    "ready": "a worker to take “{}”",
}
OF_KIND = {"review": "a decision on “{}”", "wait": "the end of “{}”", "workflow": "the run that “{}” has started"}


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
    yield SAYS[kind].format(f"the step “{_step(fact.late.path)}”" if fact.late.path else "the whole run")
    others = [each for each in fact.late.waits_for if each["path"] != fact.late.path or each["status"] != "ready"]
    if others:
        yield f"It waits for {', '.join(dict.fromkeys(map(_waits_for, others)))}."


def _waits_for(step: Mapping[str, str]) -> str:
    words = WAITS_FOR.get(step["status"]) or OF_KIND.get(step["kind"], "“{}”")
    return words.format(_step(step["path"]))


def _step(path: str) -> str:
    """The step's name in the workflow, with the number of its iteration: check (no. 3)."""
    name, (around, number, inside) = path.rpartition("/")[2], path.rpartition("#")
    return f"{name} (no. {inside.partition('/')[0]})" if number and around and name != path else name
