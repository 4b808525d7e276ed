"""Addresses of the API. They are nouns, and end in a slash."""

from __future__ import annotations

from django.urls import path, re_path

from reviewhub.api.views import (
    control,
    docs,
    events,
    handing,
    previews,
    problems,
    runs,
    schema,
    stuck,
    tasks,
    together,
    tokens,
    workflows,
)

app_name = "api"

urlpatterns = [
    path("v1/workflows/", workflows.Workflows.as_view(), name="workflows"),
    path("v1/workflows/<slug:name>/", workflows.OneWorkflow.as_view(), name="workflow"),
    path("v1/workflows/<slug:name>/pause/", workflows.Pausing.as_view(), name="workflow-pause"),
    path("v1/workflows/<slug:name>/versions/", workflows.Versions.as_view(), name="versions"),
    path("v1/workflows/<slug:name>/versions/<int:number>/", workflows.OneVersion.as_view(), name="version"),
    path(
        "v1/workflows/<slug:name>/versions/<int:number>/activation/",
        workflows.Activation.as_view(),
        name="activation",
    ),
    path("v1/runs/", runs.Runs.as_view(), name="runs"),
    path("v1/runs/<uuid:run_id>/", runs.OneRun.as_view(), name="run"),
    path("v1/runs/<uuid:run_id>/cancellation/", runs.Cancelling.as_view(), name="cancellation"),
    path("v1/runs/<uuid:run_id>/migration/", control.Migrating.as_view(), name="migration"),
    path("v1/runs/<uuid:run_id>/pause/", control.Pausing.as_view(), name="pause"),
    path("v1/runs/<uuid:run_id>/reruns/", control.Reruns.as_view(), name="reruns"),
    path("v1/runs/<uuid:run_id>/retries/", control.Retries.as_view(), name="retries"),
    path("v1/runs/<uuid:run_id>/forks/", control.Forks.as_view(), name="forks"),
    path("v1/runs/<uuid:run_id>/at/<int:sequence>/", control.StateAt.as_view(), name="state-at"),
    path("v1/runs/<uuid:run_id>/timeline/", runs.Timeline.as_view(), name="timeline"),
    path("v1/runs/<uuid:run_id>/values/<slug:digest>/", runs.OneValue.as_view(), name="value"),
    path("v1/runs/<uuid:run_id>/steps/", runs.Steps.as_view(), name="steps"),
    path("v1/stuck/", stuck.StuckList.as_view(), name="stuck"),
    path("v1/stuck/messages/<int:message_id>/sending/", stuck.Sending.as_view(), name="message-sending"),
    path("v1/stuck/messages/<int:message_id>/dropping/", stuck.Dropping.as_view(), name="message-dropping"),
    path("v1/stuck/events/<int:event_id>/starting/", stuck.Starting.as_view(), name="event-starting"),
    path("v1/stuck/events/<int:event_id>/dropping/", stuck.EventDropping.as_view(), name="event-dropping"),
    path("v1/events/", events.Events.as_view(), name="events"),
    path("v1/tasks/", tasks.Tasks.as_view(), name="tasks"),
    path("v1/tasks/<uuid:task_id>/", tasks.OneTask.as_view(), name="task"),
    path("v1/tasks/<uuid:task_id>/claim/", tasks.Claim.as_view(), name="claim"),
    path("v1/tasks/<uuid:task_id>/decision/", tasks.Deciding.as_view(), name="decision"),
    path("v1/tasks/<uuid:task_id>/information/", handing.Asking.as_view(), name="information"),
    path("v1/tasks/<uuid:task_id>/snooze/", handing.Snoozing.as_view(), name="snooze"),
    path("v1/tasks/<uuid:task_id>/delegation/", handing.Delegating.as_view(), name="delegation"),
    path("v1/tasks/<uuid:task_id>/refusal/", handing.Declining.as_view(), name="refusal"),
    path("v1/tasks/<uuid:task_id>/escalation/", handing.Escalating.as_view(), name="escalation"),
    path("v1/tasks/<uuid:task_id>/comments/", tasks.Comments.as_view(), name="comments"),
    path("v1/decisions/", together.Decisions.as_view(), name="decisions"),
    path("v1/escalation-policies/<slug:name>/preview/", previews.Preview.as_view(), name="escalation-preview"),
    path("v1/reasons/", tasks.Reasons.as_view(), name="reasons"),
    path("v1/tokens/", tokens.Tokens.as_view(), name="tokens"),
    path("v1/tokens/<uuid:token_id>/", tokens.OneToken.as_view(), name="token"),
    path("schema/", schema.SchemaView.as_view(), name="schema"),
    path("docs/", docs.docs, name="docs"),
    path("problems/<slug:kind>/", problems.ProblemType.as_view(), name="problem"),
    re_path(r"", problems.Missing.as_view(), name="missing"),
]
