"""The door: all that the faces of the product may do with the engine. One way in, whatever the channel."""

from orchestration.core.calendars import Calendar, InvalidCalendar, calendar_from
from orchestration.core.documents import OF as DOCUMENT_DIGEST
from orchestration.core.documents import documents_in, is_document
from orchestration.core.incidents import RESULT as GIVEN_RESULT
from orchestration.core.language.check import Checked, Fault
from orchestration.core.language.definition import Block, Definition, Step, compile_definition
from orchestration.core.large import OF as LARGE_DIGEST
from orchestration.core.large import is_reference as is_large
from orchestration.core.limits import Limits
from orchestration.core.migrating import Plan
from orchestration.core.paths import iteration_of, path_of, undo_of, written
from orchestration.core.previewing import preview
from orchestration.core.proposing import Proposal, propose
from orchestration.core.reaching import Away, Member, reached
from orchestration.core.rehearsal.outcome import Failure, Rehearsed, Told
from orchestration.core.state import RunState, StepState, TimerState
from orchestration.models.secrets import SecretField
from orchestration.ports import COMMAND_LINE, SYSTEM, Actor
from orchestration.runtime import sql as statements
from orchestration.runtime.advice import keep_advice
from orchestration.runtime.answering import (
    Standing,
    ask_again,
    call_level,
    decide_review,
    hold_free_runs,
    hold_run,
    pause_review,
    record_run_event,
    record_run_events,
    resume_review,
    take_back_decision,
)
from orchestration.runtime.audit import checkpoint, record_change
from orchestration.runtime.calls import recommendation_for
from orchestration.runtime.children import children_of
from orchestration.runtime.closers import Closers
from orchestration.runtime.configuring import save_connection, save_decision_point
from orchestration.runtime.control import cancel_run, pause_run, resume_run
from orchestration.runtime.credentials import Credential, credential
from orchestration.runtime.deadlines import near_deadlines, runs_near_deadlines, step_end, step_has_ended
from orchestration.runtime.definitions import definition_of
from orchestration.runtime.documents import documents_of_run, has_document, keep_document, read_document
from orchestration.runtime.events import Sent, send_event
from orchestration.runtime.figures import (
    CallFigure,
    CredentialFigure,
    LimitFigure,
    call_figures,
    credential_figures,
    limit_figures,
)
from orchestration.runtime.forking import fork, rerun, retry
from orchestration.runtime.heartbeats import SILENT_FOR, beat, heart_of, heartbeats
from orchestration.runtime.holding import pause_workflow, resume_workflow
from orchestration.runtime.limits import refresh as refresh_limits
from orchestration.runtime.migrating import migrate_run, plan_migration
from orchestration.runtime.naming_documents import forget_unnamed_documents, name_documents
from orchestration.runtime.outages import begin_outage, end_outage
from orchestration.runtime.outbox import on_topic, send_later, sent_together
from orchestration.runtime.publishing import (
    activate_version,
    check_offline,
    check_own,
    check_policy,
    check_workflow,
    deploy_workflow,
    keep_version,
    publish_workflow,
    save_draft,
)
from orchestration.runtime.reading import (
    Entry,
    audit_entries,
    chain_entries,
    connection,
    connections,
    decision_points,
    drafts,
    facts_of_step,
    folded,
    limit_settings,
    recommendations,
    run_attempts,
    run_state,
    run_steps,
    run_timers,
    runs,
    timeline,
    timeline_after,
    timeline_before,
    told,
    told_timeline,
    unregistered_tools,
    versions,
    workflows,
)
from orchestration.runtime.rehearsing import rehearse_offline, rehearse_tests
from orchestration.runtime.replaying import Replay, replay, state_at
from orchestration.runtime.starting import Started, start_run
from orchestration.runtime.stuck import KINDS as STUCK_KINDS
from orchestration.runtime.stuck import (
    Stuck,
    drop_message,
    send_message_now,
    stuck,
    stuck_counts,
    unserved_queues,
)
from orchestration.runtime.sweeper import Chore, Sweeper, lose_all_leases
from orchestration.runtime.tools import Tool, ToolCall, tool, tools
from orchestration.runtime.triggered import drop_refused, start_refused_again
from orchestration.runtime.values import text_of as large_value
from orchestration.runtime.verification import AuditFault, AuditReport, verify_audit
from orchestration.tools.http import post_body, request_json
from orchestration.triggers import (
    Arrived,
    BadSignature,
    MalformedBody,
    StaleSignature,
    Taken,
    TriggerNotReady,
    WebhookTrigger,
    accept_webhook,
    accept_webhooks,
    read_json_object,
    webhook_trigger,
)

__all__ = [
    "COMMAND_LINE",
    "DOCUMENT_DIGEST",
    "GIVEN_RESULT",
    "LARGE_DIGEST",
    "SILENT_FOR",
    "STUCK_KINDS",
    "SYSTEM",
    "Actor",
    "Arrived",
    "AuditFault",
    "AuditReport",
    "Away",
    "BadSignature",
    "Block",
    "Calendar",
    "CallFigure",
    "Checked",
    "Chore",
    "Closers",
    "Credential",
    "CredentialFigure",
    "Definition",
    "Entry",
    "Failure",
    "Fault",
    "InvalidCalendar",
    "LimitFigure",
    "Limits",
    "MalformedBody",
    "Member",
    "Plan",
    "Proposal",
    "Rehearsed",
    "Replay",
    "RunState",
    "SecretField",
    "Sent",
    "StaleSignature",
    "Standing",
    "Started",
    "Step",
    "StepState",
    "Stuck",
    "Sweeper",
    "Taken",
    "TimerState",
    "Told",
    "Tool",
    "ToolCall",
    "TriggerNotReady",
    "WebhookTrigger",
    "accept_webhook",
    "accept_webhooks",
    "activate_version",
    "ask_again",
    "audit_entries",
    "beat",
    "begin_outage",
    "calendar_from",
    "call_figures",
    "call_level",
    "cancel_run",
    "chain_entries",
    "check_offline",
    "check_own",
    "check_policy",
    "check_workflow",
    "checkpoint",
    "children_of",
    "compile_definition",
    "connection",
    "connections",
    "credential",
    "credential_figures",
    "decide_review",
    "decision_points",
    "definition_of",
    "deploy_workflow",
    "documents_in",
    "documents_of_run",
    "drafts",
    "drop_message",
    "drop_refused",
    "end_outage",
    "facts_of_step",
    "folded",
    "forget_unnamed_documents",
    "fork",
    "has_document",
    "heart_of",
    "heartbeats",
    "hold_free_runs",
    "hold_run",
    "is_document",
    "is_large",
    "iteration_of",
    "keep_advice",
    "keep_document",
    "keep_version",
    "large_value",
    "limit_figures",
    "limit_settings",
    "lose_all_leases",
    "migrate_run",
    "name_documents",
    "near_deadlines",
    "on_topic",
    "path_of",
    "pause_review",
    "pause_run",
    "pause_workflow",
    "plan_migration",
    "post_body",
    "preview",
    "propose",
    "publish_workflow",
    "reached",
    "read_document",
    "read_json_object",
    "recommendation_for",
    "recommendations",
    "record_change",
    "record_run_event",
    "record_run_events",
    "refresh_limits",
    "rehearse_offline",
    "rehearse_tests",
    "replay",
    "request_json",
    "rerun",
    "resume_review",
    "resume_run",
    "resume_workflow",
    "retry",
    "run_attempts",
    "run_state",
    "run_steps",
    "run_timers",
    "runs",
    "runs_near_deadlines",
    "save_connection",
    "save_decision_point",
    "save_draft",
    "send_event",
    "send_later",
    "send_message_now",
    "sent_together",
    "start_refused_again",
    "start_run",
    "state_at",
    "statements",
    "step_end",
    "step_has_ended",
    "stuck",
    "stuck_counts",
    "take_back_decision",
    "timeline",
    "timeline_after",
    "timeline_before",
    "told",
    "told_timeline",
    "tool",
    "tools",
    "undo_of",
    "unregistered_tools",
    "unserved_queues",
    "verify_audit",
    "versions",
    "webhook_trigger",
    "workflows",
    "written",
]
