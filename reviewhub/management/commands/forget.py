"""`manage.py forget`: removes the data of an embedded installation, so that the next start is the first one."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from reviewhub.embedded.lock import NAME, DataInUse, only_process


class Command(BaseCommand):
    help = "Removes the database, the documents and the key in DATA_DIR. Without --yes only in demo mode."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--yes", action="store_true", help="yes, remove data that is not a demo's")

    def handle(self, *args: Any, yes: bool, **options: Any) -> None:
        data: Path = settings.DATA_DIR
        if settings.PRODUCTION or not (settings.DEMO or yes):
            raise CommandError(f"This would remove everything in {data}. Say --yes if that is meant.")
        try:
            with only_process(data):
                _empty(data)
        except DataInUse as in_use:
            raise CommandError(str(in_use)) from in_use
        self.stdout.write("The data is gone; the next start begins afresh.")


def _empty(data: Path) -> None:
    for entry in data.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry)
        elif entry.name != NAME:
            entry.unlink()
