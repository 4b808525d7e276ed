"""How a person is told, read and chosen by their own programs."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from reviewhub.api.access import person_of
from reviewhub.api.serializers.ways import WaysShown
from reviewhub.api.views.base import ApiView, read_body
from reviewhub.notifications.channels.known import channels
from reviewhub.notifications.models import Notice
from reviewhub.notifications.ways import Ways, choose_ways, ways_of


class OwnWays(ApiView):
    scopes = {"GET": "notices:set", "PUT": "notices:set"}

    @extend_schema(operation_id="read_ways", responses=WaysShown)
    def get(self, request: Request) -> Response:
        person = person_of(request)
        return Response(_shown(ways_of([person])[person.pk]))

    @extend_schema(operation_id="choose_ways", request=WaysShown, responses=WaysShown)
    def put(self, request: Request) -> Response:
        """Kinds that are not named are told in the usual way."""
        sent = read_body(WaysShown, request)
        chosen = choose_ways(actor=person_of(request), chosen=sent.pop("ways"), **sent)
        return Response(_shown(chosen))


def _shown(ways: Ways) -> dict[str, object]:
    told = {each.name: {kind: ways.of(each.name, kind) for kind in Notice.Kind.values} for each in channels()}
    return {"mail_after": ways.mail_after, "digest_hours": list(ways.digest_hours), "ways": told}
