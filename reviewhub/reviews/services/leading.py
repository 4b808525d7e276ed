"""What a lead does to a queue as a whole. Each act is on the queue's own record, with who and why."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from orchestration import api, ports
from reviewhub.accounts.actors import actor_of
from reviewhub.accounts.models import Absence, Person
from reviewhub.accounts.permissions import require
from reviewhub.accounts.services import end_absence, set_absence
from reviewhub.reviews.announcements import announce_queue
from reviewhub.reviews.exceptions import InvalidRequest
from reviewhub.reviews.models import Queue

LONGEST_REASON = 300


@transaction.atomic
def hold_queue(*, queue: Queue, actor: Person, reason: str) -> Queue:
    """From here on nothing of it is given, and nobody takes anything; what people have they may decide. Holding it
    again changes the reason. Raises PermissionDenied, InvalidRequest."""
    locked = _hold(queue, actor)
    locked.hold_reason = reason_given(reason)
    locked.held_at, locked.held_by = locked.held_at or ports.clock().process_now(), actor.display_name
    locked.save(update_fields=("held_at", "held_by", "hold_reason"))
    record(locked, "queue.held", {"reason": locked.hold_reason}, actor)
    return locked


@transaction.atomic
def let_queue_go_on(*, queue: Queue, actor: Person) -> Queue:
    """A queue that is not held stays as it is. Raises PermissionDenied."""
    locked = _hold(queue, actor)
    if locked.held_at is not None:
        data = {"held_for": (ports.clock().process_now() - locked.held_at).total_seconds()}
        locked.held_at, locked.held_by, locked.hold_reason = None, "", ""
        locked.save(update_fields=("held_at", "held_by", "hold_reason"))
        record(locked, "queue.went_on", data, actor)
    return locked


@transaction.atomic
def set_pull_only(*, queue: Queue, actor: Person, pull_only: bool) -> Queue:
    """Whether its reviewers take what “Start reviewing” gives, and pick nothing. Raises PermissionDenied."""
    locked = _hold(queue, actor)
    if locked.pull_only != pull_only:
        locked.pull_only = pull_only
        locked.save(update_fields=("pull_only",))
        record(locked, "queue.changed", {"pull_only": pull_only}, actor)
    return locked


@transaction.atomic
def enter_absence(
    *,
    queue: Queue,
    actor: Person,
    person: Person,
    starts_at: datetime,
    ends_at: datetime,
    delegate: Person | None = None,
) -> Absence:
    """For somebody of the queue. Raises PermissionDenied, InvalidRequest."""
    require(actor, "absence.enter", queue)
    if not queue.memberships.filter(person=person).exists():
        raise _refused(
            "/person",
            _("%(person)s does not belong to %(title)s.") % {"person": person.display_name, "title": queue.title},
        )
    if ends_at <= starts_at:
        raise _refused("/ends_at", _("An absence ends after it has begun."))
    if ends_at <= ports.clock().process_now():
        raise _refused("/ends_at", _("This absence would be over already."))
    if delegate is not None and delegate.pk == person.pk:
        raise _refused("/delegate", _("Nobody stands in for themselves."))
    announce_queue(queue.pk)
    return set_absence(person=person, starts_at=starts_at, ends_at=ends_at, delegate=delegate, actor=actor_of(actor))


@transaction.atomic
def remove_absence(*, queue: Queue, actor: Person, absence: Absence) -> None:
    """Raises PermissionDenied, InvalidRequest."""
    require(actor, "absence.enter", queue)
    if not queue.memberships.filter(person=absence.person_id).exists():
        raise _refused(
            "",
            _("%(person)s does not belong to %(title)s.")
            % {"person": absence.person.display_name, "title": queue.title},
        )
    announce_queue(queue.pk)
    end_absence(absence=absence, actor=actor_of(actor))


def reason_given(reason: str) -> str:
    said = reason.strip()[:LONGEST_REASON]
    if not said:
        raise _refused("/reason", _("Say why, in a few words."))
    return said


def record(queue: Queue, kind: str, data: dict[str, Any], actor: Person) -> None:
    """On its own chain; pages that show the queue look again."""
    api.record_change(chain=f"queue:{queue.slug}", kind=kind, data=data, actor=actor_of(actor))
    announce_queue(queue.pk)


def _hold(queue: Queue, actor: Person) -> Queue:
    require(actor, "queue.lead", queue)
    return Queue.objects.select_for_update(no_key=True).get(pk=queue.pk)


def _refused(path: str, message: str) -> InvalidRequest:
    return InvalidRequest([{"path": path, "code": "refused", "message": message}])
