"""The addresses that a problem's `type` names, and the answer where there is nothing."""

from __future__ import annotations

from typing import NoReturn

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from reviewhub.api.problems import PROBLEMS, Problem
from reviewhub.api.views.base import ApiView


@extend_schema(exclude=True)
class ProblemType(ApiView):
    permission_classes = (AllowAny,)

    def get(self, request: Request, kind: str) -> Response:
        if kind not in PROBLEMS:
            raise Http404
        known = PROBLEMS[kind]
        return Response({"status": known.status, "title": known.title, "meaning": known.meaning})


@extend_schema(exclude=True)
class Missing(ApiView):
    """Every address of the API that does not exist, whatever the method and whoever asks."""

    permission_classes = (AllowAny,)
    authentication_classes = ()

    def initial(self, request: Request, *args: object, **kwargs: object) -> NoReturn:
        slash = "" if request.path.endswith("/") else " Addresses end in a slash."
        raise Problem("not-found", f"There is nothing at this address.{slash}")
