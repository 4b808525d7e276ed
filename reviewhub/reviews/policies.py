"""Named calendars and policies for the engine, at their newest version."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache

from django.db.models import F

from orchestration.api import Calendar, calendar_from
from orchestration.exceptions import NotFound
from orchestration.ports import NamedPolicy
from reviewhub.accounts.models import PeopleGroup
from reviewhub.reviews import looks, requested
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
        versions = BusinessCalendarVersion.objects.filter(calendar__name=named)
        versions = versions.filter(number=number) if number else versions.filter(pk=F("calendar__current"))
        found = versions.values("zone", "week", "holidays", version=F("number")).first()
        if found is None:
            raise NotFound(f"There is no calendar {name!r} in the settings.")
        return _calendar(json.dumps({"name": named, **found}))

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
            "groups": frozenset(PeopleGroup.objects.values_list("name", flat=True)),
            "calendars": frozenset(calendars.values_list("name", flat=True)),
            "escalation_policies": frozenset(EscalationPolicyVersion.objects.values_list("policy__name", flat=True)),
            "sla_policies": frozenset(SlaPolicyVersion.objects.values_list("policy__name", flat=True)),
        }

    def built_in(self) -> frozenset[str]:
        return frozenset({looks.WORKFLOW, looks.STEP, requested.WORKFLOW})


@lru_cache(maxsize=256)
def _calendar(text: str) -> Calendar:
    """Years of holidays are read once for as long as they stay the same."""
    return calendar_from(json.loads(text))
