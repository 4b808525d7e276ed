"""Changing who may do what. Every change is in the audit trail of the person it is about."""

from __future__ import annotations

from datetime import datetime, time

from django.db import transaction

from orchestration import api
from orchestration.ports import Actor
from reviewhub.accounts.models import Absence, Person, RoleGrant
from reviewhub.accounts.models.people import validate_days


@transaction.atomic
def grant_role(*, person: Person, role: str, actor: Actor, workflow: str = "") -> RoleGrant:
    """Grant a role; `workflow` names the one that a process owner owns. Granting again changes nothing."""
    grant, created = RoleGrant.objects.get_or_create(
        person=person, role=role, workflow=workflow, defaults={"granted_by": actor.label}
    )
    if created:
        _record(person, "role.granted", role, workflow, actor)
    return grant


@transaction.atomic
def withdraw_role(*, grant: RoleGrant, actor: Actor) -> None:
    _record(grant.person, "role.withdrawn", grant.role, grant.workflow, actor)
    grant.delete()


@transaction.atomic
def set_absence(
    *, person: Person, starts_at: datetime, ends_at: datetime, delegate: Person | None, actor: Actor
) -> Absence:
    absence = Absence(person=person, starts_at=starts_at, ends_at=ends_at, delegate=delegate)
    absence.full_clean()
    absence.save()
    _record_absence(absence, "absence.set", actor)
    return absence


@transaction.atomic
def end_absence(*, absence: Absence, actor: Actor) -> None:
    """The person is here after all, from now on or at that time."""
    _record_absence(absence, "absence.removed", actor)
    absence.delete()


def _record_absence(absence: Absence, kind: str, actor: Actor) -> None:
    data = {
        "starts_at": absence.starts_at.isoformat(),
        "ends_at": absence.ends_at.isoformat(),
        "delegate": absence.delegate.username if absence.delegate else None,
    }
    api.record_change(chain=f"person:{absence.person.username}", kind=kind, data=data, actor=actor)


@transaction.atomic
def set_hours(*, person: Person, begins: time, ends: time, days: str, actor: Actor) -> Person:
    """When somebody wants to be reminded by mail and push. Raises ValidationError."""
    person.reached_from, person.reached_until, person.reached_on = begins, ends, days
    validate_days(days)
    person.save(update_fields=("reached_from", "reached_until", "reached_on"))
    data = {"from": f"{begins:%H:%M}", "until": f"{ends:%H:%M}", "days": days}
    api.record_change(chain=f"person:{person.username}", kind="hours.set", data=data, actor=actor)
    return person


def _record(person: Person, kind: str, role: str, workflow: str, actor: Actor) -> None:
    data = {"role": role, "workflow": workflow}
    api.record_change(chain=f"role:{person.username}", kind=kind, data=data, actor=actor)
