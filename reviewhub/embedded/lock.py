"""One embedded process for one data folder: several writers would starve each other on SQLite."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NAME = "serve.lock"


class DataInUse(Exception):
    """Another ReviewHub process works on this data."""


@contextmanager
def only_process(data_dir: Path) -> Iterator[None]:
    """Raises `DataInUse`. The operating system lets go of the lock when the process ends, however it ends."""
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / NAME).open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise DataInUse(
                f"Process {file.read().strip() or '?'} already works on {data_dir}. "
                "Stop it first, or choose another folder by DATA_DIR."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
