"""Nothing leaves the host: a connection to another one fails where it is tried. Standard library alone."""

from __future__ import annotations

import ipaddress
import socket
import traceback
from pathlib import Path
from typing import Any

HERE = ("localhost", "127.0.0.1", "::1")


class OutsideRequest(Exception):
    """Something tried to reach another host."""


def stay_here(record: Path | None = None) -> None:
    """Guards this process from now on. What was refused is written to `record` too, for a parent to read."""

    def refuse(host: object) -> None:
        if record is not None:
            with record.open("a") as file:
                file.write(f"{host}\n{''.join(traceback.format_stack(limit=12))}\n")
        raise OutsideRequest(f"A request to {host} would have left the host.")

    def connect_to(original: Any) -> Any:
        def connect(self: socket.socket, address: Any) -> Any:
            if self.family in {socket.AF_INET, socket.AF_INET6} and not is_here(address[0]):
                refuse(address[0])
            return original(self, address)

        return connect

    def resolve(original: Any) -> Any:
        def getaddrinfo(host: Any, *rest: Any, **named: Any) -> Any:
            name = host.decode() if isinstance(host, bytes) else host
            if name is not None and not is_here(name):
                refuse(name)
            return original(host, *rest, **named)

        return getaddrinfo

    if not getattr(socket, "stays_here", False):
        socket.socket.connect = connect_to(socket.socket.connect)  # type: ignore[method-assign]
        socket.socket.connect_ex = connect_to(socket.socket.connect_ex)  # type: ignore[method-assign]
        socket.getaddrinfo = resolve(socket.getaddrinfo)
        socket.stays_here = True  # type: ignore[attr-defined]


def is_here(host: str) -> bool:
    if host in HERE or not host:
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == socket.gethostname()
    return address.is_loopback or address.is_unspecified
