"""Filters on review tasks that chain. Time comes in as an argument."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.apps import apps
from django.db.models import Exists, F, FloatField, OuterRef, Q, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from reviewhub.accounts.permissions import VERBS, Role, roles_of

if TYPE_CHECKING:
    from reviewhub.accounts.models import Person
    from reviewhub.reviews.models.tasks import ReviewTask

PAUSED = ("asked", "snoozed")  # the statuses in which nobody has to decide just now
WAITING = ("open", "claimed", *PAUSED)  # the statuses in which somebody still has to decide
# The same by instants, as the partial indexes say it: SQLite uses one only where the query repeats its condition
# without parameters. A constraint holds the two together.
STILL_WAITING = Q(decided_at__isnull=True, closed_at__isnull=True)
SET_ASIDE = STILL_WAITING & Q(paused_by__isnull=False)
PRESSING = STILL_WAITING & ~Q(status__in=PAUSED)  # waits for a decision, and for nothing else


OF_A_ROW = (
    *("id", "run", "kind", "title", "queue", "workflow_title", "status", "version", "moved", "created_at", "due_at"),
    *("three_quarters_at", "urgency_at", "outcomes", "highlights", "concerns", "why", "recommendation", "ai_outcome"),
    *("ai_confidence", "claim_expires_at", "paused_by", "stands_still_since", "outcome", "decided_at", "undo_until"),
    *("clocks_stopped_at", "ai_hidden", "added"),
    *("closed_at", "claimed_by"),
)

HOLDER = {"holder_name": "claimed_by__display_name", "holder_username": "claimed_by__username"}

# Where a task stands in other orders than that of urgency: the indexes and the lists say the same.
LAST = Value(1e300)  # where a task has no such figure
PLACES: Mapping[str, Combinable] = {
    "confidence": Coalesce(F("ai_confidence"), LAST, output_field=FloatField()),  # the least sure first
    "value": Coalesce(F("value") * Value(-1.0), LAST, output_field=FloatField()),  # the highest first
    "age": F("created_at"),  # the oldest first
}

# Assignments by which somebody who need not belong to the queue may decide.
BY_NAME = Q(level__gt=0) | Q(role__in=("delegate", "approver", "colleague"))

# What somebody did by whom a case is known, and under which name: it was theirs, or they have spoken of it.
KNOWS = {"Decision": "by", "Assignment": "person", "Comment": "by", "KnownAnswer": "marked_by"}


class ReviewTaskQuerySet(QuerySet["ReviewTask"]):
    def visible_to(self, person: Person) -> ReviewTaskQuerySet:
        """What `task.read` of the permission table allows, as a filter."""
        return self._concerning(person, ~looked_at_again_before(person))

    def concerning(self, person: Person) -> ReviewTaskQuerySet:
        """`visible_to`, of what still waits: that is never looked at again, and need not be asked for it."""
        return self._concerning(person, Q())

    def _concerning(self, person: Person, shown: Q) -> ReviewTaskQuerySet:
        if not person.is_active:
            return self.none()
        if roles_of(person) & VERBS["task.read"].roles:
            return self.all()
        return self.filter((_before(person) & shown) | _owned_by(person) | _mended_by(person))

    def waiting(self) -> ReviewTaskQuerySet:
        return self.filter(STILL_WAITING)

    def mine(self, person: Person, system_now: datetime) -> ReviewTaskQuerySet:
        """What `person` holds, or has been asked for by an escalation level."""
        held = _rows_of("ReviewTask").filter(claimed_by=person, claim_expires_at__gt=system_now).values("pk")
        return self.filter(PRESSING, pk__in=held.order_by().union(_asked(person).order_by()))

    def team(self, person: Person) -> ReviewTaskQuerySet:
        """What waits in the queues of `person`, and the incidents that they may mend."""
        return self.filter(PRESSING & _of_team(person))

    def team_in_parts(self, person: Person) -> tuple[ReviewTaskQuerySet, ...]:
        """`team` to be counted: parts that share nothing, each read from one index, and from nothing but the index."""
        mended, queued = self.filter(PRESSING & _mended_by(person)).order_by(), _queued(person)
        if not person.queue_roles:
            return (mended,)
        return self.filter(PRESSING & queued).order_by("queue_id", "urgency_at", "id"), mended.exclude(queued)

    def set_aside(self, person: Person) -> ReviewTaskQuerySet:
        """What waits for an answer in the queues of `person`, and what they have snoozed."""
        asked = Q(status="asked") & (_of_team(person) | Q(pk__in=_asked(person)))
        return self.filter(SET_ASIDE).filter(asked | Q(status__in=PAUSED, paused_by=person))

    def unassigned(self, system_now: datetime) -> ReviewTaskQuerySet:
        """Nobody holds it: never claimed, or the lease has run out."""
        return self.filter(Q(status="open") | Q(status="claimed", claim_expires_at__lte=system_now))

    def pickable_by(self, person: Person) -> ReviewTaskQuerySet:
        """Without what waits in a queue that is held, or in which the person takes what they are given."""
        works_in = [queue for queue, role in person.queue_roles if role == "reviewer"]
        open_to_all = Q(queue__held_at__isnull=True) & ~Q(queue__pull_only=True, queue__in=works_in)
        return self.filter(open_to_all | Q(claimed_by=person) | Q(pk__in=_asked(person)))

    def not_declined_by(self, person: Person) -> ReviewTaskQuerySet:
        declined = _rows_of("Assignment").filter(person=person, ended="declined").values("task")
        return self.exclude(pk__in=declined)

    def not_decided_by(self, person: Person) -> ReviewTaskQuerySet:
        """Where several decide, whoever has is not asked again."""
        own = _rows_of("Decision").filter(task=OuterRef("pk"), by=person, taken_back_at__isnull=True)
        return self.filter(~Exists(own))

    def at_risk(self, process_now: datetime | Combinable) -> ReviewTaskQuerySet:
        """Three quarters of the time are gone, or all of it."""
        return self.waiting().filter(three_quarters_at__lte=process_now, stands_still_since__isnull=True)

    def escalated_to(self, person: Person) -> ReviewTaskQuerySet:
        return self.filter(PRESSING, pk__in=_asked(person))

    def decided_by(self, person: Person, since: datetime) -> ReviewTaskQuerySet:
        standing = _rows_of("Decision").filter(by=person, taken_back_at__isnull=True, received_at__gte=since)
        return self.filter(pk__in=standing.values("task"))

    def urgent_first(self) -> ReviewTaskQuerySet:
        return self.order_by("urgency_at", "id")

    def latest_first(self) -> ReviewTaskQuerySet:
        return self.order_by("-decided_at", "-id")

    def after(self, urgency_at: datetime, task_id: UUID) -> ReviewTaskQuerySet:
        """The page that follows this row, in the order of urgency."""
        return self.filter(Q(urgency_at__gte=urgency_at), Q(urgency_at__gt=urgency_at) | Q(id__gt=task_id))

    def for_rows(self) -> ReviewTaskQuerySet:
        """What a row of the queue shows, and nothing else; see `with_holders`."""
        return self.only(*OF_A_ROW).annotate(**{name: F(of) for name, of in HOLDER.items()})

    def for_listing(self) -> ReviewTaskQuerySet:
        """Without what only the task's own page shows."""
        return self.select_related("queue", "claimed_by").defer(
            "context", "fields", "incident", "policies", "excluded", "approvals"
        )


def with_holders(rows: Iterable[ReviewTask]) -> list[ReviewTask]:
    """What `for_rows` has found, each with whoever has claimed it, as far as a row shows them."""
    person, tasks = apps.get_model("accounts", "Person"), list(rows)
    for task in tasks:
        if task.claimed_by_id is not None:
            named: Any = task
            task.claimed_by = person(
                pk=task.claimed_by_id, display_name=named.holder_name, username=named.holder_username
            )
    return tasks


def _of_team(person: Person) -> Q:
    return _queued(person) | _mended_by(person)


def looked_at_again_before(person: Person) -> Q:
    """Closed cases that are before this person for a second look just now: until it counts they do not find out how
    the case ended. Not those that they know already.

    Looks that wait are few and cases many, so they are found from there, once for all that is asked about."""
    of_it = {"task": OuterRef("original")}
    known = [Q(Exists(_rows_of(name).filter(**of_it, **{who: person}))) for name, who in KNOWS.items()]
    looks = _rows_of("SecondLook").filter(_before(person, "task__"), ~reduce(or_, known), ended_at__isnull=True)
    return Q(pk__in=looks.values("original"), closed_at__isnull=False)


def _before(person: Person, of: str = "") -> Q:
    """What waits, or waited, in a queue of theirs, or was asked of them by name. `of`: the way to the task."""
    queued = {f"{of}queue__in": _queues_of(person), f"{of}moved": False}
    return Q(**queued) | Q(**{f"{of}queue__in": _queues_of(person, leads=True)}) | Q(**{f"{of}pk__in": _asked(person)})


def _queued(person: Person) -> Q:
    return Q(queue__in=_queues_of(person), moved=False)


def _queues_of(person: Person, *, leads: bool = False) -> list[int]:
    """As numbers and not as a query in the query: a database that knows them knows how many tasks there are of each."""
    return sorted(queue for queue, role in person.queue_roles if role == "lead" or not leads)


def _owned_by(person: Person) -> Q:
    owned = [workflow for _, workflow in person.granted if workflow]
    return Q(workflow_owner=person.username) | Q(workflow__in=owned) if owned else Q(workflow_owner=person.username)


def _mended_by(person: Person) -> Q:
    """The incidents on which `person` is what the permission table calls a mender."""
    everywhere = roles_of(person) & {Role.ENGINEER, Role.OPERATOR}
    return Q(kind="incident") if everywhere else Q(kind="incident") & _owned_by(person)


def _asked(person: Person) -> QuerySet[Any]:
    """What an escalation level, or a colleague by name, has asked of somebody."""
    return _rows_of("Assignment").filter(BY_NAME, person=person, ended_at__isnull=True).values("task")


def _rows_of(name: str) -> QuerySet[Any]:
    """By name, because those models refer to the task's."""
    return QuerySet(apps.get_model("reviews", name))
