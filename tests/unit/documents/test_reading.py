"""What is read in a file, and what a hostile one is answered with."""

from __future__ import annotations

import json
import zlib
from email.message import EmailMessage
from typing import Any

import pytest

from reviewhub.documents.bounded import Unreadable, bounded
from reviewhub.documents.kinds import Kind, is_what_it_says, kind_of
from reviewhub.documents.plain import sheet_of, text_of, tree_of
from tests.support.documents import a_locked_pdf, a_mail, a_mail_in_html, a_mail_within, a_pdf, a_picture


def read(what: str, data: bytes) -> Any:
    return json.loads(bounded(what, data))


def test_a_pdf_has_its_words_and_their_places() -> None:
    found = read("pdf", a_pdf())
    (page,) = found["shown"]
    assert (found["pages"], page["width"], page["height"]) == (1, 595, 842)
    assert [word[0] for word in page["words"]][:3] == ["Northwind", "Instruments", "Payment"]
    assert all(0 <= x <= 595 and 0 <= y <= 842 for _, x, y, _, _ in page["words"])


def test_a_page_is_drawn_as_a_picture() -> None:
    assert bounded("pdf-page", a_pdf())[8:12] == b"WEBP"


def test_a_picture_is_drawn_anew() -> None:
    assert read("image", a_picture())["shown"] == [{"width": 60, "height": 40, "words": []}]
    assert bounded("image-page", a_picture())[8:12] == b"WEBP"


def bomb() -> bytes:
    """A PNG that says it has ten thousand million pixels."""
    import struct

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", 100_000, 100_000, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\x00")) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("what", "data", "why"),
    [
        ("pdf", a_locked_pdf(), "encrypted"),
        ("pdf", b"%PDF-1.7 and then nothing", "broken"),
        ("pdf-page", b"%PDF-1.7 and then nothing", "broken"),
        ("image", bomb(), "large"),
        ("image", a_picture(400, 300)[:200], "broken"),  # truncated
        ("mail", b"no header, no mail", "broken"),
    ],
)
def test_a_hostile_file_is_refused_in_a_word(what: str, data: bytes, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        bounded(what, data)


def test_a_mail_is_read_with_what_is_attached_to_it() -> None:
    found = read("mail", a_mail())
    assert found["headers"][0] == ["From", "Priya <priya@example.com>"]
    assert "by Friday" in found["text"]
    assert [part["name"] for part in found["parts"]] == ["quotation.pdf"]
    assert bounded("mail-part", a_mail(), 1) == a_pdf()


def test_a_mail_that_is_attached_is_called_by_what_it_is_about() -> None:
    assert [part["name"] for part in read("mail", a_mail_within(a_mail()))["parts"]] == ["Our order.eml"]


@pytest.mark.parametrize(("words", "attached", "more"), [(10, 1, False), (200_001, 1, True), (10, 51, True)])
def test_a_mail_says_that_it_is_longer_than_what_is_read(words: int, attached: int, more: bool) -> None:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "Priya <priya@example.com>", "Our order"
    mail.set_content("a " * (words // 2) + "b")
    for number in range(attached):
        mail.add_attachment(f"{number}", filename=f"{number}.txt")
    found = read("mail", mail.as_bytes())
    assert (found["more"], len(found["parts"])) == (more, min(attached, 50))


def test_a_mail_in_html_is_its_words_alone() -> None:
    found = read("mail", a_mail_in_html())
    assert (found["text"], found["from_html"]) == ("We need it by Friday.", True)


@pytest.mark.parametrize(
    ("media_type", "name", "kind"),
    [
        ("application/pdf", "a", Kind.PDF),
        ("image/svg+xml", "a.svg", Kind.OTHER),  # it could hold a script
        ("text/html", "a.html", Kind.TEXT),  # its source, never the page
        ("application/octet-stream", "a.eml", Kind.MAIL),
        ("application/zip", "a.pdf", Kind.OTHER),  # what is said goes before the name
    ],
)
def test_the_kind_is_what_is_said(media_type: str, name: str, kind: Kind) -> None:
    assert kind_of(media_type, name) == kind


def test_a_page_that_says_it_is_a_picture_is_none() -> None:
    assert not is_what_it_says(Kind.IMAGE, b"<script>alert(1)</script>")
    assert not is_what_it_says(Kind.TEXT, b"MZ\x00\x00")
    assert is_what_it_says(Kind.PDF, a_pdf())


def test_texts_are_read_whatever_they_are_written_in() -> None:
    assert text_of("Größe".encode("cp1252")) == "Größe"
    assert text_of("Größe".encode("utf-16")) == "Größe"
    assert is_what_it_says(Kind.TABLE, "Größe;1\n".encode("utf-16"))
    assert not is_what_it_says(Kind.TEXT, b"\xff\xfeM\x00\x00\x00")


def test_a_table_is_cut_off_and_says_so() -> None:
    sheet = sheet_of(b"a;b\n" + b"1;2\n" * 300)
    assert (sheet.rows[0], len(sheet.rows), sheet.more) == (("a", "b"), 200, True)


def test_a_table_that_is_cut_off_within_a_letter_keeps_all_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reviewhub.documents.plain.MOST_READ", 12)
    assert sheet_of("Größe\nMaße\n".encode()).rows == (("Größe",),)
    assert sheet_of("Größengröße".encode()[:12]).rows == (("Größengrö",),)


def test_a_tree_that_is_too_deep_is_no_tree() -> None:
    with pytest.raises(ValueError, match="too deeply"):
        tree_of(b"[" * 200_000)
    node = tree_of(b'{"a": [1, 2], "b": null}')
    assert [(each.name, each.count, each.value) for each in node.below] == [("a", 2, ""), ("b", 0, "null")]
