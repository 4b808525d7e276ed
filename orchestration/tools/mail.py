"""mail.send@1: a mail by the installation's mail server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.mail import EmailMessage, get_connection

from orchestration.core.retry import ErrorClass
from orchestration.exceptions import AmbiguousError, PermanentError, TransientError
from orchestration.runtime.classing import class_of
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
    server = get_connection()
    message = EmailMessage(
        subject=" ".join(str(given["subject"]).split()),  # a line break would begin another header
        body=given["text"],
        to=[given["to"]],
        headers={"Message-ID": message_id},
        connection=server,
    )
    try:
        server.open()
    except Exception as error:
        raise _before(error) from error
    try:
        message.send()
    except Exception as error:
        raise _during(error, given["to"]) from error
    finally:
        server.close()
    return {"message_id": message_id}


def _before(error: Exception) -> Exception:
    """No mail has been handed over yet, so nothing can be in doubt."""
    if class_of(error) is ErrorClass.PERMANENT:
        return PermanentError(f"The mail server does not let us in: {error}", code="mail_refused")
    return TransientError("The mail server cannot be reached.", code="unreachable")


def _during(error: Exception, address: str) -> Exception:
    match class_of(error):
        case ErrorClass.AMBIGUOUS:
            return AmbiguousError("The mail server went away; the mail may have left.", code="disconnected")
        case ErrorClass.TRANSIENT:
            return TransientError(f"The mail server could not take the mail now: {error}", code="smtp")
        case _:
            return PermanentError(f"The mail server refuses the mail to {address}: {error}", code="mail_refused")
