"""The audit trail of runs and of everything that is configured, in plain words."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from orchestration import api
from reviewhub.studio.facts import Fact, Names
from reviewhub.studio.rows import short
from reviewhub.studio.sentences import MINOR, Sentence, sentence
from reviewhub.studio.settings_told import SETTINGS
from reviewhub.studio.starting import readable

SUBJECTS = (
    ("", _lazy("Everything")),
    ("run:", _lazy("Runs")),
    ("workflow:", _lazy("Workflows")),
    ("settings", _lazy("Settings and people")),
)
ACTS = (
    ("", _lazy("What matters")),
    ("all", _lazy("Every event")),
    ("review.decided", _lazy("Decisions")),
    ("review.taken_back", _lazy("Decisions taken back")),
    ("review.escalated", _lazy("Escalations")),
    ("review.unanswered", _lazy("Nobody answered")),
    ("incident.", _lazy("Incidents")),
    ("run.started", _lazy("Runs started")),
    ("run.ended", _lazy("Runs ended")),
    ("workflow.", _lazy("Workflows changed")),
    ("desk.", _lazy("At the desk")),
)
KINDS = {  # of chains that have no page of their own
    "role": _lazy("Role"),
    "person": _lazy("Person"),
    "queue": _lazy("Queue"),
    "calendar": _lazy("Calendar"),
    "policy": _lazy("Policy"),
    "reason": _lazy("Reason"),
    "connection": _lazy("Connection"),
    "decision_point": _lazy("Decision point"),
    "message": _lazy("Message"),
    "event": _lazy("Event"),
    "limit": _lazy("Limit"),
    "token": _lazy("Token"),
}
NOBODY = Names()


@dataclass(frozen=True, slots=True)
class Subject:
    """What a chain is about."""

    label: str
    href: str  # of its own page; empty where there is none


@dataclass(frozen=True, slots=True)
class Row:
    """One event among those of all chains."""

    chain: str
    subject: Subject
    sentence: Sentence


def found(events: QuerySet[Any], *, about: str, kind: str, who: str) -> QuerySet[Any]:
    if about == "settings":
        events = events.exclude(Q(chain__startswith="run:") | Q(chain__startswith="workflow:"))
    elif about:
        events = events.filter(chain__startswith=about)
    if not kind:
        events = events.exclude(kind__in=(*MINOR, "step.succeeded"))
    elif kind != "all":
        events = events.filter(kind__startswith=kind)
    return events.filter(actor_label__icontains=who) if who else events


def told(events: Sequence[Any]) -> list[Row]:
    """Rows without their values: those are read on the chain's own page."""
    subjects = subjects_of({event.chain for event in events})
    return [Row(event.chain, subjects[event.chain], tell(_fact_of_row(event))) for event in events]


def story_of(entries: Sequence[Any]) -> list[Sentence]:
    return [
        tell(Fact(entry.sequence, entry.kind, entry.at, entry.actor.label, entry.data, entry.values))
        for entry in entries
    ]


def subjects_of(chains: Collection[str]) -> dict[str, Subject]:
    """What the chains are about, by their names; runs by their business keys, in one query."""
    runs = _run_names(chain.partition(":")[2] for chain in chains if chain.startswith("run:"))
    return {chain: _subject(chain, runs) for chain in chains}


def _run_names(identities: Iterable[str]) -> dict[str, str]:
    rows = api.runs().filter(pk__in=list(identities)).values_list("pk", "workflow__title", "business_key")
    return {str(pk): f"{title}, {key or short(pk)}" for pk, title, key in rows}


def _subject(chain: str, runs: Mapping[str, str]) -> Subject:
    kind, _colon, name = chain.partition(":")
    if kind == "run":
        return (
            Subject(runs[name], reverse("studio:run", args=[name]))
            if name in runs
            else Subject(_("Run %(id)s") % {"id": name}, "")
        )
    if kind == "workflow":
        return Subject(_("Workflow %(name)s") % {"name": name}, reverse("studio:workflow", args=[name]))
    return Subject(f"{KINDS.get(kind) or readable(kind)} {name}", "")


def tell(fact: Fact) -> Sentence:
    words = SETTINGS.get(fact.kind)
    return Sentence(fact, words(fact.who, fact.data), "", minor=False) if words else sentence(NOBODY, fact)


def _fact_of_row(event: Any) -> Fact:
    return Fact(event.sequence, event.kind, event.at, event.actor_label, json.loads(event.data), None)
