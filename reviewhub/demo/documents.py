"""Documents of the demo's cases: a supplier's quotation as a PDF, and a customer's message as the mail it came as."""

from __future__ import annotations

from collections.abc import Mapping
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from django.utils import timezone

from orchestration import api
from reviewhub.demo.sending import PURCHASES

SMALLEST = 500  # what costs no more is bought without a quotation
FREIGHT = {"Quickbuy Direct": 340}  # who asks for more than the request says
_PAGE = (595, 842)  # A4, in points
_LEFT, _TOP = 64, 770


def with_documents(path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """The event with what a client would have sent before it, and names in it."""
    if path == PURCHASES:
        return {**body, "quotation": _quotation(body)} if body["amount"] > SMALLEST else dict(body)
    return {**body, "original": _mail(body)}


def _quotation(body: Mapping[str, Any]) -> dict[str, Any]:
    number = sum(map(ord, f"{body['supplier']}{body['item']}")) % 9000 + 1000
    freight = FREIGHT.get(str(body["supplier"]), 0)
    lines = (
        (20, str(body["supplier"])),
        (10, f"Quotation Q-{number}"),
        (10, ""),
        (10, f"For the attention of {body['requester']}"),
        (10, f"Cost centre {body['cost_center']}"),
        (10, ""),
        (13, str(body["item"])),
        (10, str(body["reason"])),
        (10, ""),
        *(((10, f"Goods {body['amount']:,.0f} EUR"), (10, f"Freight {freight:,.0f} EUR")) if freight else ()),
        (10, "Sum, net of VAT"),
        (16, f"{body['amount'] + freight:,.0f} EUR"),
        (10, ""),
        (10, "Payment within 30 days of delivery. Delivery three to five weeks from order."),
        (10, "Prices hold for fourteen days."),
    )
    data = pdf(lines)
    return api.keep_document(
        data, name=f"Quotation Q-{number}.pdf", media_type="application/pdf", workflow="purchase-approval"
    )


def pdf(lines: tuple[tuple[int, str], ...]) -> bytes:
    """One page of lines, each with its size in points."""
    text, at = [], _TOP
    for size, line in lines:
        at -= round(size * 1.7)
        said = line.encode("cp1252", "replace").replace(b"\\", rb"\\").replace(b"(", rb"\(").replace(b")", rb"\)")
        text.append(b"BT /F1 %d Tf %d %d Td (%b) Tj ET" % (size, _LEFT, at, said))
    drawn = b"\n".join(text)
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>" % _PAGE,
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(drawn), drawn),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    )
    return _joined(objects)


def _joined(objects: tuple[bytes, ...]) -> bytes:
    made, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(made))
        made += b"%d 0 obj\n%b\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(made))
    return made + b"xref\n0 %d\n0000000000 65535 f \n%b%b" % (len(objects) + 1, table, end)


def _mail(body: Mapping[str, Any]) -> dict[str, Any]:
    mail = EmailMessage()
    mail["From"] = f"{body['name']} <{body['email']}>"
    mail["To"] = "Customer care <care@example.com>"
    mail["Date"] = format_datetime(timezone.now())
    mail["Subject"] = str(body["subject"])
    mail["Message-ID"] = f"<{body['message_id']}@example.com>"
    mail.set_content(str(body["text"]))
    return api.keep_document(
        mail.as_bytes(), name=f"{body['subject']}.eml", media_type="message/rfc822", workflow="customer-messages"
    )
