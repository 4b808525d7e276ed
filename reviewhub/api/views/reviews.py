"""Reviews for other systems: asking, reading, withdrawing."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from reviewhub.api.access import actor_of, person_of, require_right, service_of
from reviewhub.api.idempotency import idempotent, owner_of
from reviewhub.api.paging import page_response
from reviewhub.api.schema import IDEMPOTENCY_KEY, paged
from reviewhub.api.serializers.queries import ReviewQuery
from reviewhub.api.serializers.reviews import ReviewAsked, ReviewShown
from reviewhub.api.translation import faults_of
from reviewhub.api.views.base import ApiView, read_query
from reviewhub.api.views.runs import NEWEST
from reviewhub.api.visibility import runs_for
from reviewhub.reviews.exceptions import InvalidRequest
from reviewhub.reviews.requested import asking
from reviewhub.reviews.requested.standing import requested_reviews, standing_of_review, standings_of


class Reviews(ApiView):
    scopes = {"GET": "reviews:read", "POST": "reviews:create"}

    @extend_schema(operation_id="list_reviews", parameters=[ReviewQuery], responses=paged(ReviewShown))
    def get(self, request: Request) -> Response:
        """The newest first. A service token sees those that it has asked for."""
        query = read_query(ReviewQuery, request)
        rows, cursor = NEWEST.page(_reviews_for(request), query.get("cursor"), query["limit"])
        return page_response(request, standings_of(rows), cursor)

    @extend_schema(
        operation_id="ask_for_review",
        parameters=[IDEMPOTENCY_KEY],
        request=ReviewAsked,
        responses={200: ReviewShown, 201: ReviewShown},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Puts a question before people, or answers with the review that the event has asked for before."""
        require_right(request, "review.ask")
        asker = _asker(request)
        started = asking.ask_for_review(wanted=_read(request, asker), asker=asker)
        review = standing_of_review(started.run_id)
        return Response(review, status=201 if started.created else 200, headers={"Location": review["url"]})


class OneReview(ApiView):
    scopes = {"GET": "reviews:read", "DELETE": "reviews:create"}
    refusals = {"DELETE": (409,)}

    @extend_schema(operation_id="read_review", responses=ReviewShown)
    def get(self, request: Request, review_id: UUID) -> Response:
        return Response(standings_of([_review_for(request, review_id)])[0])

    @extend_schema(operation_id="withdraw_review", responses={200: ReviewShown})
    def delete(self, request: Request, review_id: UUID) -> Response:
        """Takes the question back, while nobody's answer counts. Whoever asked may, and whoever may cancel the run."""
        run, asker = _review_for(request, review_id), _asker(request)
        if run.source != asker.source:
            require_right(request, "run.cancel", run)
        asking.withdraw_review(run=run, asker=asker)
        return Response(standing_of_review(run.pk))


def _read(request: Request, asker: asking.Asker) -> dict[str, Any]:
    """What the serializer and what the language have against it are told together."""
    serializer = ReviewAsked(data=request.data)
    sound = serializer.is_valid()
    given = cast("dict[str, Any]", request.data)
    whole = {name: value for name, value in given.items() if name not in serializer.errors}
    wanted = dict(serializer.validated_data) if sound else whole
    faults = asking.faults_of_request(wanted, asker)
    if sound:
        if faults:
            raise InvalidRequest(faults)
        return wanted
    known = list(faults_of(ValidationError(serializer.errors)))
    places = {fault["path"].split("/")[1] for fault in known if fault["path"]}
    more = [fault for fault in faults if fault["path"].split("/")[1:2] and fault["path"].split("/")[1] not in places]
    raise InvalidRequest([{"code": "invalid", **fault} for fault in [*known, *more]])


def _asker(request: Request) -> asking.Asker:
    """A service asks in its own name; a person may not decide what they asked for themselves."""
    if token := service_of(request):
        return asking.Asker(owner_of(request), token.name, actor_of(request))
    person = person_of(request)
    names = (person.email, person.username)
    return asking.Asker(f"person:{person.pk}", person.display_name, actor_of(request), names)


def _reviews_for(request: Request) -> QuerySet[Any]:
    """One's own, and for a person those whose runs they may read."""
    own = Q(source=_asker(request).source)
    if service_of(request) is None:
        own |= Q(pk__in=runs_for(request).values("pk"))
    return requested_reviews().filter(own)


def _review_for(request: Request, review_id: UUID) -> Any:
    run = _reviews_for(request).filter(pk=review_id).first()
    if run is None:
        raise Http404
    return run
