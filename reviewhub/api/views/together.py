"""Deciding several tasks with one request: each for itself, with a record of its own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from reviewhub.api.access import person_of, require_right, service_of
from reviewhub.api.idempotency import checked_key
from reviewhub.api.schema import IDEMPOTENCY_KEY
from reviewhub.api.serializers.together import DecisionsGiven, DecisionsShown
from reviewhub.api.views.base import ApiView, read_body, shown
from reviewhub.reviews.models import Decision
from reviewhub.reviews.services import decide_together
from reviewhub.reviews.services.one_by_one import HeldBack


class Decisions(ApiView):
    scopes = {"POST": "tasks:decide"}

    @extend_schema(
        operation_id="decide_tasks",
        parameters=[IDEMPOTENCY_KEY],
        request=DecisionsGiven,
        responses={200: DecisionsShown},
    )
    def post(self, request: Request) -> Response:
        """Decides tasks of one step in one act. What needs a closer look is held back and named.

        Each decision commits by itself. Under the same key, what was decided before is not decided again.
        """
        if service_of(request) is not None:
            require_right(request, "task.decide")
        given = read_body(DecisionsGiven, request)
        versions = {each["id"]: each["version"] for each in given.pop("tasks")}
        key = request.headers.get("Idempotency-Key")
        decided, held_back = decide_together(
            versions=versions,
            actor=person_of(request),
            idempotency_key=checked_key(key) if key is not None else "",
            channel=Decision.Channel.API,
            **given,
        )
        return shown(DecisionsShown, _told(list(versions), decided, held_back))


def _told(order: list[UUID], decided: list[Decision], held_back: list[HeldBack]) -> dict[str, Any]:
    said = {decision.task_id: _decided(decision) for decision in decided}
    said |= {held.task_id: _held_back(held) for held in held_back}
    results = [said.get(task_id) or _result(task_id, "unknown") for task_id in order]
    return {"decided": len(decided), "held_back": len(held_back), "results": results}


def _decided(decision: Decision) -> dict[str, Any]:
    found = {"decision": decision.pk, "undo_until": decision.undo_until}
    return _result(decision.task_id, "decided", title=decision.task.title, **found)


def _held_back(held: HeldBack) -> dict[str, Any]:
    return _result(held.task_id, "held_back", title=held.title, because=held.why)


def _result(task_id: UUID, status: str, **known: Any) -> dict[str, Any]:
    nothing = {"title": "", "because": "", "decision": None, "undo_until": None}
    return {"task": task_id, "status": status, **nothing, **known}
