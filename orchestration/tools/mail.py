"""mail.send@1: a mail by the installation's mail server."""

from __future__ import annotations

from collections.abc import Mapping
from smtplib import SMTPConnectError, SMTPException, SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

from django.core.mail import EmailMessage

from orchestration.exceptions import AmbiguousError, PermanentError, TransientError
from orchestration.runtime.tools import ToolCall, tool

INPUT = {
    "type": "object",
    "required": ["to", "subject", "text"],
    "properties": {
        "to": {"type": "string", "format": "email", "maxLength": 254},
        "subject": {"type": "string", "minLength": 1, "maxLength": 200},
        "text": {"type": "string", "maxLength": 100_000},
    },
    "additionalProperties": False,
}
OUTPUT = {"type": "object", "required": ["message_id"], "properties": {"message_id": {"type": "string"}}}


@tool(name="mail.send", version=1, title="Send a mail", input=INPUT, output=OUTPUT, idempotent=False)
def send_mail(given: Mapping[str, Any], call: ToolCall) -> Mapping[str, Any]:
    """The Message-ID is made from the idempotency key, so that a mail sent twice is recognised as the same one."""
    message_id = f"<{call.idempotency_key.replace(':', '.').replace('/', '.')}@reviewhub>"
    message = EmailMessage(
        subject=" ".join(str(given["subject"]).split()),  # a line break would begin another header
        body=given["text"],
        to=[given["to"]],
        headers={"Message-ID": message_id},
    )
    try:
        message.send()
    except SMTPRecipientsRefused as error:
        raise PermanentError(f"The mail server refuses the address {given['to']}.", code="recipient_refused") from error
    except (SMTPConnectError, ConnectionRefusedError) as error:
        raise TransientError("The mail server cannot be reached.", code="unreachable") from error
    except (SMTPServerDisconnected, TimeoutError) as error:
        raise AmbiguousError("The mail server went away; the mail may have left.", code="disconnected") from error
    except (SMTPException, OSError) as error:
        raise TransientError(f"The mail server could not take the mail: {error}", code="smtp") from error
    return {"message_id": message_id}
