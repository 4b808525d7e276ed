"""What all views of the API share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from reviewhub.api.access import ScopedAccess
from reviewhub.api.authentication import BearerToken, PageSession
from reviewhub.api.parsing import StrictJSONParser
from reviewhub.api.throttling import PerCaller


class ApiView(APIView):
    """`scopes` names what a token needs for each method; `refusals` what a method may answer beside the usual."""

    authentication_classes: Any = (BearerToken, PageSession)
    permission_classes: Any = (ScopedAccess,)
    parser_classes: Any = (StrictJSONParser,)
    throttle_classes: Any = (PerCaller,)
    http_method_names = ["get", "head", "post", "put", "delete"]
    scopes: ClassVar[Mapping[str, str]] = {}
    refusals: ClassVar[Mapping[str, tuple[int, ...]]] = {}

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Answers belong to whoever asked; no cache between may keep them."""
        final = super().finalize_response(request, response, *args, **kwargs)
        final.headers.setdefault("Cache-Control", "no-store")
        return final


def read_body(serializer: type[Serializer[Any]], request: Request) -> dict[str, Any]:
    return _validated(serializer(data=request.data))


def read_query(serializer: type[Serializer[Any]], request: Request) -> dict[str, Any]:
    return _validated(serializer(data=request.query_params.dict()))


def shown(
    serializer: type[Serializer[Any]],
    value: Any,
    status: int = 200,
    context: Mapping[str, Any] | None = None,
    **headers: str,
) -> Response:
    named = {name.replace("_", "-"): header for name, header in headers.items()}
    return Response(serializer(value, context=context or {}).data, status=status, headers=named)


def _validated(serializer: Serializer[Any]) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)
