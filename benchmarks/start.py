"""The embedded process as `make run` starts it: how long until it is ready, and what it holds in memory."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from benchmarks.floors import imported
from benchmarks.report import report
from tests.support.installation import ROOT, Installation

IDLE = 5.0  # seconds to settle
WARMS_WITHIN = 60.0
ONCE_MORE = """
from orchestration import api
run = api.runs().filter(workflow__name="purchase-approval", status="running").first()
api.start_run(
    workflow="purchase-approval", input={**run.input, "request_id": "bench-1"}, actor=api.SYSTEM, source="manual"
)
"""
ADVISED = """
from orchestration import api
if api.recommendations().filter(run__input__request_id="bench-1").exists():
    print("advised")
"""
MODULES = "django, celery, uvicorn, channels.routing, rest_framework"


def main() -> None:
    seconds, megabytes = imported(MODULES)
    with tempfile.TemporaryDirectory() as place:
        installation = Installation(Path(place), f"sqlite:///{place}/reviewhub.sqlite3")
        installation.environment |= {"LOG_LEVEL": "WARNING", "PYTHONPATH": str(ROOT)}
        try:
            report("start", "first_ready_s", started(installation), "s", floor=seconds)
            recommend(installation)
            time.sleep(IDLE)
            report("start", "idle_rss_mb", resident(installation), "MB", floor=megabytes, bar=180)
            installation.stop()
            report("start", "ready_s", started(installation), "s", floor=seconds, bar=3)
        finally:
            installation.close()


def started(installation: Installation) -> float:
    """Seconds from the start of the process until it says that it is ready. The first time it migrates and loads."""
    begun = time.perf_counter()
    installation.start()
    return time.perf_counter() - begun


def recommend(installation: Installation) -> None:
    """Starts a waiting purchase once more, under another number, and waits until the process has advised on it."""
    installation.manage("shell", "--no-imports", "-c", ONCE_MORE)
    deadline = time.monotonic() + WARMS_WITHIN
    while "advised" not in installation.manage("shell", "--no-imports", "-c", ADVISED):
        assert time.monotonic() < deadline, installation.tail()
        time.sleep(1)


def resident(installation: Installation) -> float:
    status = Path(f"/proc/{installation.pid('serve')}/status").read_text().splitlines()
    return int(next(line.split()[1] for line in status if line.startswith("VmRSS"))) / 1024


if __name__ == "__main__":
    main()
