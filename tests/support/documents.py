"""Documents that tests show: one of every kind, and hostile ones."""

from __future__ import annotations

import io
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache

from reviewhub.demo.documents import pdf

LINES = ((20, "Northwind Instruments"), (10, "Payment 30 % with the order,"), (10, "the rest within 30 days."))


@cache
def a_pdf() -> bytes:
    return pdf(LINES)


@cache
def a_picture(width: int = 60, height: int = 40) -> bytes:
    from PIL import Image

    held = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(held, "PNG")
    return held.getvalue()


@cache
def a_spreadsheet() -> bytes:
    """Two sheets; a formula with a result would need what made it, so there is one without."""
    from openpyxl import Workbook

    book = Workbook()
    offer, empty = book.active, book.create_sheet("Notes")
    offer.title = "Offer"
    for row in (("Item", "Price", "Ordered"), ("Pump", 1250.5, datetime(2026, 3, 1)), ("Sum", "=SUM(B2:B2)", True)):  # noqa: DTZ001 - as sheets have them
        offer.append(row)
    assert empty.title == "Notes"
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


@cache
def a_bomb() -> bytes:
    """A spreadsheet whose parts say that they unpack to more than anybody may have."""
    import zipfile

    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as parts, parts.open("xl/sheet1.xml", "w") as part:
        for _ in range(21):
            part.write(b"0" * 10_000_000)
    return held.getvalue()


@cache
def a_locked_pdf() -> bytes:
    """As a PDF says that it is encrypted; there is no key in it."""
    locked = b"<< /Filter /Standard /V 1 /R 2 /O (%b) /U (%b) /P -4 >>" % (b"o" * 32, b"u" * 32)
    return a_pdf().replace(b"trailer << ", b"trailer << /Encrypt %b /ID [(a) (a)] " % locked)


@cache
def a_mail() -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Priya <priya@example.com>", "desk@example.com", "Our order"
    mail.set_content("Hello,\n\nwe need it by Friday.\n\nPriya\n")
    mail.add_attachment(a_pdf(), maintype="application", subtype="pdf", filename="quotation.pdf")
    return mail.as_bytes()


def a_mail_within(mail: bytes) -> bytes:
    """It was passed on as an attachment."""
    around = EmailMessage()
    around["From"], around["Subject"] = "Ann <ann@example.com>", "Fwd"
    around.set_content("See below.\n")
    around.add_attachment(message_from_bytes(mail, policy=policy.default))
    return around.as_bytes()


@cache
def a_mail_in_html() -> bytes:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "Priya <priya@example.com>", "Our order"
    mail.set_content(
        "<style>p{}</style><p>We need it <b>by Friday</b>.</p><script>alert(1)</script><img src=https://spy.example/1>",
        subtype="html",
    )
    return mail.as_bytes()
