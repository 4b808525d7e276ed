"""What has changed in a case, and that somebody has seen it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from reviewhub.api.access import person_of, service_of
from reviewhub.api.idempotency import idempotent
from reviewhub.api.schema import IDEMPOTENCY_KEY
from reviewhub.api.serializers.changes import ChangesQuery, ChangesShown, SeenGiven
from reviewhub.api.views.base import ApiView, read_body, read_query
from reviewhub.api.views.tasks import deciding_person
from reviewhub.api.visibility import task_for
from reviewhub.reviews import services
from reviewhub.reviews.models import Comment, ReviewTask
from reviewhub.reviews.selectors import Changes, changes_seen, changes_since, how_far_seen, mark_of, tasks_before
from reviewhub.reviews.selectors.changes import differences


class ChangesOfTask(ApiView):
    scopes = {"GET": "tasks:read"}

    @extend_schema(operation_id="read_changes", parameters=[ChangesQuery], responses=ChangesShown)
    def get(self, request: Request, task_id: UUID) -> Response:
        """What is different in the case since an instant, or since the caller last saw it. What the AI says of it is no
        part of it."""
        task, since = task_for(request, task_id), read_query(ChangesQuery, request).get("since")
        comments = list(task.comments.select_related("by"))
        found = changes_since(task, since) if since else self._new(request, task, comments)
        shown = ChangesShown({**_values(found, task), "mark": mark_of(task, comments)})
        return Response(shown.data)

    def _new(self, request: Request, task: ReviewTask, comments: list[Comment]) -> Changes | None:
        if service_of(request) is None:
            person = person_of(request)
            return changes_seen(task, person, how_far_seen(person, task), comments)
        earlier = tasks_before(task).first()
        if earlier is None:
            return None
        return Changes(earlier.created_at, earlier, differences(earlier, task))


def _values(found: Changes | None, task: ReviewTask) -> dict[str, Any]:
    if found is None:
        return {"since": None, "earlier": None, "found": (), "answers": (), "comments": ()}
    values = {name: getattr(found, name) for name in ("since", "found", "answers", "comments")}
    return {**values, "earlier": found.earlier if found.earlier != task else None}


class Seen(ApiView):
    scopes = {"PUT": "tasks:decide"}

    @extend_schema(operation_id="mark_seen", parameters=[IDEMPOTENCY_KEY], request=SeenGiven, responses={204: None})
    @idempotent
    def put(self, request: Request, task_id: UUID) -> Response:
        """The caller has seen the task as far as the mark says: what comes later is new to them."""
        task, person = task_for(request, task_id), deciding_person(request)
        services.put_changes_away(task_id=task.pk, actor=person, mark=read_body(SeenGiven, request)["mark"])
        return Response(status=204)
