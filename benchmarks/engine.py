"""The engine on PostgreSQL with Redis and worker processes, DBOS beside it.

`python -m benchmarks.engine steps` measures one thing alone; see measures.py for all of them.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.measures import MEASURES, prepare
from benchmarks.place import production

TWO_TOOL_WORKERS = ("steps", "join")  # one for each core


def main(chosen: list[str]) -> None:
    """Each measure on an installation of its own, so that none finds what another has left."""
    for name in chosen or MEASURES:
        with tempfile.TemporaryDirectory() as notes:
            workers = 2 if name in TWO_TOOL_WORKERS else 1
            with production("benchmarks.trivial", tool_workers=workers, more=prepare(Path(notes))) as at:
                import benchmarks.trivial  # noqa: F401 - registers the tools here too

                MEASURES[name](at)


if __name__ == "__main__":
    main(sys.argv[1:])
