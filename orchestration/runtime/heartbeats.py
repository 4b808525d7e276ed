"""Signs of life of the parts of an installation, for readiness."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from orchestration.models import Heartbeat
from orchestration.ports import clock

SILENT_FOR = timedelta(seconds=30)  # after which a worker counts as gone


def beat(name: str = "sweeper") -> None:
    """Notes that this part lives now (system time)."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": clock().system_now()})


def heartbeats() -> Mapping[str, datetime]:
    """The last sign of each part, by its name."""
    return dict(Heartbeat.objects.values_list("name", "at"))


def heart_of(queue: str) -> str:
    """The name under which a worker of this queue says that it is alive."""
    return f"worker.{queue}"


def served() -> frozenset[str]:
    """The queues of which a worker has lately said that it is alive."""
    oldest = clock().system_now() - SILENT_FOR
    live = Heartbeat.objects.filter(at__gte=oldest, name__startswith=heart_of("")).values_list("name", flat=True)
    return frozenset(name.removeprefix(heart_of("")) for name in live)
