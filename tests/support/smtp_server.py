"""A mail server on the loopback that speaks SMTP, keeps what it is given, and refuses when it is told to."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class MailServer:
    host: str
    port: int
    refusals: list[str] = field(default_factory=list)  # replies to give to the next messages in the place of 250
    taken: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)

    def said(self, kind: str) -> str:
        """The part of the last mail: plain or html."""
        part = self.taken[-1].get_body((kind,))
        assert part is not None
        return str(part.get_content())


@contextmanager
def mail_server() -> Iterator[MailServer]:
    class Conversation(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 ready")
            while line := self.rfile.readline():
                word = line[:4].upper().strip()
                match word:
                    case b"DATA":
                        self.say("354 go on")
                        self.take()
                    case b"QUIT":
                        self.say("221 bye")
                        return
                    case b"RCPT":
                        server.recipients.append(line.decode().partition("<")[2].partition(">")[0])
                        self.say("250 ok")
                    case _:
                        self.say("250 ok")

        def take(self) -> None:
            lines: list[bytes] = []
            while (line := self.rfile.readline()) != b".\r\n":
                lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
            if server.refusals:
                self.say(server.refusals.pop(0))
                return
            server.taken.append(message_from_bytes(b"".join(lines), policy=policy.default))
            self.say("250 kept")

        def say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

    listening = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation)
    listening.daemon_threads = True
    server = MailServer("127.0.0.1", listening.server_address[1])
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        listening.shutdown()
        thread.join()
        listening.server_close()
