"""Keeping documents: bytes in the installation's storage, once each, under their digest."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from orchestration.core.documents import document, documents_in
from orchestration.exceptions import DamagedDocument, InvalidDocument, NotFound
from orchestration.models import Run, StepRun
from orchestration.runtime import values

_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+-]{0,60}")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069/\\]+")


def keep_document(data: bytes, *, name: str, media_type: str) -> dict[str, Any]:
    """Keeps the bytes, and gives what names them in a run's input, an event or a tool's result.

    The same bytes are kept once. `media_type` is what the sender says; whoever shows the document looks for himself.
    Raises `InvalidDocument`.
    """
    if len(data) > settings.DOCUMENT_MAX_BYTES:
        most = settings.DOCUMENT_MAX_BYTES / 1_000_000
        raise InvalidDocument(f"It has {len(data) / 1_000_000:.1f} MB; a document may have {most:.0f} MB at the most.")
    if not data:
        raise InvalidDocument("It is empty.")
    said = media_type.partition(";")[0].strip().lower()
    if not _MEDIA_TYPE.fullmatch(said):
        raise InvalidDocument(f"{media_type[:80]!r} is no media type, such as application/pdf.")
    digest = hashlib.sha256(data).hexdigest()
    _write(_place(digest), data)
    return document(digest, name=_spoken(name) or "document", media_type=said, size=len(data))


def read_document(digest: str) -> bytes:
    """The bytes, if they are still what was kept. Raises `NotFound`, and `DamagedDocument`."""
    try:
        with default_storage.open(_place(digest)) as file:
            data: bytes = file.read()
    except (FileNotFoundError, ValueError, OSError) as error:
        raise NotFound(f"There is no document {digest[:12]}.") from error
    if hashlib.sha256(data).hexdigest() != digest:
        raise DamagedDocument(f"The document {digest[:12]} is not what was kept.")
    return data


def documents_of_run(run_id: Any) -> Iterator[Mapping[str, Any]]:
    """What the run's input and its steps' results name."""
    given = Run.objects.values_list("input", flat=True).get(pk=run_id)
    results = StepRun.objects.filter(run_id=run_id, result__isnull=False).order_by("position")
    for value in (given, *results.values_list("result", flat=True).iterator(chunk_size=500)):
        for _path, named in documents_in(values.whole(run_id, value)):
            yield named


def has_document(digest: str) -> bool:
    return default_storage.exists(_place(digest))


def _write(place: str, data: bytes) -> None:
    """Two that write the same at once write the same bytes; the second copy is taken away again."""
    if default_storage.exists(place):
        return
    written = default_storage.save(place, ContentFile(data))
    if written != place:
        default_storage.delete(written)


def _place(digest: str) -> str:
    return f"{digest[:2]}/{digest}"


def _spoken(name: str) -> str:
    """A file's name as it may be shown: no folders, no signs that cannot be seen or that turn a text around."""
    return _UNPRINTABLE.sub(" ", name).strip()
