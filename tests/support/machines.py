"""Throw-away servers: a PostgreSQL cluster and a Redis server, each in a folder of its own, on a free port."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

READY_WITHIN = 20.0  # seconds


class ServerMissing(RuntimeError):
    """A server that the suite needs is not installed; `.ci/run` installs it."""


@contextmanager
def postgres_cluster(*, durable: bool = True) -> Iterator[str]:
    """Yields a URL without a database's name. One that is not durable forgets what it knew when the machine loses its
    power, and nothing when a process is killed. PostgreSQL refuses to run as root, so root runs it as `postgres`."""
    programs = _postgres_programs()
    with _folder_for("postgres") as place:
        port, data = free_port(), place / "data"
        initdb: list[str | Path] = [
            programs / "initdb",
            "-D",
            data,
            "-U",
            "reviewhub",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
        ]
        _run_as_postgres([*initdb, "--no-instructions"])
        options = f"-c listen_addresses=127.0.0.1 -p {port} -k {place} -c max_connections=200"
        options += "" if durable else " -c fsync=off -c full_page_writes=off"
        control: list[str | Path] = [programs / "pg_ctl", "-D", data, "-w"]
        _run_as_postgres([*control, "-o", options, "-l", place / "log", "start"])
        try:
            yield f"postgres://reviewhub@127.0.0.1:{port}"
        finally:
            _run_as_postgres([*control, "-m", "immediate", "stop"])


class Redis:
    """A server that keeps nothing on disk. Stopped and started again, it is empty, at the same address."""

    def __init__(self) -> None:
        self._port = free_port()
        self.url = f"redis://127.0.0.1:{self._port}/0"
        self._server: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        program = shutil.which("redis-server")
        if program is None:
            raise ServerMissing("redis-server is not installed (Debian's package redis-server).")
        command = [program, "--port", str(self._port), "--bind", "127.0.0.1", "--save", "", "--dir", "/"]
        self._server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        wait_for_port(self._port)

    def stop(self) -> None:
        if self._server is not None:
            self._server.terminate()
            self._server.wait(READY_WITHIN)
            self._server = None


@contextmanager
def redis_server() -> Iterator[str]:
    """Yields the URL of an empty server."""
    server = Redis()
    server.start()
    try:
        yield server.url
    finally:
        server.stop()


def restart_postgres(data: str | Path) -> None:
    """At once and without saying goodbye, as after a crash. `data` is the folder of a cluster of this module."""
    control: list[str | Path] = [_postgres_programs() / "pg_ctl", "-D", data, "-w", "-m", "immediate"]
    _run_as_postgres([*control, "-l", Path(data).parent / "log", "restart"])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_port(port: int) -> None:
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise TimeoutError(f"Nothing listens on port {port} after {READY_WITHIN:.0f} s.")


def _postgres_programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path is None:
        raise ServerMissing("PostgreSQL's server is not installed (Debian's package postgresql).")
    return Path(on_path).resolve().parent


@contextmanager
def _folder_for(name: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix=f"reviewhub-{name}-") as place:
        if os.geteuid() == 0:
            shutil.chown(place, "postgres", "postgres")
        yield Path(place)


def _run_as_postgres(command: list[str | Path]) -> None:
    words = [str(word) for word in command]
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    done = subprocess.run([*prefix, *words], cwd="/", capture_output=True, text=True, check=False, timeout=60)
    if done.returncode:
        raise RuntimeError(f"{words[0]} failed: {done.stderr.strip() or done.stdout.strip()}")
