"""What a token may be used for. A scope never gives more than its person has."""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType

SCOPES = MappingProxyType(
    {
        "workflows:read": "Read workflows and their versions",
        "workflows:deploy": "Publish a workflow's text, and go back to another version",
        "workflows:pause": "Pause a workflow and let it go on",
        "runs:read": "Read runs, their steps and timelines",
        "runs:start": "Start runs",
        "runs:cancel": "Cancel runs",
        "runs:migrate": "Move runs to another version of their workflow",
        "runs:pause": "Pause runs and let them go on",
        "stuck:read": "See what is stuck and why",
        "stuck:handle": "Send or drop messages and events that are stuck",
        "events:send": "Send events to runs that wait for them",
        "reviews:create": "Ask for reviews without a workflow, and withdraw them",
        "reviews:read": "Read the reviews that were asked for, and their answers",
        "tasks:read": "Read review tasks and their comments",
        "tasks:comment": "Write comments",
        "notices:set": "Read and choose how one is told",
        "tasks:decide": "Claim review tasks, decide them and take decisions back",
        "queues:read": "See how the queues do that one leads",
        "queues:lead": "Hold queues, stop their clocks, hand over their tasks and enter absences",
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
