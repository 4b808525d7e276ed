"""The engine on PostgreSQL with Redis and worker processes, DBOS beside it.

`python -m benchmarks.engine steps` measures one thing alone; see measures.py for all of them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from benchmarks.measures import MEASURES, prepare
from benchmarks.place import one_server, production

TWO_TOOL_WORKERS = ("steps", "join")  # one for each core


def main(chosen: list[str]) -> int:
    """Each measure on an installation of its own, so that none finds what another has left, and in a process of its
    own, for Django is set up over one database only. They share the database server, and nothing in it."""
    if len(chosen) == 1:
        measure(chosen[0])
        return 0
    with one_server() as told:
        return max(_in_its_process(name, told) for name in chosen or MEASURES)


def measure(name: str) -> None:
    with tempfile.TemporaryDirectory() as notes:
        workers = 2 if name in TWO_TOOL_WORKERS else 1
        with production("benchmarks.trivial", tool_workers=workers, more=prepare(Path(notes))) as at:
            import benchmarks.trivial  # noqa: F401 - registers the tools here too

            MEASURES[name](at)


def _in_its_process(name: str, told: Mapping[str, str]) -> int:
    began = time.monotonic()
    program = [sys.executable, "-m", "benchmarks.engine", name]
    status = subprocess.run(program, env=os.environ | told, check=False).returncode
    print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
