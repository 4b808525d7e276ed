"""Reads a file in another process that has little memory, little time and nothing of ours."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

PROGRAM = Path(__file__).with_name("page.py")
SECONDS = 15.0  # in which it has to be done
AT_ONCE = threading.BoundedSemaphore(2)  # in one process of ours


class Unreadable(Exception):
    """The document cannot be shown.

    `why` is encrypted, broken, large, slow, busy, missing, damaged, or other: it is not the file that it says it is.
    """

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


def bounded(what: str, data: bytes, number: int = 1) -> bytes:
    """What the program says of the file. Raises `Unreadable`."""
    if not AT_ONCE.acquire(timeout=SECONDS):
        raise Unreadable("busy")
    try:
        done = subprocess.run(  # noqa: S603 - our own program, and what it reads comes by a pipe
            [sys.executable, "-I", str(PROGRAM), what, str(number)],
            input=data,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            env={},
            cwd="/",
        )
    except subprocess.TimeoutExpired:
        raise Unreadable("slow") from None
    finally:
        AT_ONCE.release()
    if done.returncode == 0:
        return done.stdout
    said = done.stderr.decode(errors="replace").strip()
    if said in ("encrypted", "broken", "large"):
        raise Unreadable(said)
    raise Unreadable("slow" if done.returncode < 0 else "broken")
