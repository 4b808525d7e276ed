"""Runs: what somebody does to one as a whole, and how it was at any event."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from orchestration import api
from reviewhub.api.access import actor_of, require_right
from reviewhub.api.idempotency import idempotent
from reviewhub.api.schema import IDEMPOTENCY_KEY
from reviewhub.api.serializers.runs import (
    Fork,
    Migration,
    MigrationShown,
    Pause,
    Retry,
    RunStarted,
    RunWithInput,
    StateShown,
    run_url,
)
from reviewhub.api.views.base import ApiView, read_body, shown
from reviewhub.api.visibility import run_for, told_run_for


class Pausing(ApiView):
    scopes = {"POST": "runs:pause", "DELETE": "runs:pause"}
    refusals = {"POST": (409,), "DELETE": (409,)}

    @extend_schema(operation_id="pause_run", parameters=[IDEMPOTENCY_KEY], request=Pause, responses=RunWithInput)
    @idempotent
    def post(self, request: Request, run_id: UUID) -> Response:
        """Starts no new step of the run. What is under way may finish; its clocks stand still."""
        run = run_for(request, run_id)
        require_right(request, "run.pause", run)
        api.pause_run(run_id=run.pk, reason=read_body(Pause, request)["reason"], actor=actor_of(request))
        return shown(RunWithInput, run_for(request, run_id))

    @extend_schema(operation_id="resume_run", request=None, responses={200: RunWithInput})
    def delete(self, request: Request, run_id: UUID) -> Response:
        """Lets the run go on where it stood, its clocks later by the length of the pause."""
        run = run_for(request, run_id)
        require_right(request, "run.pause", run)
        api.resume_run(run_id=run.pk, actor=actor_of(request))
        return shown(RunWithInput, run_for(request, run_id))


class Reruns(ApiView):
    scopes = {"POST": "runs:start"}
    refusals = {"POST": (409,)}

    @extend_schema(operation_id="rerun_run", parameters=[IDEMPOTENCY_KEY], request=None, responses={201: RunStarted})
    @idempotent
    def post(self, request: Request, run_id: UUID) -> Response:
        """Starts the workflow's current version with the same input, as a new run that is linked to this one."""
        run = _again(request, run_id)
        return _started(api.rerun(run_id=run.pk, actor=actor_of(request)))


class Retries(ApiView):
    scopes = {"POST": "runs:start"}
    refusals = {"POST": (409,)}

    @extend_schema(operation_id="retry_run", parameters=[IDEMPOTENCY_KEY], request=Retry, responses={201: RunStarted})
    @idempotent
    def post(self, request: Request, run_id: UUID) -> Response:
        """Does an ended run again from this step on, as a new run. What does not come after it is taken over."""
        run = _again(request, run_id)
        return _started(api.retry(run_id=run.pk, path=read_body(Retry, request)["step"], actor=actor_of(request)))


class Forks(ApiView):
    scopes = {"POST": "runs:start"}
    refusals = {"POST": (409,)}

    @extend_schema(operation_id="fork_run", parameters=[IDEMPOTENCY_KEY], request=Fork, responses={201: RunStarted})
    @idempotent
    def post(self, request: Request, run_id: UUID) -> Response:
        """Starts a run that goes on from where this one stood right after that event. This one stays as it is."""
        run = _again(request, run_id)
        sequence = read_body(Fork, request)["sequence"]
        return _started(api.fork(run_id=run.pk, sequence=sequence, actor=actor_of(request)))


def _again(request: Request, run_id: UUID) -> Any:
    run = run_for(request, run_id)
    require_right(request, "run.again", run)
    return run


def _started(started: api.Started) -> Response:
    return shown(RunStarted, started, status=201, Location=run_url(started.run_id))


class Migrating(ApiView):
    scopes = {"POST": "runs:migrate"}
    refusals = {"POST": (409,)}

    @extend_schema(
        operation_id="migrate_run", parameters=[IDEMPOTENCY_KEY], request=Migration, responses=MigrationShown
    )
    @idempotent
    def post(self, request: Request, run_id: UUID) -> Response:
        """Moves an open run to another version. What has no place there is a reason to refuse; all are given."""
        run = run_for(request, run_id)
        require_right(request, "run.migrate", run)
        given = read_body(Migration, request)
        wanted = {"run_id": run.pk, "to": given["to"], "step_map": given["map"]}
        if given["dry_run"]:
            return shown(MigrationShown, api.plan_migration(**wanted))
        return shown(MigrationShown, api.migrate_run(**wanted, actor=actor_of(request)))


class StateAt(ApiView):
    scopes = {"GET": "runs:read"}

    @extend_schema(operation_id="read_run_state_at", responses=StateShown)
    def get(self, request: Request, run_id: UUID, sequence: int) -> Response:
        """The run as it was right after that event, folded from its audit chain."""
        return shown(StateShown, api.state_at(told_run_for(request, run_id).pk, sequence))
