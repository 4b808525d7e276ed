"""What was read and drawn of a document is kept beside it, under its digest, so that it is done once.

It can be thrown away at any time: it is made anew from the document.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from orchestration import api
from orchestration.exceptions import DamagedDocument, NotFound
from reviewhub.documents.bounded import Unreadable, bounded

EDITION = 2  # counts up when the program answers otherwise
PASSING = ("busy",)  # reasons that are gone at the next look


def bytes_of(digest: str) -> bytes:
    """The document itself. Raises `Unreadable` where it is gone or damaged."""
    try:
        return api.read_document(digest)
    except NotFound:
        raise Unreadable("missing") from None
    except DamagedDocument:
        raise Unreadable("damaged") from None


def reading_of(what: str, data: bytes) -> Any:
    """What the program `what` reads in the file. Raises `Unreadable`; a file that was refused is not tried again."""
    kept = json.loads(_kept(_place(data, f"{what}.json"), lambda: _read(what, data)))
    if why := kept.get("refused"):
        raise Unreadable(why)
    return kept["read"]


def drawing_of(what: str, data: bytes, number: int) -> bytes:
    """One page as a picture (WebP). Raises `Unreadable`."""
    return _kept(_place(data, f"{number}.webp"), lambda: bounded(f"{what}-page", data, number))


def _read(what: str, data: bytes) -> bytes:
    try:
        return b'{"read": %b}' % bounded(what, data)
    except Unreadable as refused:
        if refused.why in PASSING:
            raise
        return json.dumps({"refused": refused.why}).encode()


def _place(data: bytes, name: str) -> str:
    digest = hashlib.sha256(data).hexdigest()
    return f"shown/{digest[:2]}/{digest}-{EDITION}-{name}"


def _kept(place: str, make: Callable[[], bytes]) -> bytes:
    if default_storage.exists(place):
        with default_storage.open(place) as file:
            held: bytes = file.read()
            return held
    made = make()
    written = default_storage.save(place, ContentFile(made))
    if written != place:
        default_storage.delete(written)
    return made
