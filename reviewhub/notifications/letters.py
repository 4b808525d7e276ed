"""How every mail of ours is made: plain words with an HTML part, numbered so that it is known when it comes twice.

What came from outside is escaped in the HTML, on one line in every header, and turns nothing else around.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from reviewhub.direction import in_order
from reviewhub.notifications.channels.port import ChannelBusy

LONGEST_SUBJECT = 200


def letter(
    *,
    to: str,
    subject: str,
    template: str,
    context: Mapping[str, Any],
    number: str,
    about: str = "",
    unsubscribe: str = "",
    reply_to: Sequence[str] = (),
) -> EmailMultiAlternatives:
    """`number` makes it the same mail when it is sent again; mails `about` the same thing stand together where they are
    read; `unsubscribe` is the address where one POST stops mails like it (RFC 8058)."""
    headers = {"Message-ID": _numbered(number), "Auto-Submitted": "auto-generated"}
    if about:
        headers |= {"In-Reply-To": _numbered(about), "References": _numbered(about)}
    if unsubscribe:
        headers |= {"List-Unsubscribe": f"<{unsubscribe}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    said = {**context, "unsubscribe": unsubscribe, "ways": f"{settings.PUBLIC_URL}/notices/ways/"}
    mail = EmailMultiAlternatives(
        subject=" ".join(in_order(subject).split())[:LONGEST_SUBJECT],
        body=in_order(render_to_string(f"notifications/{template}.txt", said)),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[to],
        reply_to=list(reply_to) or None,
        headers=headers,
    )
    mail.attach_alternative(in_order(render_to_string(f"notifications/{template}.html", said)), "text/html")
    return mail


def hand_over(mail: EmailMultiAlternatives) -> None:
    """To the mail server. Raises ChannelBusy."""
    try:
        mail.send()
    except (SMTPException, OSError) as error:
        raise ChannelBusy(f"The mail server did not take it: {type(error).__name__}: {error}") from error


def _numbered(text: str) -> str:
    plain = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in text)
    return f"<{plain}@{_host()}>"


def _host() -> str:
    """The name that our messages are numbered under."""
    return settings.PUBLIC_URL.partition("://")[2].partition("/")[0].partition(":")[0] or "reviewhub"
