"""Workers that are killed at a named point: the test's side of `mortal_worker`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.support.installation import ROOT


class Mortals:
    """Lets one worker after another work on the test's database."""

    def __init__(self, place: Path) -> None:
        from django.db import connection

        database = {name: connection.settings_dict[name] for name in ("NAME", "USER", "HOST", "PORT")}
        self._errors = (place / "errors").open("w+")
        self._program = subprocess.Popen(
            [sys.executable, "-m", "tests.support.mortal_worker", json.dumps(database, default=str)],
            cwd=ROOT,
            env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )
        self._says("ready")

    def dies(self, point: str, nth: int, at: datetime, place: Path) -> bool:
        """Whether a worker got as far as the nth time at that point. Otherwise it has done all there was to do."""
        said = self._told({"point": point, "nth": nth, "at": at.isoformat(), "place": str(place)})
        assert said["killed"] or said["ended_well"], self._tail()
        return bool(said["killed"])

    def works(self, at: datetime, place: Path) -> None:
        """A worker that lives works until no run is open."""
        said = self._told({"point": "", "nth": 0, "at": at.isoformat(), "place": str(place)})
        assert said["ended_well"], self._tail()

    def close(self) -> None:
        self._program.communicate(timeout=20)
        self._errors.close()

    def _told(self, order: dict[str, Any]) -> Any:
        assert self._program.stdin is not None
        self._program.stdin.write(json.dumps(order) + "\n")
        self._program.stdin.flush()
        return json.loads(self._line())

    def _says(self, expected: str) -> None:
        assert self._line().strip() == expected, self._tail()

    def _line(self) -> str:
        assert self._program.stdout is not None
        line = self._program.stdout.readline()
        assert line, self._tail()
        return line

    def _tail(self) -> str:
        self._errors.seek(0)
        return self._errors.read()[-4000:]
