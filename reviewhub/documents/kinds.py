"""What a document is to whoever looks at it, by what its sender says and what its bytes begin with."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    PDF = "pdf"
    IMAGE = "image"
    MAIL = "mail"
    JSON = "json"
    TABLE = "table"
    SHEETS = "sheets"
    TEXT = "text"
    OTHER = "other"  # to be downloaded


_BY_TYPE = {
    "application/pdf": Kind.PDF,
    "message/rfc822": Kind.MAIL,
    "application/json": Kind.JSON,
    "text/csv": Kind.TABLE,
    "text/tab-separated-values": Kind.TABLE,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": Kind.SHEETS,
}
_BY_ENDING = {
    "pdf": Kind.PDF,
    "eml": Kind.MAIL,
    "json": Kind.JSON,
    "csv": Kind.TABLE,
    "tsv": Kind.TABLE,
    "xlsx": Kind.SHEETS,
    "txt": Kind.TEXT,
    "md": Kind.TEXT,
    "log": Kind.TEXT,
}
_IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/tiff", "image/bmp"})
_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", Kind.IMAGE),
    (b"\xff\xd8\xff", Kind.IMAGE),
    (b"GIF8", Kind.IMAGE),
    (b"RIFF", Kind.IMAGE),
    (b"II*\x00", Kind.IMAGE),
    (b"MM\x00*", Kind.IMAGE),
    (b"BM", Kind.IMAGE),
)
_PDF_WITHIN = 1024  # bytes in which a PDF says that it is one


def kind_of(media_type: str, name: str) -> Kind:
    """By what is said of it; a type that says nothing leaves it to the name's ending."""
    if media_type in _BY_TYPE:
        return _BY_TYPE[media_type]
    if media_type in _IMAGES:
        return Kind.IMAGE
    if media_type == "application/octet-stream":
        return _BY_ENDING.get(name.rpartition(".")[2].lower(), Kind.OTHER)
    return Kind.TEXT if media_type.startswith("text/") else Kind.OTHER


def is_what_it_says(kind: Kind, data: bytes) -> bool:
    """Whether the bytes begin like a document of this kind. Texts have no beginning of their own, but no NUL either."""
    match kind:
        case Kind.PDF:
            return b"%PDF-" in data[:_PDF_WITHIN]
        case Kind.IMAGE:
            return any(data.startswith(begins) for begins, _ in _BEGINNINGS)
        case Kind.SHEETS:
            return data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0"))  # a locked one is wrapped
        case Kind.OTHER:
            return True
        case _:
            return "\x00" not in _begins(data)


def _begins(data: bytes) -> str:
    """Spreadsheets and old Windows programs save texts as UTF-16, in which every other byte may be a NUL."""
    is_utf_16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    return data[:4096].decode("utf-16" if is_utf_16 else "latin-1", errors="ignore")
