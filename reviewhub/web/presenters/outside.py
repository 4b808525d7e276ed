"""A web address in a case of another system, as a link that leads out of here, with where it leads said beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

SCHEMES = ("http", "https")
LONGEST = 2_000
AMBIGUOUS = ("\\", "@")  # what a browser may read as another host than we do


@dataclass(frozen=True, slots=True)
class Outside:
    href: str
    host: str


def outside_of(value: Any) -> Outside | None:
    """None for whatever is not an address and nothing else, and for one that could be read in two ways."""
    if not isinstance(value, str) or len(value) > LONGEST or not (value.isascii() and value.isprintable()):
        return None
    if " " in value or any(sign in value for sign in AMBIGUOUS):
        return None
    try:
        address = urlsplit(value)
        host, port = address.hostname, address.port
    except ValueError:
        return None
    if address.scheme not in SCHEMES or not host:
        return None
    return Outside(value, f"{host}:{port}" if port else host)
