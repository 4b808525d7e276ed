"""`manage.py demo load|traffic|check`."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Loads the demo, sends it traffic, and checks what came of it."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("load", help="people, settings, past decisions and three waiting cases; again is harmless")
        traffic = acts.add_parser("traffic", help="signed events to the running server")
        traffic.add_argument("--rate", type=_positive, default=20.0, metavar="N", help="events a second")
        traffic.add_argument("--seconds", type=_positive, default=30.0, metavar="S")
        check = acts.add_parser("check", help="every accepted event's run has ended, and no order exists twice")
        check.add_argument("--wait", type=float, default=0.0, metavar="S", help="seconds to wait for runs to end")

    def handle(self, *args: Any, act: str, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("There is a demo in demo mode only: set REVIEWHUB_MODE=demo.")
        {"load": self._load, "traffic": self._traffic, "check": self._check}[act](options)

    def _load(self, options: dict[str, Any]) -> None:
        from reviewhub.demo.loading import load

        load(lambda line: self.stdout.write(line) if options["verbosity"] else None)

    def _traffic(self, options: dict[str, Any]) -> None:
        from reviewhub.demo.traffic import Traffic

        tally = Traffic(options["rate"], options["seconds"]).run()
        said = ", ".join(f"{count} x {status}" for status, count in sorted(tally.statuses.items()))
        self.stdout.write(f"{tally.accepted} events accepted ({said})")
        self.stdout.write(f"answered in {tally.quantile(0.5):.0f} ms (half), {tally.quantile(0.99):.0f} ms (99 of 100)")

    def _check(self, options: dict[str, Any]) -> None:
        from reviewhub.demo.checking import check

        report = check(options["wait"])
        self.stdout.write(json.dumps({**asdict(report), "holds": report.holds}, indent=2))
        if not report.holds:
            raise CommandError("The promises do not hold.")


def _positive(text: str) -> float:
    number = float(text)
    if number <= 0:
        raise argparse.ArgumentTypeError("has to be more than nothing")
    return number
