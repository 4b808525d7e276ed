"""Queues as their leads see them, and what a lead does to one."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from reviewhub.accounts.models import Absence, Person
from reviewhub.api.access import person_of
from reviewhub.api.idempotency import idempotent
from reviewhub.api.paging import page_response
from reviewhub.api.schema import IDEMPOTENCY_KEY, paged
from reviewhub.api.serializers.queues import (
    AbsenceGiven,
    AbsenceShown,
    HandedShown,
    Handover,
    Hold,
    Picked,
    QueueShown,
    TeamShown,
)
from reviewhub.api.views.base import ApiView, read_body, shown
from reviewhub.api.visibility import told_run
from reviewhub.reviews import services
from reviewhub.reviews.models import Queue
from reviewhub.reviews.selectors.leading import absences_of, led_queues, next_breaches, team_of, waiting_of


class Queues(ApiView):
    scopes = {"GET": "queues:read"}

    @extend_schema(operation_id="list_queues", responses=paged(QueueShown))
    def get(self, request: Request) -> Response:
        """Those that the caller leads."""
        return page_response(request, QueueShown(led_queues(person_of(request)), many=True).data, None)


class OneQueue(ApiView):
    scopes = {"GET": "queues:read"}

    @extend_schema(operation_id="read_queue", responses=TeamShown)
    def get(self, request: Request, slug: str) -> Response:
        """Load and pace of each, what will be late next, and who is away."""
        queue = _queue(request, slug)
        team = team_of([queue.pk], person_of(request))
        values = {
            "queue": queue,
            "waiting": waiting_of([queue.pk]),
            "people": team,
            "next_breaches": next_breaches([queue.pk]),
            "absences": absences_of([one.person.pk for one in team]),
        }
        return shown(TeamShown, values, context=told_run(request))


class Holding(ApiView):
    scopes = {"POST": "queues:lead", "DELETE": "queues:lead"}

    @extend_schema(operation_id="hold_queue", parameters=[IDEMPOTENCY_KEY], request=Hold, responses=QueueShown)
    @idempotent
    def post(self, request: Request, slug: str) -> Response:
        """From here on nothing of it is given, and nobody takes anything."""
        queue, given = _queue(request, slug), read_body(Hold, request)
        return shown(QueueShown, services.hold_queue(queue=queue, actor=person_of(request), **given))

    @extend_schema(operation_id="let_queue_go_on", request=None, responses={200: QueueShown})
    def delete(self, request: Request, slug: str) -> Response:
        """Lets it go on."""
        return shown(QueueShown, services.let_queue_go_on(queue=_queue(request, slug), actor=person_of(request)))


class Outage(ApiView):
    scopes = {"POST": "queues:lead", "DELETE": "queues:lead"}

    @extend_schema(operation_id="stop_clocks", parameters=[IDEMPOTENCY_KEY], request=Hold, responses={202: QueueShown})
    @idempotent
    def post(self, request: Request, slug: str) -> Response:
        """Stops the clocks of all its open tasks, a hundred at a time. People may decide."""
        queue, given = _queue(request, slug), read_body(Hold, request)
        return shown(QueueShown, services.stop_clocks(queue=queue, actor=person_of(request), **given), status=202)

    @extend_schema(operation_id="start_clocks", request=None, responses={202: QueueShown})
    def delete(self, request: Request, slug: str) -> Response:
        """Starts them again, with what was left of each deadline and level."""
        queue = services.start_clocks(queue=_queue(request, slug), actor=person_of(request))
        return shown(QueueShown, queue, status=202)


class PullOnly(ApiView):
    scopes = {"POST": "queues:lead", "DELETE": "queues:lead"}

    @extend_schema(operation_id="set_pull_only", parameters=[IDEMPOTENCY_KEY], request=None, responses=QueueShown)
    @idempotent
    def post(self, request: Request, slug: str) -> Response:
        """Its reviewers take what “Start reviewing” gives, and pick nothing."""
        return self._set(request, slug, pull_only=True)

    @extend_schema(operation_id="end_pull_only", request=None, responses={200: QueueShown})
    def delete(self, request: Request, slug: str) -> Response:
        """Everybody of the queue picks what they like."""
        return self._set(request, slug, pull_only=False)

    def _set(self, request: Request, slug: str, *, pull_only: bool) -> Response:
        queue = _queue(request, slug)
        return shown(QueueShown, services.set_pull_only(queue=queue, actor=person_of(request), pull_only=pull_only))


class Handovers(ApiView):
    scopes = {"POST": "queues:lead"}

    @extend_schema(
        operation_id="hand_over_tasks", parameters=[IDEMPOTENCY_KEY], request=Handover, responses=HandedShown
    )
    @idempotent
    def post(self, request: Request, slug: str) -> Response:
        """Hands tasks to somebody of the queue, or back to all of it, each for itself. What cannot go is named."""
        queue, given = _queue(request, slug), read_body(Handover, request)
        to = _person(given["to"], "to")
        versions = {task_id: given["versions"].get(str(task_id)) for task_id in given["tasks"]}
        handed = services.hand_over_tasks(queue=queue, versions=versions, to=to, actor=person_of(request))
        return shown(HandedShown, handed)


class Nudges(ApiView):
    scopes = {"POST": "queues:lead"}

    @extend_schema(operation_id="nudge_together", parameters=[IDEMPOTENCY_KEY], request=Picked, responses=HandedShown)
    @idempotent
    def post(self, request: Request, slug: str) -> Response:
        """Reminds whoever has these tasks, each for itself. What cannot be is named."""
        queue, given = _queue(request, slug), read_body(Picked, request)
        nudged = services.nudge_together(queue=queue, task_ids=given["tasks"], actor=person_of(request))
        return shown(HandedShown, nudged)


class Absences(ApiView):
    scopes = {"POST": "queues:lead"}

    @extend_schema(
        operation_id="enter_absence", parameters=[IDEMPOTENCY_KEY], request=AbsenceGiven, responses={201: AbsenceShown}
    )
    @idempotent
    def post(self, request: Request, slug: str) -> Response:
        """Somebody of the queue is away: what waits with them then goes on to whoever stands in."""
        queue, given = _queue(request, slug), read_body(AbsenceGiven, request)
        values: dict[str, Any] = {name: _person(given.pop(name), name) for name in ("person", "delegate")}
        absence = services.enter_absence(queue=queue, actor=person_of(request), **values, **given)
        return shown(AbsenceShown, absence, status=201)


class OneAbsence(ApiView):
    scopes = {"DELETE": "queues:lead"}

    @extend_schema(operation_id="remove_absence", request=None, responses={204: None})
    def delete(self, request: Request, slug: str, absence_id: int) -> Response:
        """Somebody is here after all."""
        queue = _queue(request, slug)
        absence = Absence.objects.filter(pk=absence_id).select_related("person", "delegate").first()
        if absence is None or not queue.memberships.filter(person=absence.person_id).exists():
            raise Http404
        services.remove_absence(queue=queue, actor=person_of(request), absence=absence)
        return Response(status=204)


def _queue(request: Request, slug: str) -> Queue:
    queue = led_queues(person_of(request)).filter(slug=slug).first()
    if queue is None:
        raise Http404
    return queue


def _person(username: str | None, name: str) -> Person | None:
    if not username:
        return None
    person = Person.objects.filter(username=username, is_active=True).first()
    if person is None:
        raise serializers.ValidationError({name: ["There is nobody of this name."]})
    return person
