"""`manage.py stuck send|drop|start-event|drop-event ID…`: what can be done about messages that could not be sent and
events that started nothing. `manage.py runs stuck` lists them with their ids. Exit status 0 or 1."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand

from orchestration import api
from orchestration.exceptions import OrchestrationError


class Command(BaseCommand):
    help = "Sends or drops messages that are stuck, starts or drops refused events; see `runs stuck` for their ids."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        send = acts.add_parser("send", help="try to send these messages at once")
        drop = acts.add_parser("drop", help="give these messages up; what they said stays in the audit trail")
        start = acts.add_parser("start-event", help="try again what these refused events should have started")
        drop_event = acts.add_parser("drop-event", help="let these refused events start nothing any more")
        for act in (send, drop, start, drop_event):
            act.add_argument("ids", nargs="+", type=int, metavar="ID")
        for act in (drop, drop_event):
            act.add_argument("--reason", required=True, help="why; it stays in the audit trail")

    def handle(self, *args: Any, act: str, ids: list[int], **options: Any) -> None:
        do = {"send": self._send, "drop": self._drop, "start-event": self._start, "drop-event": self._drop_event}[act]
        if sum(not self._done(do, each, options) for each in ids):
            raise SystemExit(1)

    def _done(self, do: Callable[[int, Any], str], each: int, options: Any) -> bool:
        """Does it, and says what became of it. An empty word: nothing did."""
        try:
            done = do(each, options)
        except OrchestrationError as error:
            self.stderr.write(f"{each}: {error}")
            return False
        self.stdout.write(f"{each}: {done or 'tried, and it is stuck still'}")
        return bool(done)

    def _send(self, message: int, options: Any) -> str:
        return "sent" if api.send_message_now(message_id=message, actor=api.COMMAND_LINE) else ""

    def _drop(self, message: int, options: Any) -> str:
        api.drop_message(message_id=message, reason=options["reason"], actor=api.COMMAND_LINE)
        return "dropped"

    def _start(self, event: int, options: Any) -> str:
        return "started" if api.start_refused_again(event_id=event, actor=api.COMMAND_LINE) else ""

    def _drop_event(self, event: int, options: Any) -> str:
        api.drop_refused(event_id=event, reason=options["reason"], actor=api.COMMAND_LINE)
        return "dropped"
