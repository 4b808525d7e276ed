"""Traffic while processes are killed: every accepted event ends, and no order exists twice."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest

from tests.support.installation import ROOT, Installation

RATE, SECONDS = 15, 8


def traffic(installation: Installation) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "manage.py", "demo", "traffic", "--rate", str(RATE), "--seconds", str(SECONDS)],
        cwd=ROOT,
        env=installation.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.sqlite  # for PostgreSQL test_disasters.py takes everything away, one after another
def test_every_accepted_event_ends_and_no_order_exists_twice(installation: Installation) -> None:
    installation.start(ready_within=120)
    sender = traffic(installation)
    time.sleep(SECONDS / 2)
    installation.kill()
    installation.start(ready_within=120)
    said, _ = sender.communicate(timeout=120)
    assert sender.returncode == 0, said
    report = json.loads(installation.manage("demo", "check", "--wait", "120"))
    assert report["holds"]
    assert report["ended"] == report["accepted"] == RATE * SECONDS
    installation.manage("runs", "replay", "--all")  # fails where one run is not as its events tell it
