"""Addresses are nouns; what changes something is a POST to the noun that it makes."""

from __future__ import annotations

from django.urls import path

from reviewhub.studio.views import (
    audit,
    control,
    deadlines,
    editor,
    holding,
    limits,
    migration,
    replaying,
    run,
    runs,
    starting,
    stuck,
    tokens,
    versions,
    workflows,
)

app_name = "studio"

urlpatterns = [
    path("runs/", runs.run_list, name="runs"),
    path("runs/acts/", control.acts, name="runs-acts"),
    path("runs/<uuid:run_id>/", run.run_page, name="run"),
    path("runs/<uuid:run_id>/live/", run.run_live, name="run-live"),
    path("runs/<uuid:run_id>/cancellation/", control.cancellation, name="run-cancellation"),
    path("runs/<uuid:run_id>/reruns/", control.rerun, name="run-rerun"),
    path("runs/<uuid:run_id>/retries/", control.retry, name="run-retry"),
    path("runs/<uuid:run_id>/forks/", control.fork, name="run-fork"),
    path("runs/<uuid:run_id>/at/", replaying.at, name="run-at"),
    path("runs/<uuid:run_id>/values/<slug:digest>/", run.run_value, name="run-value"),
    path("runs/<uuid:run_id>/pause/", control.pause, name="run-pause"),
    path("runs/<uuid:run_id>/resumption/", control.resumption, name="run-resumption"),
    path("stuck/", stuck.stuck_list, name="stuck"),
    path("stuck/messages/<int:message_id>/sending/", stuck.sending, name="message-sending"),
    path("stuck/messages/<int:message_id>/dropping/", stuck.dropping, name="message-dropping"),
    path("stuck/events/<int:event_id>/starting/", stuck.starting, name="event-starting"),
    path("stuck/events/<int:event_id>/dropping/", stuck.event_dropping, name="event-dropping"),
    path("deadlines/", deadlines.deadlines, name="deadlines"),
    path("deadlines/missed.csv", deadlines.export, name="deadlines-export"),
    path("limits/", limits.limit_list, name="limits"),
    path("workflows/", workflows.workflow_list, name="workflows"),
    path("new-workflow/", editor.new_workflow, name="workflow-new"),
    path("workflows/<slug:name>/", workflows.workflow_page, name="workflow"),
    path("workflows/<slug:name>/draft/", editor.draft, name="draft"),
    path("workflows/<slug:name>/draft/check/", editor.check, name="check"),
    path("workflows/<slug:name>/draft/rehearsal/", editor.rehearsal, name="rehearsal"),
    path("workflows/<slug:name>/publication/", editor.publication, name="publication"),
    path("workflows/<slug:name>/migration/", migration.page, name="migration"),
    path("workflows/<slug:name>/pause/", holding.pause, name="workflow-pause"),
    path("workflows/<slug:name>/resumption/", holding.resumption, name="workflow-resumption"),
    path("workflows/<slug:name>/comparison/", versions.comparison, name="comparison"),
    path("workflows/<slug:name>/versions/<int:number>/", versions.version_page, name="version"),
    path("workflows/<slug:name>/versions/<int:number>/activation/", versions.activation, name="activation"),
    path("workflows/<slug:name>/runs/new/", starting.start, name="start"),
    path("audit/", audit.newest, name="audit"),
    path("audit/verification/", audit.verification, name="audit-verification"),
    path("audit/chain/<path:chain>/", audit.chain, name="audit-chain"),
    path("tokens/", tokens.tokens, name="tokens"),
    path("tokens/<uuid:token_id>/revocation/", tokens.revocation, name="token-revocation"),
]
