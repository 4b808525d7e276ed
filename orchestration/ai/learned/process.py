"""Training in a process of its own, so that no serving process ever loads the libraries it takes."""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
import threading
from pathlib import Path

import orchestration

ROOT = Path(orchestration.__file__).resolve().parents[1]


def train_in_own_process(decision_point: str) -> subprocess.Popen[bytes]:
    """Starts the training and returns at once; wait on the process to know that it has ended."""
    command = [sys.executable, "-m", "django", "recommenders", "train", "--decision-point", decision_point]
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    process = subprocess.Popen(  # noqa: S603 - the program is ours and the name comes from the database
        command,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C in a terminal is for the process that serves
    )
    _running.add(process)
    threading.Thread(target=_see_off, args=(process,), name="training", daemon=True).start()
    return process


_running: set[subprocess.Popen[bytes]] = set()


def _see_off(process: subprocess.Popen[bytes]) -> None:
    """Leaves no zombie behind."""
    process.wait()
    _running.discard(process)


@atexit.register
def end_trainings() -> None:
    """A process that ends takes its trainings with it; they are claimed again later."""
    for process in tuple(_running):
        process.terminate()
