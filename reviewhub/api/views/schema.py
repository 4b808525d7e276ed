"""Serves the OpenAPI description."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request
from rest_framework.response import Response


class SchemaView(SpectacularAPIView):  # type: ignore[misc, unused-ignore]
    """Made once in each process: it is the same for everybody."""

    def _get_schema_response(self, request: Request) -> Response:
        return Response(described(), headers={"Cache-Control": "public, max-age=300"})


@lru_cache(maxsize=1)
def described() -> Any:
    generator: Any = SpectacularAPIView.generator_class()
    return generator.get_schema(request=None, public=True)
