"""Django's way to the demo's mailbox: what the product mails goes there by HTTP, and nowhere else."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache

import httpx
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage

from orchestration import api
from orchestration.exceptions import NotFound

TIMEOUT = 5.0  # seconds


class MailboxBackend(BaseEmailBackend):
    """Posts each mail for each of its readers. A mail with the same Message-ID is the same mail."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        return sum(self._send(message) for message in email_messages)

    def _send(self, message: EmailMessage) -> bool:
        try:
            mailbox = api.connection("mailbox")
            for reader in message.recipients():
                self._post(mailbox.base_url, mailbox.secret, message, reader)
        except (httpx.HTTPError, NotFound):
            if not self.fail_silently:
                raise
            return False
        return True

    def _post(self, base_url: str, token: str, message: EmailMessage, reader: str) -> None:
        answer = _client().post(
            f"{base_url}/messages",
            json={"to": reader, "subject": str(message.subject), "text": str(message.body)},
            headers={"Authorization": f"Bearer {token}", "Idempotency-Key": _key(message, reader)},
        )
        answer.raise_for_status()


@lru_cache(maxsize=1)
def _client() -> httpx.Client:
    """One for the process: making one costs more than sending a mail."""
    return httpx.Client(timeout=TIMEOUT, limits=httpx.Limits(max_keepalive_connections=0))


def _key(message: EmailMessage, reader: str) -> str:
    """One mail to one reader; without a Message-ID every sending is a mail of its own."""
    message_id = message.extra_headers.get("Message-ID") or message.message()["Message-ID"]
    return "mail:" + hashlib.sha256(f"{message_id} {reader}".encode()).hexdigest()
