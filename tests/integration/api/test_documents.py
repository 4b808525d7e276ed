"""Documents over the API: kept before a run, named in its input, read where it is read."""

from __future__ import annotations

import hashlib

from orchestration import api
from tests.integration.api.office import Caller, Office
from tests.support.documents import a_pdf

DOCUMENTS = "/api/v1/workflows/purchase/documents/"


def test_a_document_is_kept_and_named_in_an_input(office: Office) -> None:
    service = office.calls(office.engineer, kind="service")
    answer = service.send("POST", f"{DOCUMENTS}?name=../q%0Auote.pdf", a_pdf(), "application/pdf")
    named = answer.json()
    digest = hashlib.sha256(a_pdf()).hexdigest()
    assert answer.status_code == 201
    assert named == {
        "$document": digest,
        "name": ".. q uote.pdf",
        "media_type": "application/pdf",
        "bytes": len(a_pdf()),
    }
    assert api.read_document(digest) == a_pdf()


def test_what_cannot_be_kept_is_refused(office: Office, stranger: Caller, settings: object) -> None:
    service = office.calls(office.engineer, kind="service")
    assert service.send("POST", f"{DOCUMENTS}?name=a", b"", "application/pdf").status_code == 422
    assert service.send("POST", DOCUMENTS, b"x", "application/pdf").status_code == 422
    assert stranger.send("POST", f"{DOCUMENTS}?name=a", b"x", "application/pdf").status_code == 401
    settings.DOCUMENT_MAX_BYTES = 10  # type: ignore[attr-defined]
    assert service.send("POST", f"{DOCUMENTS}?name=a", b"x" * 11, "text/plain").status_code == 413
