"""What the web server serves: pages and the API over HTTP, live changes over WebSockets."""

from __future__ import annotations

import asyncio
import os
from collections.abc import MutableMapping
from contextlib import suppress
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reviewhub.settings")

from reviewhub.pages import pages

django_application: Any = pages()

from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402

from reviewhub import memory  # noqa: E402
from reviewhub.api.body_limit import BodyLimit  # noqa: E402
from reviewhub.api.hook_route import HookRoute  # noqa: E402
from reviewhub.production import refuse_the_demo  # noqa: E402
from reviewhub.realtime import publish  # noqa: E402
from reviewhub.realtime.hub import hub  # noqa: E402
from reviewhub.realtime.routing import websocket_urlpatterns  # noqa: E402
from reviewhub.static_files import StaticFiles  # noqa: E402


async def lifespan(_scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
    """Changes are heard before the first page is asked for; where they cannot be, pages are served all the same."""
    while (await receive())["type"] == "lifespan.startup":
        with suppress(TimeoutError):
            await hub().open()
        await send({"type": "lifespan.startup.complete"})
    await send({"type": "lifespan.shutdown.complete"})


refuse_the_demo()
routes = ProtocolTypeRouter(
    {
        "http": BodyLimit(HookRoute(StaticFiles(django_application))),
        "lifespan": lifespan,
        "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(websocket_urlpatterns))),
    }
)
memory.settle()


async def application(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
    """Everything, with live changes sent and heard on the loop of this server."""
    publish.use_loop(asyncio.get_running_loop())
    await routes(scope, receive, send)
