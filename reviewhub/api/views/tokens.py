"""A person's own tokens. Only a person at a page makes and revokes them; a token never makes another."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from reviewhub.api.access import SESSION_ONLY, actor_of, person_of, require_right
from reviewhub.api.models import ApiToken
from reviewhub.api.paging import Keyset, page_response
from reviewhub.api.schema import paged
from reviewhub.api.serializers.queries import PageQuery
from reviewhub.api.serializers.tokens import TokenMade, TokenShown, TokenWanted
from reviewhub.api.tokens.selectors import tokens_of
from reviewhub.api.tokens.services import create_token, revoke_token
from reviewhub.api.views.base import ApiView, read_body, read_query

NEWEST = Keyset((("-created_at", "datetime"), ("-id", "uuid")))


class Tokens(ApiView):
    scopes = {"GET": SESSION_ONLY, "POST": SESSION_ONLY}

    @extend_schema(operation_id="list_tokens", parameters=[PageQuery], responses=paged(TokenShown))
    def get(self, request: Request) -> Response:
        query = read_query(PageQuery, request)
        rows, cursor = NEWEST.page(tokens_of(person_of(request)), query.get("cursor"), query["limit"])
        return page_response(request, TokenShown(rows, many=True).data, cursor)

    @extend_schema(operation_id="create_token", request=TokenWanted, responses={201: TokenMade})
    def post(self, request: Request) -> Response:
        """Makes a token. Its text is in this answer, and nowhere after."""
        wanted = read_body(TokenWanted, request)
        is_service = wanted["kind"] == ApiToken.Kind.SERVICE
        require_right(request, "service_token.create" if is_service else "token.create")
        lifetime = timedelta(days=wanted.pop("days"))
        token, secret = create_token(person=person_of(request), expires_in=lifetime, actor=actor_of(request), **wanted)
        made = TokenMade(token, context={"secret": secret})
        return Response(made.data, status=201, headers={"Location": f"/api/v1/tokens/{token.pk}/"})


class OneToken(ApiView):
    scopes = {"GET": SESSION_ONLY, "DELETE": SESSION_ONLY}
    refusals = {"DELETE": (409,)}

    @extend_schema(operation_id="read_token", responses=TokenShown)
    def get(self, request: Request, token_id: UUID) -> Response:
        return Response(TokenShown(_own(request, token_id)).data)

    @extend_schema(operation_id="revoke_token", request=None, responses={204: None})
    def delete(self, request: Request, token_id: UUID) -> Response:
        revoke_token(token=_own(request, token_id), actor=actor_of(request))
        return Response(status=204)


def _own(request: Request, token_id: UUID) -> ApiToken:
    token = tokens_of(person_of(request)).filter(pk=token_id).first()
    if token is None:
        raise Http404
    return token
