"""What is done with a review task beside deciding it. All rules are the desk's; these are its doors."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from reviewhub.accounts.models import Person
from reviewhub.accounts.permissions import allows
from reviewhub.api.access import person_of, require_right
from reviewhub.api.conditions import expected_version
from reviewhub.api.idempotency import idempotent
from reviewhub.api.schema import IDEMPOTENCY_KEY, IF_MATCH
from reviewhub.api.serializers.tasks import (
    DelegationGiven,
    EscalationGiven,
    InformationAsked,
    NudgeShown,
    RefusalGiven,
    SnoozeGiven,
    TaskShown,
)
from reviewhub.api.views.base import ApiView, read_body, shown
from reviewhub.api.views.tasks import as_it_stands, deciding_person
from reviewhub.api.visibility import task_for
from reviewhub.reviews import services
from reviewhub.reviews.models import ReviewTask

PARAMETERS = [IDEMPOTENCY_KEY, IF_MATCH]


class _Act(ApiView):
    scopes = {"POST": "tasks:decide", "DELETE": "tasks:decide"}
    refusals = {"POST": (409, 412), "DELETE": (409,)}

    def _who(self, request: Request, task_id: UUID, verb: str) -> dict[str, Any]:
        task = task_for(request, task_id)
        require_right(request, verb, task)
        return {"task_id": task.pk, "actor": person_of(request), "expected_version": expected_version(request)}

    def _wake(self, request: Request, task_id: UUID) -> Response:
        services.wake_task(task_id=task_for(request, task_id).pk, actor=deciding_person(request))
        return as_it_stands(request, task_id)


class Nudging(ApiView):
    scopes = {"POST": "tasks:decide"}
    refusals = {"POST": (409,)}

    @extend_schema(
        operation_id="nudge_assignee", parameters=[IDEMPOTENCY_KEY], request=None, responses={201: NudgeShown}
    )
    @idempotent
    def post(self, request: Request, task_id: UUID) -> Response:
        """Reminds whoever has the task. The requester may, without being able to read it."""
        task = ReviewTask.objects.filter(pk=task_id).first()
        actor = deciding_person(request)
        if task is None or not (allows(actor, "task.nudge", task) or allows(actor, "task.read", task)):
            raise Http404
        return shown(NudgeShown, services.nudge_assignee(task_id=task_id, actor=actor), status=201)


class Asking(_Act):
    @extend_schema(
        operation_id="ask_for_information",
        parameters=PARAMETERS,
        request=InformationAsked,
        responses={201: TaskShown},
    )
    @idempotent
    def post(self, request: Request, task_id: UUID) -> Response:
        """Asks the requester, and sets the task aside until the answer."""
        who = self._who(request, task_id, "task.ask")
        services.ask_for_information(**who, **read_body(InformationAsked, request))
        return as_it_stands(request, task_id, status=201)

    @extend_schema(operation_id="revoke_information", request=None, responses={200: TaskShown})
    def delete(self, request: Request, task_id: UUID) -> Response:
        """Goes on without an answer: the link takes none any more."""
        return self._wake(request, task_id)


class Snoozing(_Act):
    @extend_schema(operation_id="snooze_task", parameters=PARAMETERS, request=SnoozeGiven, responses={201: TaskShown})
    @idempotent
    def post(self, request: Request, task_id: UUID) -> Response:
        """Sets the task aside until a time."""
        who = self._who(request, task_id, "task.snooze")
        services.snooze_task(**who, **read_body(SnoozeGiven, request))
        return as_it_stands(request, task_id, status=201)

    @extend_schema(operation_id="wake_task", request=None, responses={200: TaskShown})
    def delete(self, request: Request, task_id: UUID) -> Response:
        """Takes the task up again."""
        return self._wake(request, task_id)


class Delegating(_Act):
    @extend_schema(
        operation_id="delegate_task", parameters=PARAMETERS, request=DelegationGiven, responses={201: TaskShown}
    )
    @idempotent
    def post(self, request: Request, task_id: UUID) -> Response:
        """Hands the task to a colleague."""
        who, given = self._who(request, task_id, "task.delegate"), read_body(DelegationGiven, request)
        to = Person.objects.filter(username=given["to"], is_active=True).first()
        if to is None:
            raise serializers.ValidationError({"to": ["There is nobody of this name."]})
        services.delegate_task(**who, to=to, note=given["note"])
        return as_it_stands(request, task_id, status=201)

    @extend_schema(operation_id="take_back_delegation", request=None, responses={200: TaskShown})
    def delete(self, request: Request, task_id: UUID) -> Response:
        """Takes one's own delegation back."""
        services.take_back_delegation(task_id=task_for(request, task_id).pk, actor=deciding_person(request))
        return as_it_stands(request, task_id)


class Declining(_Act):
    @extend_schema(operation_id="decline_task", parameters=PARAMETERS, request=RefusalGiven, responses={201: TaskShown})
    @idempotent
    def post(self, request: Request, task_id: UUID) -> Response:
        """Says that somebody else should decide."""
        who = self._who(request, task_id, "task.decline")
        services.decline_task(**who, **read_body(RefusalGiven, request))
        return as_it_stands(request, task_id, status=201)


class Escalating(_Act):
    @extend_schema(
        operation_id="escalate_task", parameters=PARAMETERS, request=EscalationGiven, responses={201: TaskShown}
    )
    @idempotent
    def post(self, request: Request, task_id: UUID) -> Response:
        """Reaches the next level of the chain now."""
        who = self._who(request, task_id, "task.escalate")
        services.escalate_task(**who, **read_body(EscalationGiven, request))
        return as_it_stands(request, task_id, status=201)
