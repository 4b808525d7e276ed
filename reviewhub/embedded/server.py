"""Uvicorn, told when to stop by this process instead of by signals of its own."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn

CLOSING_TAKES = 3  # seconds that open connections have to end


class WebServer(uvicorn.Server):
    """Serves the ASGI application until `stop` is called, from any thread."""

    def __init__(self, listening: socket.socket, when_ready: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                "reviewhub.asgi:application",
                lifespan="on",
                ws="websockets-sansio",
                ws_per_message_deflate=False,  # each change would be compressed anew for every socket
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=CLOSING_TAKES,
            )
        )
        self._listening = listening
        self._when_ready = when_ready

    def serve_until_stopped(self) -> None:
        self.run(sockets=[self._listening])

    def stop(self) -> None:
        """Twice means at once."""
        self.force_exit = self.should_exit
        self.should_exit = True

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Uvicorn would raise the signal again after it has stopped, and end the process under the worker."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._when_ready()
