"""Who may name a document in what they start: whoever sent it, and nobody who merely knows its digest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import Q

from orchestration.core.documents import OF, documents_in
from orchestration.exceptions import InvalidInput
from orchestration.models import KeptDocument
from orchestration.ports import Actor, clock

UNNAMED_FOR = timedelta(days=7)  # after which a document goes that nothing names
MOST_AT_ONCE = 500
CHECKED = ("person", "token")  # others are ourselves, or name what was checked before


def name_documents(value: Any, *, actor: Actor, workflow: str = "") -> None:
    """Notes that they are named from now on. `workflow`: whose signed message names them.

    Raises `InvalidInput` where the actor has not sent one, or nobody has for this workflow.
    """
    named = list(documents_in(value))
    if not named or (actor.kind not in CHECKED and not workflow):
        return
    theirs = Q(by=kept_by(actor)) | (Q(workflow=workflow) if workflow else Q(pk__in=()))
    kept = KeptDocument.objects.filter(theirs, digest__in={document[OF] for _, document in named})
    known = set(kept.values_list("digest", flat=True))
    faults = [_fault(path, document) for path, document in named if document[OF] not in known]
    # Whoever forgets documents at this moment has taken the row away; then it is sent again.
    if not faults and known - set(_marked(kept, clock().system_now())):
        faults = [_fault(path, document) for path, document in named]
    if faults:
        raise InvalidInput(faults)


def kept_by(actor: Actor | None) -> str:
    return f"{actor.kind}:{actor.id}"[:200] if actor else ""


def _marked(kept: Any, now: datetime) -> Iterator[str]:
    kept.filter(named_at__isnull=True).update(named_at=now)
    yield from kept.filter(named_at__isnull=False).values_list("digest", flat=True)


def _fault(path: str, document: Mapping[str, Any]) -> dict[str, str]:
    said = f"Nobody has sent the document {document[OF][:12]}… for this. Send it first, and name what the answer says."
    return {"path": f"/{path.replace('.', '/')}", "message": said}


# ---- what nobody names ---------------------------------------------------------------------------


def forget_unnamed_documents() -> list[str]:
    """Removes what was sent a week ago and never named, where nothing else keeps the same bytes. The digests of it."""
    before = clock().system_now() - UNNAMED_FOR
    old = KeptDocument.objects.filter(named_at__isnull=True, kept_at__lt=before).order_by("kept_at")
    gone = []
    for row in old[:MOST_AT_ONCE]:
        taken, _ = KeptDocument.objects.filter(pk=row.pk, named_at__isnull=True, kept_at__lt=before).delete()
        if taken and not _is_kept(row.digest) and _removed(row.digest):
            gone.append(row.digest)
    return gone


def _is_kept(digest: str) -> bool:
    return KeptDocument.objects.filter(digest=digest).exists()


def _removed(digest: str) -> bool:
    """Puts it back where somebody has sent it again meanwhile: they saw that it was there."""
    place = place_of(digest)
    try:
        with default_storage.open(place) as file:
            data = file.read()
    except (FileNotFoundError, OSError):
        return False
    default_storage.delete(place)
    if _is_kept(digest):
        write_document(digest, data)
        return False
    return True


def place_of(digest: str) -> str:
    return f"{digest[:2]}/{digest}"


def write_document(digest: str, data: bytes) -> None:
    """Two that write the same at once write the same bytes; the second copy is taken away again."""
    place = place_of(digest)
    if default_storage.exists(place):
        return
    written = default_storage.save(place, ContentFile(data))
    if written != place:
        default_storage.delete(written)
