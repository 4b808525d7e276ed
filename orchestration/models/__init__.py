"""The engine's tables."""

from orchestration.models.answers import KeptAnswer
from orchestration.models.audit import AuditChain, AuditCheckpoint, AuditEvent, AuditPayload
from orchestration.models.connections import Connection
from orchestration.models.decision_points import DecisionPoint, DecisionPointVersion, LearnedModel, Recommendation
from orchestration.models.documents import KeptDocument
from orchestration.models.inbox import InboxMessage, ReceivedEvent
from orchestration.models.limits import (
    ConnectionCredential,
    LimitSetting,
    LimitSlot,
    LimitState,
    LimitUse,
    LimitWaiter,
)
from orchestration.models.messages import Heartbeat, OutboxMessage
from orchestration.models.runs import Attempt, Run, StepRun, Timer
from orchestration.models.values import LargeValue
from orchestration.models.workflows import Workflow, WorkflowDraft, WorkflowVersion

__all__ = [
    "Attempt",
    "AuditChain",
    "AuditCheckpoint",
    "AuditEvent",
    "AuditPayload",
    "Connection",
    "ConnectionCredential",
    "DecisionPoint",
    "DecisionPointVersion",
    "Heartbeat",
    "InboxMessage",
    "KeptAnswer",
    "KeptDocument",
    "LargeValue",
    "LearnedModel",
    "LimitSetting",
    "LimitSlot",
    "LimitState",
    "LimitUse",
    "LimitWaiter",
    "OutboxMessage",
    "ReceivedEvent",
    "Recommendation",
    "Run",
    "StepRun",
    "Timer",
    "Workflow",
    "WorkflowDraft",
    "WorkflowVersion",
]
