"""What a document says, as text: the words that its viewer shows, page by page and part by part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestration import api
from orchestration.ports import DocumentText
from reviewhub.documents.bounded import Unreadable, bounded
from reviewhub.documents.keeping import bytes_of, reading_of
from reviewhub.documents.kinds import Kind, is_what_it_says, kind_of
from reviewhub.documents.lines import text_of_page
from reviewhub.documents.plain import MOST_TEXT, text_of

BETWEEN = " | "  # cells of a row
MOST_ATTACHED = 5  # of a mail
_WHY = {
    "encrypted": "it is locked",
    "large": "it is too large",
    "slow": "it takes too long to be read",
    "busy": "it takes too long to be read",
    "missing": "it is not here",
    "damaged": "it is not what was kept",
    "other": "it is not what it says it is",
    "unknown": "files of this type are not read",
}


class DocumentTexts:
    """Implements `orchestration.ports.DocumentReader`."""

    def text_of(self, document: Mapping[str, Any]) -> DocumentText:
        kind = kind_of(str(document["media_type"]), str(document["name"]))
        try:
            return _text(kind, bytes_of(str(document[api.DOCUMENT_DIGEST])), attached=True)
        except Unreadable as unreadable:
            return DocumentText((), _WHY.get(unreadable.why, "it cannot be read"))


def _text(kind: Kind, data: bytes, *, attached: bool) -> DocumentText:
    if not is_what_it_says(kind, data):
        raise Unreadable("other")
    match kind:
        case Kind.PDF:
            return _pages(reading_of("pdf", data))
        case Kind.MAIL:
            return _mail(data, attached=attached)
        case Kind.TEXT | Kind.JSON | Kind.TABLE:
            text = text_of(data)
            return DocumentText((("text", text[:MOST_TEXT]),), "its end" if len(text) > MOST_TEXT else "")
        case Kind.SHEETS:
            return _sheets(reading_of("sheets", data))
        case Kind.IMAGE:
            return DocumentText((), "a picture has no words")
    raise Unreadable("unknown")


def _pages(read: Mapping[str, Any]) -> DocumentText:
    said = [(f"page_{number}", text_of_page(page["words"])) for number, page in enumerate(read["shown"], start=1)]
    more = f"pages after the first {len(said)} of {read['pages']}" if read["pages"] > len(said) else ""
    if not any(text for _, text in said):
        return DocumentText((), "its pages are pictures, without words")
    return DocumentText(tuple(said), more)


def _sheets(read: Mapping[str, Any]) -> DocumentText:
    said = [
        (f"sheet_{number}", "\n".join([str(sheet["name"]), *(BETWEEN.join(row) for row in sheet["rows"])]))
        for number, sheet in enumerate(read["sheets"], start=1)
    ]
    more = read["more"] or any(sheet["more"] for sheet in read["sheets"])
    return DocumentText(tuple(said), "further rows, columns or sheets" if more else "")


def _mail(data: bytes, *, attached: bool) -> DocumentText:
    read = reading_of("mail", data)
    headers = "\n".join(f"{name}: {value}" for name, value in read["headers"])
    parts, left_out = [("headers", headers), ("text", str(read["text"]))], (["its end"] if read["more"] else [])
    for number, part in enumerate(read["parts"], start=1):
        found = _attached(data, number, part) if attached and number <= MOST_ATTACHED else _NOT_READ
        parts += [(f"part_{number}.{name}", text) for name, text in found.parts]
        if found.left_out:
            left_out.append(f"{part['name']}: {found.left_out}")
    return DocumentText(tuple(parts), "; ".join(left_out))


_NOT_READ = DocumentText((), "it is not read")


def _attached(mail: bytes, number: int, part: Mapping[str, Any]) -> DocumentText:
    try:
        data = bounded("mail-part", mail, number)
        return _text(kind_of(part["media_type"], part["name"]), data, attached=False)
    except Unreadable as unreadable:
        return DocumentText((), _WHY.get(unreadable.why, "it cannot be read"))
