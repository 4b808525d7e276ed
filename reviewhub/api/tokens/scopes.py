"""What a token may be used for. A scope never gives more than its person has."""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType

from django.utils.translation import gettext_lazy as _lazy

SCOPES = MappingProxyType(
    {
        "workflows:read": _lazy("Read workflows and their versions"),
        "workflows:deploy": _lazy("Publish a workflow's text, and go back to another version"),
        "workflows:pause": _lazy("Pause a workflow and let it go on"),
        "runs:read": _lazy("Read runs, their steps and timelines"),
        "runs:start": _lazy("Start runs"),
        "runs:cancel": _lazy("Cancel runs"),
        "runs:migrate": _lazy("Move runs to another version of their workflow"),
        "runs:pause": _lazy("Pause runs and let them go on"),
        "stuck:read": _lazy("See what is stuck and why"),
        "stuck:handle": _lazy("Send or drop messages and events that are stuck"),
        "events:send": _lazy("Send events to runs that wait for them"),
        "reviews:create": _lazy("Ask for reviews without a workflow, and withdraw them"),
        "reviews:read": _lazy("Read the reviews that were asked for, and their answers"),
        "tasks:read": _lazy("Read review tasks and their comments"),
        "tasks:comment": _lazy("Write comments"),
        "notices:set": _lazy("Read and choose how one is told"),
        "tasks:decide": _lazy("Claim review tasks, decide them and take decisions back"),
        "queues:read": _lazy("See how the queues do that one leads"),
        "queues:lead": _lazy("Hold queues, stop their clocks, hand over their tasks and enter absences"),
    }
)

SERVICE_SCOPES = frozenset(
    {"workflows:read", "runs:read", "runs:start", "events:send", "reviews:create", "reviews:read", "tasks:read"}
)


def offered(kind: str) -> frozenset[str]:
    """The scopes that a token of this kind may have."""
    return SERVICE_SCOPES if kind == "service" else frozenset(SCOPES)


def refused(kind: str, scopes: Iterable[str]) -> list[str]:
    """Those of the scopes that a token of this kind may not have, in the order given."""
    return [scope for scope in scopes if scope not in offered(kind)]
