"""Keeping documents: bytes in the installation's storage, once each, under their digest."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction

from orchestration.core.documents import document, documents_in
from orchestration.exceptions import DamagedDocument, InvalidDocument, NotFound
from orchestration.models import KeptDocument, Run, StepRun
from orchestration.ports import Actor, clock
from orchestration.runtime import values
from orchestration.runtime.naming_documents import kept_by, place_of, write_document

_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+-]{0,60}")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069/\\]+")


def keep_document(
    data: bytes, *, name: str, media_type: str, by: Actor | None = None, workflow: str = ""
) -> dict[str, Any]:
    """Keeps the bytes, and gives what names them in a run's input, an event or a tool's result.

    The same bytes are kept once. `media_type` is what the sender says; whoever shows the document looks for himself.
    `by` may name it in what they start, and so may signed messages to `workflow`; what they do not name goes after a
    week. Raises `InvalidDocument`.
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
    was_there = has_document(digest)
    _note(digest, by, workflow, was_there=was_there)
    write_document(digest, data)
    transaction.on_commit(lambda: write_document(digest, data))  # whoever forgets documents sees the note from then on
    return document(digest, name=_spoken(name) or "document", media_type=said, size=len(data))


def read_document(digest: str) -> bytes:
    """The bytes, if they are still what was kept. Raises `NotFound`, and `DamagedDocument`."""
    try:
        with default_storage.open(place_of(digest)) as file:
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
    return default_storage.exists(place_of(digest))


def _note(digest: str, by: Actor | None, workflow: str, *, was_there: bool) -> None:
    """Who may name it from now on. What nobody in particular keeps is named by what is stored with it."""
    now = clock().system_now()
    named_at = None if by or workflow else now
    if was_there and not KeptDocument.objects.filter(digest=digest).exists():  # from before this was noted
        KeptDocument.objects.get_or_create(
            digest=digest, by="", workflow="", defaults={"kept_at": now, "named_at": now}
        )
    row, made = KeptDocument.objects.get_or_create(
        digest=digest, by=kept_by(by), workflow=workflow, defaults={"kept_at": now, "named_at": named_at}
    )
    if not made:
        KeptDocument.objects.filter(pk=row.pk).update(kept_at=now)


def _spoken(name: str) -> str:
    """A file's name as it may be shown: no folders, no signs that cannot be seen or that turn a text around."""
    return _UNPRINTABLE.sub(" ", name).strip()
