"""Calling back whoever asked: a signed Standard Webhook, to those addresses alone that a connection names.

The connection's base address says where we may call, and its secret signs. An administrator makes it in the settings.
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
import socket
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from standardwebhooks import Webhook

from orchestration import api, ports
from orchestration.exceptions import PermanentError, TransientError
from reviewhub.reviews.announcements import Fact
from reviewhub.reviews.requested import STEP, WORKFLOW
from reviewhub.reviews.requested.standing import standing_of_review

KIND = "callback"
TOPIC = "reviews.callback"
TIMEOUT = 15.0  # seconds
TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
INPUT = {"type": "object", "required": ["url"], "properties": {"url": {"type": "string"}}}


@api.tool(name="reviews.callback", version=1, title="Tell who asked for the review", input=INPUT, idempotent=True)
def call_back(given: Mapping[str, Any], call: api.ToolCall) -> Mapping[str, Any]:
    """The message's id is the same for every attempt, so that it is known when it comes twice."""
    message_id = _send(given["url"], call.run_id, "review.decided", call.idempotency_key, min(TIMEOUT, call.timeout))
    return {"message_id": message_id}


@api.on_topic(TOPIC)
def tell_withdrawn(payload: Mapping[str, Any], key: str) -> None:
    """A run that was ended has no step left that could tell it."""
    _send(payload["url"], payload["run"], "review.withdrawn", key, TIMEOUT)


def listen(fact: Fact) -> None:
    """Bound to `reviewhub.reviews.announcements.when_told`."""
    task = fact.task
    if fact.kind != "withdrawn" or task.workflow != WORKFLOW or task.key != STEP:
        return
    if url := task.run.input.get("callback_url"):
        payload = {"run": str(task.run_id), "url": url}
        api.send_later(topic=TOPIC, key=f"withdrawn:{task.run_id}", payload=payload)


def connection_for(url: str) -> Any | None:
    """The enabled connection beneath whose base address this one lies; the nearest, where there are several."""
    known = api.connections().filter(kind=KIND, enabled=True)
    covering = [each for each in known if is_beneath(url, each.base_url)]
    return max(covering, key=lambda each: len(each.base_url), default=None)


def is_beneath(url: str, base: str) -> bool:
    """The same scheme, host and port, and a path that goes on where the base's ends. Nothing that could be read in two
    ways: no name or password, no dots that climb, no backslash."""
    try:
        asked, allowed = urlsplit(url), urlsplit(base)
        same = (asked.scheme, asked.hostname, asked.port) == (allowed.scheme, allowed.hostname, allowed.port)
    except ValueError:
        return False
    plain = (
        url.isascii()
        and url.isprintable()
        and not any(sign in url for sign in ("\\", " ", "#", "@", "/.", "%2e", "%2E"))
    )
    path, root = asked.path or "/", allowed.path.rstrip("/") + "/"
    return same and plain and bool(allowed.hostname) and f"{path}/".startswith(root)


def faults_of_connection(base_url: str, secret: str) -> list[str]:
    """What keeps a connection from being called back."""
    address = urlsplit(base_url)
    faults = []
    if not address.hostname:
        faults.append("A callback needs the base address beneath which we may call.")
    elif address.scheme != "https" and not settings.DEMO:
        faults.append("A callback goes over https.")
    try:
        _signers(secret)
    except (ValueError, RuntimeError):
        faults.append("The secret that signs is a whsec_… of base64, or several with a blank between them.")
    return faults


def _send(url: str, run_id: str, kind: str, key: str, timeout: float) -> str:
    connection = connection_for(url)
    if connection is None:
        said = f"No enabled connection allows us to call {urlsplit(url).hostname or 'this address'} back."
        raise PermanentError(said, code="callback_not_allowed")
    if faults := faults_of_connection(connection.base_url, connection.secret):
        raise PermanentError(f"{connection.name}: {faults[0]}", code="callback_not_usable")
    addresses = checked_addresses(urlsplit(url).hostname or "")
    review = standing_of_review(run_id)
    at = review["decided_at"] or review["ended_at"]
    body = json.dumps({"type": kind, "timestamp": at, "data": review}, ensure_ascii=False)
    message_id = "msg_" + hashlib.sha256(f"{run_id}:{key}".encode()).hexdigest()[:32]
    headers = _signed(connection.secret, message_id, body)
    api.post_body(url, body.encode(), headers=headers, timeout=timeout, addresses=addresses)
    return message_id


def _signers(secret: str) -> list[Webhook]:
    """While a secret is changed, the old and the new one both sign: whoever knows either may check."""
    return [Webhook(each) for each in secret.split() or [secret]]


def _signed(secret: str, message_id: str, body: str) -> dict[str, str]:
    now = ports.clock().system_now()
    return {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signer.sign(message_id, now, body) for signer in _signers(secret)),
    }


def checked_addresses(host: str) -> list[str]:
    """Where the name leads now: those are called, and what it says a moment later is not asked.

    A name that leads to this machine, or to the network's own services, is not called. In a demo nothing is looked up.
    """
    if settings.DEMO:
        return []
    try:
        known = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError as error:
        raise TransientError(f"{host} cannot be found.", code="unreachable") from error
    found = list(dict.fromkeys(str(info[4][0]) for info in known))  # in the order in which they are to be tried
    for address in map(_meant, found):
        if address.is_loopback or address.is_link_local or address.is_unspecified or address.is_multicast:
            raise PermanentError(f"{host} leads to {address}, where we do not call.", code="callback_not_allowed")
    return found


def _meant(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """`::ffff:127.0.0.1` is this machine, too, and so is it where a network translates (RFC 6052) or tunnels (6to4)."""
    address = ipaddress.ip_address(text)
    if not isinstance(address, ipaddress.IPv6Address):
        return address
    if address in TRANSLATED:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address
