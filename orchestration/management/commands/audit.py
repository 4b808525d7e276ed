"""`manage.py audit verify`: proves that the audit trail is whole; `manage.py audit checkpoint` signs its heads now."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from orchestration.api import AuditReport, checkpoint, verify_audit


class Command(BaseCommand):
    help = "Verifies the audit trail, or signs its present heads."

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True)
        verify = commands.add_parser("verify", help="read every chain and name what does not verify")
        verify.add_argument("--json", action="store_true", help="one JSON object, for machines")
        commands.add_parser("checkpoint", help="note and sign the heads that moved since the last checkpoint")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["command"] == "checkpoint":
            self._checkpoint()
        else:
            self._verify(as_json=options["json"])

    def _checkpoint(self) -> None:
        made = checkpoint()
        self.stdout.write(f"Checkpoint {made.number} signed." if made else "Nothing has moved since the last one.")

    def _verify(self, *, as_json: bool) -> None:
        report = verify_audit()
        self.stdout.write(_as_json(report) if as_json else _as_text(report))
        if not report.ok:
            raise CommandError(f"The audit trail does not verify: {len(report.faults)} faults.", returncode=1)


def _as_json(report: AuditReport) -> str:
    faults = [{"chain": fault.chain, "sequence": fault.sequence, "message": fault.message} for fault in report.faults]
    counts = {"chains": report.chains, "events": report.events, "checkpoints": report.checkpoints}
    return json.dumps({"ok": report.ok, **counts, "faults": faults})


def _as_text(report: AuditReport) -> str:
    lines = [f"{fault.chain} event {fault.sequence}: {fault.message}" for fault in report.faults]
    read = f"{report.events} events in {report.chains} chains and {report.checkpoints} checkpoints read."
    return "\n".join([*lines, read, "Everything verifies." if report.ok else "The trail does NOT verify."])
