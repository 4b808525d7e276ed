"""Django behind ASGI, where everything it does for a request is done in one thread.

Our views and middlewares are plain functions. Django would go from the loop to a thread for the middlewares, back to
the loop for what is inside them, and to the thread again for the view; here it goes there once.
"""

from __future__ import annotations

import django
from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase


class Pages(ASGIHandler):
    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase = await sync_to_async(self.get_response)(request)
        return response


def pages() -> Pages:
    """Sets Django up, so whatever needs its models is imported afterwards."""
    django.setup(set_prefix=False)
    return Pages()
