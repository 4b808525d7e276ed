"""Named calendars and policies for the engine, at their newest version."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from orchestration.api import Calendar, calendar_from
from orchestration.exceptions import NotFound
from orchestration.ports import NamedPolicy
from reviewhub.reviews.models import (
    BusinessCalendar,
    BusinessCalendarVersion,
    EscalationPolicyVersion,
    Queue,
    SlaPolicyVersion,
)


class SettingsPolicies:
    """Implements `orchestration.ports.PolicySource`."""

    def calendar(self, name: str) -> Calendar:
        """`office-hours` is the newest version, `office-hours@3` the third."""
        named, _, number = name.partition("@")
        if number:
            versions = BusinessCalendarVersion.objects.filter(calendar__name=named, number=number)
            current = versions.values_list("pk", flat=True).first()
        else:
            current = BusinessCalendar.objects.filter(name=named).values_list("current", flat=True).first()
        if current is None:
            raise NotFound(f"There is no calendar {name!r} in the settings.")
        return _calendar(current)

    def escalation_policy(self, name: str) -> NamedPolicy:
        version = EscalationPolicyVersion.objects.filter(policy__name=name).order_by("-number").first()
        if version is None:
            raise NotFound(f"There is no escalation policy {name!r} in the settings.")
        return NamedPolicy(name, version.number, version.body)

    def sla_policy(self, name: str) -> NamedPolicy:
        version = SlaPolicyVersion.objects.filter(policy__name=name).order_by("-number").first()
        if version is None:
            raise NotFound(f"There is no SLA policy {name!r} in the settings.")
        return NamedPolicy(name, version.number, version.body)

    def names(self) -> Mapping[str, frozenset[str]]:
        calendars = BusinessCalendar.objects.filter(current__isnull=False)
        return {
            "queues": frozenset(Queue.objects.values_list("slug", flat=True)),
            "calendars": frozenset(calendars.values_list("name", flat=True)),
            "escalation_policies": frozenset(EscalationPolicyVersion.objects.values_list("policy__name", flat=True)),
            "sla_policies": frozenset(SlaPolicyVersion.objects.values_list("policy__name", flat=True)),
        }


@lru_cache(maxsize=256)
def _calendar(version_id: int) -> Calendar:
    """A version never changes, so what was built of it is kept."""
    version = BusinessCalendarVersion.objects.select_related("calendar").get(pk=version_id)
    return calendar_from(
        {
            "name": version.calendar.name,
            "version": version.number,
            "zone": version.zone,
            "week": version.week,
            "holidays": version.holidays,
        }
    )
