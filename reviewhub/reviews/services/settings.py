"""Changing queues, calendars, policies and reasons. A change that tasks pin makes a new version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction

from orchestration import api
from orchestration.api import calendar_from
from orchestration.ports import Actor
from reviewhub.accounts.models import Person
from reviewhub.reviews.holidays import holidays_of
from reviewhub.reviews.models import (
    BusinessCalendar,
    BusinessCalendarVersion,
    EscalationPolicy,
    EscalationPolicyVersion,
    OverrideReason,
    Queue,
    QueueMembership,
    SlaPolicy,
    SlaPolicyVersion,
)
from reviewhub.reviews.policy_texts import read_escalation, read_sla
from reviewhub.reviews.selectors.reason_versions import KEPT, catalogue_at


@transaction.atomic
def save_queue(
    *,
    slug: str,
    title: str,
    actor: Actor,
    manager: Person | None = None,
    backup: Person | None = None,
    lease_minutes: int = 15,
    undo_seconds: int = 10,
) -> Queue:
    """Make the queue, or set it to what is given."""
    values = {
        "title": title,
        "manager": manager,
        "backup": backup,
        "lease_minutes": lease_minutes,
        "undo_seconds": undo_seconds,
    }
    queue = Queue.objects.select_for_update().filter(slug=slug).first() or Queue(slug=slug)
    made = queue._state.adding  # noqa: SLF001 - Django's documented name
    changed = {name: _shown(value) for name, value in values.items() if made or getattr(queue, name) != value}
    for name, value in values.items():
        setattr(queue, name, value)
    queue.full_clean()
    queue.save()
    if changed:
        api.record_change(chain=f"queue:{slug}", kind="queue.changed", data=changed, actor=actor)
    return queue


@transaction.atomic
def set_member(*, queue: Queue, person: Person, actor: Actor, role: str = "reviewer") -> QueueMembership:
    membership, created = QueueMembership.objects.get_or_create(queue=queue, person=person, defaults={"role": role})
    if created or membership.role != role:
        membership.role = role
        membership.save(update_fields=("role",))
        data = {"person": person.username, "role": role}
        api.record_change(chain=f"queue:{queue.slug}", kind="queue.member_set", data=data, actor=actor)
    return membership


@transaction.atomic
def remove_member(*, membership: QueueMembership, actor: Actor) -> None:
    data = {"person": membership.person.username}
    api.record_change(chain=f"queue:{membership.queue.slug}", kind="queue.member_removed", data=data, actor=actor)
    membership.delete()


@transaction.atomic
def save_calendar(
    *,
    name: str,
    title: str,
    zone: str,
    week: Mapping[str, Sequence[str]],
    actor: Actor,
    country: str = "",
    subdivision: str = "",
    extra_holidays: Sequence[date] = (),
) -> BusinessCalendarVersion:
    """Make the calendar's next version, or leave it where nothing changes. Raises InvalidCalendar."""
    days = sorted({*holidays_of(country, subdivision), *extra_holidays})
    content = {
        "zone": zone,
        "week": {day: list(blocks) for day, blocks in week.items()},
        "country": country,
        "subdivision": subdivision,
        "extra_holidays": [day.isoformat() for day in sorted(extra_holidays)],
        "holidays": [day.isoformat() for day in days],
    }
    calendar_from({"name": name, "version": 1, **content})
    calendar, _ = BusinessCalendar.objects.get_or_create(name=name, defaults={"title": title})
    calendar = BusinessCalendar.objects.select_for_update(of=("self",)).select_related("current").get(pk=calendar.pk)
    current = calendar.current
    if current is None or any(getattr(current, field) != value for field, value in content.items()):
        number = current.number + 1 if current else 1
        current = BusinessCalendarVersion.objects.create(
            calendar=calendar, number=number, created_by=actor.label, **content
        )
        data = {"version": number, **{key: value for key, value in content.items() if key != "holidays"}}
        api.record_change(chain=f"calendar:{name}", kind="calendar.changed", data=data, actor=actor)
    calendar.title, calendar.current = title, current
    calendar.save()
    return current


@transaction.atomic
def save_sla_policy(*, name: str, title: str, text: str, actor: Actor) -> SlaPolicyVersion:
    """Make the policy's next version from its text. Raises InvalidPolicy."""
    body = read_sla(text)
    policy, _ = SlaPolicy.objects.get_or_create(name=name, defaults={"title": title})
    policy = SlaPolicy.objects.select_for_update(of=("self",)).select_related("current").get(pk=policy.pk)
    current = policy.current
    if current is None or current.text != text:
        number = current.number + 1 if current else 1
        current = SlaPolicyVersion.objects.create(
            policy=policy, number=number, text=text, body=body, created_by=actor.label
        )
        _record_policy("sla", name, number, body, actor)
    policy.title, policy.current = title, current
    policy.save()
    return current


@transaction.atomic
def save_escalation_policy(*, name: str, title: str, text: str, actor: Actor) -> EscalationPolicyVersion:
    """Make the policy's next version from its text. Raises InvalidPolicy."""
    body = read_escalation(text)
    policy, _ = EscalationPolicy.objects.get_or_create(name=name, defaults={"title": title})
    policy = EscalationPolicy.objects.select_for_update(of=("self",)).select_related("current").get(pk=policy.pk)
    current = policy.current
    if current is None or current.text != text:
        number = current.number + 1 if current else 1
        current = EscalationPolicyVersion.objects.create(
            policy=policy, number=number, text=text, body=body, created_by=actor.label
        )
        _record_policy("escalation", name, number, body, actor)
    policy.title, policy.current = title, current
    policy.save()
    return current


@transaction.atomic
def save_reason(
    *,
    group: str,
    label: str,
    feeds: str,
    trains: bool,
    actor: Actor,
    workflow: str = "",
    detail: str = "",
    needs_note: bool = False,
    active: bool = True,
    position: int = 0,
) -> OverrideReason:
    """Make the reason's next version, or leave it where nothing changes. Decisions keep the version they gave."""
    code = f"{group}/{detail}" if detail else group
    values = {
        "label": label,
        "feeds": feeds,
        "trains": trains,
        "needs_note": needs_note,
        "active": active,
        "position": position,
    }
    same = OverrideReason.objects.filter(workflow=workflow, code=code, current=True)
    current = same.select_for_update().first()
    changed = [name for name, value in values.items() if current is None or getattr(current, name) != value]
    if current is not None and not changed:
        return current
    same.update(current=False)
    number = current.version + 1 if current else 1
    reason = OverrideReason(workflow=workflow, group=group, detail=detail, code=code, version=number, **values)
    reason.full_clean()
    reason.save()
    data = {"version": reason.version, "workflow": workflow, "changed": changed, **values}
    api.record_change(chain=f"reason:{code}", kind="reason.changed", data=data, actor=actor)
    return reason


@transaction.atomic
def go_back_to_reasons(*, workflow: str, event: int, actor: Actor) -> list[OverrideReason]:
    """Make the workflow's catalogue what it was after the audit event: a next version of every reason that was
    something else then, and one that was not there is not offered. Answers with those that it changed."""
    made = []
    for then in catalogue_at(event, workflow).values():
        values = {name: getattr(then.reason, name) for name in KEPT} | ({} if then.was_there else {"active": False})
        saved = save_reason(
            workflow=workflow, group=then.reason.group, detail=then.reason.detail, actor=actor, **values
        )
        if saved.pk != then.current.pk:
            made.append(saved)
    return made


def _record_policy(kind: str, name: str, number: int, body: Any, actor: Actor) -> None:
    data = {"kind": kind, "version": number, "body": body}
    api.record_change(chain=f"policy:{name}", kind="policy.changed", data=data, actor=actor)


def _shown(value: Any) -> Any:
    return value.username if isinstance(value, Person) else value
