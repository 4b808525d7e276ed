"""A transport that reads no endless answer: a server that never stops talking would fill the memory."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2

MOST_BYTES = 1_000_000


class TooLong(httpx2.TransportError):
    """The server's answer is longer than any recommendation."""


class BoundedTransport(httpx2.HTTPTransport):
    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        response = super().handle_request(request)
        if isinstance(response.stream, httpx2.SyncByteStream):
            response.stream = _Bounded(response.stream)
        return response


class _Bounded(httpx2.SyncByteStream):
    def __init__(self, stream: httpx2.SyncByteStream) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for chunk in self._stream:
            size += len(chunk)
            if size > MOST_BYTES:
                raise TooLong("The answer is too long.")
            yield chunk

    def close(self) -> None:
        self._stream.close()
