"""Documents on the task's page: which there are, and how each is looked at."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _

from orchestration import api
from reviewhub.documents.bounded import Unreadable
from reviewhub.documents.keeping import reading_of
from reviewhub.documents.kinds import Kind, kind_of
from reviewhub.documents.lines import by_line
from reviewhub.documents.plain import MOST_TEXT, Node, sheet_of, text_of, tree_of
from reviewhub.documents.texts import BETWEEN
from reviewhub.reviews.models import ReviewTask
from reviewhub.reviews.selectors.documents import documents_of_case
from reviewhub.web.documents import DEEPEST, Document
from reviewhub.web.presenters.called import called_in
from reviewhub.web.presenters.evidence import Part, Quote
from reviewhub.web.presenters.quoting import marked, places
from reviewhub.web.presenters.values import spoken_name

EAGER = 2  # pages that are drawn at once where no script may run; the others as they come into view


@dataclass(frozen=True, slots=True)
class DocumentLink:
    """A tab: what there is to look at, before it is looked at."""

    name: str
    label: str  # what the case calls it
    size: str
    icon: str
    href: str
    is_new: bool = False  # to the viewer: it has come, or taken another's place, since they last saw the case


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    x: float
    y: float  # of its base line
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Box:
    ref: int
    first: bool  # of its quote
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page as a picture, with its words over it."""

    number: int
    href: str
    eager: bool
    width: float
    height: float
    lines: tuple[Line, ...]
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is nothing to see, and whether the file can be had all the same."""

    title: str
    text: str
    can_download: bool = True


@dataclass(frozen=True, slots=True)
class Letter:
    headers: tuple[tuple[str, tuple[Part, ...]], ...]
    parts: tuple[Part, ...]
    from_html: bool
    attached: tuple[DocumentLink, ...]
    opens: bool = True  # what is attached; not where mails lie too deep within each other


@dataclass(frozen=True, slots=True)
class SheetShown:
    name: str
    rows: tuple[tuple[tuple[Part, ...], ...], ...]


@dataclass(frozen=True, slots=True)
class View:
    name: str
    size: str
    kind: str
    back_href: str
    file_href: str
    refusal: Refusal | None = None
    leaves: tuple[Leaf, ...] = ()
    note: str = ""  # that there is more than is shown
    text: tuple[Part, ...] = ()
    letter: Letter | None = None
    sheets: tuple[SheetShown, ...] = ()
    tree: Node | None = None


def links_of(task: ReviewTask, new: Collection[str]) -> tuple[DocumentLink, ...]:
    """Each document once, in the order of the case. `new`: the digests of those that the viewer has not seen."""
    found: dict[str, DocumentLink] = {}
    called = called_in(task)
    for path, value in documents_of_case(task):
        digest = str(value[api.DOCUMENT_DIGEST])
        if digest not in found:
            label = called.get(path) or spoken_name(path.partition(".")[0])
            link = _link(task, digest, str(value["name"]), str(value["media_type"]), int(value["bytes"]), label)
            found[digest] = replace(link, is_new=digest in new)
    return tuple(found.values())


def _link(task: ReviewTask, address: str, name: str, media_type: str, size: int, label: str) -> DocumentLink:
    kind = kind_of(media_type, name)
    href = reverse("web:document", args=[task.pk, address])
    return DocumentLink(name, label, filesizeformat(size), "mail" if kind is Kind.MAIL else "document", href)


def view_of(document: Document, quotes: Sequence[Quote]) -> View:
    """What is to be seen of it; a file that cannot be shown has a reason in its place."""
    try:
        document.check()
        shown = dict(_shown(document, quotes))
    except Unreadable as unreadable:
        shown = {"refusal": refusal_of(unreadable.why)}
    address = (document.task.pk, document.address)
    within = "." in document.address
    return View(
        name=document.name,
        size=filesizeformat(len(document.data)),
        kind=document.kind,
        back_href=reverse("web:document", args=[document.task.pk, document.address.rpartition(".")[0]])
        if within
        else "",
        file_href=reverse("web:document-file", args=address),
        **shown,
    )


def _shown(document: Document, quotes: Sequence[Quote]) -> Iterator[tuple[str, Any]]:
    match document.kind:
        case Kind.PDF | Kind.IMAGE:
            yield from _pages(document, quotes)
        case Kind.MAIL:
            yield from _mail(document, quotes)
        case Kind.TABLE:
            yield from _table(document, quotes)
        case Kind.SHEETS:
            yield from _sheets(document, quotes)
        case Kind.JSON:
            yield from _tree(document, quotes)
        case Kind.TEXT:
            yield from _text(document, quotes)
        case Kind.OTHER:
            yield "refusal", refusal_of("unknown")


def _pages(document: Document, quotes: Sequence[Quote]) -> Iterator[tuple[str, Any]]:
    read = reading_of(document.kind.value, document.data)
    yield "leaves", tuple(_leaf(document, number, page, quotes) for number, page in enumerate(read["shown"], start=1))
    if read["pages"] > len(read["shown"]):
        yield (
            "note",
            _("Only the first %(shown)d of %(all)d pages are shown.")
            % {
                "shown": len(read["shown"]),
                "all": read["pages"],
            },
        )


def _leaf(document: Document, number: int, page: dict[str, Any], quotes: Sequence[Quote]) -> Leaf:
    words = page["words"]
    boxes = []
    here = [quote for quote in quotes if quote.page in (None, number)]
    for ref, found in places([word[0] for word in words], here):
        lines = by_line([words[index] for index in found])
        boxes += [Box(ref, index == 0, *_around(line, 1.5)) for index, line in enumerate(lines)]
    return Leaf(
        number=number,
        href=reverse("web:document-page", args=[document.task.pk, document.address, number]),
        eager=number <= EAGER,
        width=page["width"],
        height=page["height"],
        lines=tuple(_line(line) for line in by_line(words)),
        boxes=tuple(boxes),
    )


def _around(words: Sequence[Any], room: float = 0.0) -> tuple[float, float, float, float]:
    left, top = min(word[1] for word in words), min(word[2] for word in words)
    right, bottom = max(word[1] + word[3] for word in words), max(word[2] + word[4] for word in words)
    found = (left - room, top - room, right - left + 2 * room, bottom - top + 2 * room)
    return (round(found[0], 1), round(found[1], 1), round(found[2], 1), round(found[3], 1))


def _line(words: Sequence[Any]) -> Line:
    x, y, width, height = _around(words)
    return Line(" ".join(word[0] for word in words), x, round(y + 0.8 * height, 1), width, height)


def _mail(document: Document, quotes: Sequence[Quote]) -> Iterator[tuple[str, Any]]:
    read = reading_of("mail", document.data)
    yield "letter", _letter(document, read, quotes)
    if read["more"]:
        yield "note", _("Only the beginning is shown; the file has all of it.")


def _letter(document: Document, read: Mapping[str, Any], quotes: Sequence[Quote]) -> Letter:
    left = list(quotes)
    headers = tuple((str(name), marked(str(value), left)) for name, value in read["headers"])
    attached = tuple(
        _link(document.task, f"{document.address}.{number}", part["name"], part["media_type"], part["bytes"], "")
        for number, part in enumerate(read["parts"], start=1)
    )
    opens = document.address.count(".") < DEEPEST
    return Letter(headers, marked(read["text"], left), bool(read["from_html"]), attached, opens)


def _table(document: Document, quotes: Sequence[Quote]) -> Iterator[tuple[str, Any]]:
    try:
        sheet = sheet_of(document.data)
    except ValueError:
        raise Unreadable("broken") from None
    yield "sheets", (SheetShown("", _cells(sheet.rows, quotes)),)
    if sheet.more:
        yield "note", _("Only the beginning is shown; the file has all of it.")


def _sheets(document: Document, quotes: Sequence[Quote]) -> Iterator[tuple[str, Any]]:
    read = reading_of("sheets", document.data)
    yield (
        "sheets",
        tuple(
            SheetShown(sheet["name"], _cells(sheet["rows"], [each for each in quotes if each.sheet in (None, number)]))
            for number, sheet in enumerate(read["sheets"], start=1)
        ),
    )
    if read["more"] or any(sheet["more"] for sheet in read["sheets"]):
        yield "note", _("Only the beginning is shown; the file has all of it.")


def _cells(rows: Sequence[Sequence[str]], quotes: Sequence[Quote]) -> tuple[tuple[tuple[Part, ...], ...], ...]:
    """A quote that goes over several cells is marked in each of them."""
    left = [replace(quote, text=piece) for quote in quotes for piece in quote.text.split(BETWEEN)]
    return tuple(tuple(marked(cell, left) for cell in row) for row in rows)


def _tree(document: Document, quotes: Sequence[Quote]) -> Iterator[tuple[str, Any]]:
    try:
        yield "tree", tree_of(document.data)
    except ValueError:
        yield from _text(document, quotes)


def _text(document: Document, quotes: Sequence[Quote]) -> Iterator[tuple[str, Any]]:
    text = text_of(document.data)
    yield "text", marked(text[:MOST_TEXT], list(quotes))
    if len(text) > MOST_TEXT:
        yield "note", _("Only the beginning is shown; the file has all of it.")


def refusal_of(why: str) -> Refusal:
    match why:
        case "encrypted":
            return Refusal(_("This document is locked"), _("It asks for a password. Download it to open it yourself."))
        case "large":
            return Refusal(_("Too large to be shown"), _("It would need more memory than one document may have here."))
        case "slow" | "busy":
            return Refusal(_("It takes too long to be shown"), _("Try again in a moment, or download it."))
        case "other":
            return Refusal(
                _("This is not what it says it is"),
                _("Its content does not fit its type. Be careful with it: nobody here has opened it."),
            )
        case "unknown":
            return Refusal(_("Files of this type are not shown here"), _("Download it to open it with what made it."))
        case "missing":
            return Refusal(
                _("The document is not here"),
                _("The case names it, but nobody has sent it, or it was removed."),
                can_download=False,
            )
        case "damaged":
            return Refusal(
                _("The document has changed"),
                _("Its bytes are no longer those that came with the case, so they are not shown. Tell an operator."),
                can_download=False,
            )
        case _:
            return Refusal(_("This document cannot be read"), _("It may be cut off or damaged. You can download it."))
