"""The engine's tables."""

from orchestration.models.audit import AuditChain, AuditCheckpoint, AuditEvent, AuditPayload
from orchestration.models.connections import Connection
from orchestration.models.decision_points import DecisionPoint, DecisionPointVersion, LearnedModel, Recommendation
from orchestration.models.inbox import InboxMessage, ReceivedEvent
from orchestration.models.messages import Heartbeat, OutboxMessage
from orchestration.models.runs import Attempt, Run, StepRun, Timer
from orchestration.models.workflows import Workflow, WorkflowDraft, WorkflowVersion

__all__ = [
    "Attempt",
    "AuditChain",
    "AuditCheckpoint",
    "AuditEvent",
    "AuditPayload",
    "Connection",
    "DecisionPoint",
    "DecisionPointVersion",
    "Heartbeat",
    "InboxMessage",
    "LearnedModel",
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
