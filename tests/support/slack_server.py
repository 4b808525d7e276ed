"""A chat of our own: a server that speaks as much of Slack's Web API as we use, with faults."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlencode

TOKEN, SECRET = "xoxb-ours", "a signing secret"
MEMBERS = ("UALICE", "UBOB", "UCAROL", "UEVE")


@dataclass
class Chat:
    """What stands in the conversations, whoever put it there."""

    messages: dict[str, dict[str, Any]] = field(default_factory=dict)  # by ts: {"channel", "text", "blocks"}
    whispers: list[tuple[str, str, str]] = field(default_factory=list)  # (channel, member, text)
    faults: list[str] = field(default_factory=list)  # errors to answer with, or "http_503", the first first
    url: str = ""

    def answer(self, method: str, said: dict[str, Any]) -> dict[str, Any]:
        if self.faults:
            return {"ok": False, "error": self.faults.pop(0)}
        if said.get("channel") not in MEMBERS and not str(said.get("channel")).startswith("D"):
            return {"ok": False, "error": "channel_not_found"}
        if method == "chat.postEphemeral":
            self.whispers.append((said["channel"], said["user"], said["text"]))
            return {"ok": True}
        if method == "chat.update" and said["ts"] not in self.messages:
            return {"ok": False, "error": "message_not_found"}
        ts = said.get("ts") or f"1700000000.{len(self.messages) + 1:06}"
        channel = f"D{said['channel']}" if method == "chat.postMessage" else said["channel"]
        self.messages[ts] = {"channel": channel, "text": said["text"], "blocks": said["blocks"]}
        return {"ok": True, "channel": channel, "ts": ts}


@contextmanager
def slack_server() -> Iterator[Chat]:
    class Api(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if chat.faults and chat.faults[0].startswith("http_"):
                self._say(int(chat.faults.pop(0).removeprefix("http_")), b"not now")
                return
            known = self.headers["Authorization"] == f"Bearer {TOKEN}"
            method = self.path.rpartition("/")[2]
            answer = chat.answer(method, said) if known else {"ok": False, "error": "invalid_auth"}
            self._say(200, json.dumps(answer).encode())

        def _say(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    chat = Chat()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    chat.url = f"http://127.0.0.1:{server.server_port}/api"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield chat
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def tapped(value: str, member: str, *, action_ts: str = "1700000001.1", channel: str = "DUALICE") -> bytes:
    """The body that Slack sends when somebody taps a button."""
    payload = {
        "type": "block_actions",
        "user": {"id": member},
        "channel": {"id": channel},
        "actions": [{"action_id": "decide.0", "value": value, "action_ts": action_ts}],
    }
    return urlencode({"payload": json.dumps(payload)}).encode()


def signed(body: bytes, at: datetime, secret: str = SECRET) -> dict[str, str]:
    timestamp = str(int(at.timestamp()))
    mac = hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={mac}"}
