"""Signs of life of the parts of an installation, for readiness."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from orchestration.models import Heartbeat
from orchestration.ports import clock


def beat(name: str = "sweeper") -> None:
    """Notes that this part lives now (system time)."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": clock().system_now()})


def heartbeats() -> Mapping[str, datetime]:
    """The last sign of each part, by its name."""
    return dict(Heartbeat.objects.values_list("name", "at"))
