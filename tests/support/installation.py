"""The product as it is installed, with real processes, over the test's own database.

On SQLite that is `manage.py serve`; on PostgreSQL it is every line of the Procfile, with Redis between them.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx

from tests.support.machines import free_port

ROOT = Path(__file__).resolve().parents[2]
READY_WITHIN = 40.0  # seconds, on a machine that is busy with other tests
STOPPED_WITHIN = 20.0


class Installation:
    """Starts, kills and stops processes. `url` stays the same over restarts."""

    def __init__(self, place: Path, database_url: str, redis_url: str = "") -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.place = place
        self.log = place / "log.txt"
        self.outside = place / "outside.txt"
        self.commands = procfile() if redis_url else {"serve": "python manage.py serve"}
        self._loads_by_itself = not redis_url
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self.environment = os.environ | {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PYTHONPATH": f"{ROOT}:{ROOT / 'tests/support/guarded'}",
            "PYTHONWARNINGS": "default",
            "OUTSIDE_REQUESTS": str(self.outside),
            "DJANGO_SETTINGS_MODULE": "reviewhub.settings",
            "REVIEWHUB_MODE": "demo",
            "SECRET_KEY": "a key that only the test suite has, and that is long enough",
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "DATA_DIR": str(place),
            "STATIC_DIR": str(place / "static"),
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "PUBLIC_URL": self.url,
            "LOG_LEVEL": "INFO",
        }

    def start(self, *names: str, ready_within: float = READY_WITHIN) -> Installation:
        """Starts these processes, or all of them, and waits until the installation says that it is ready."""
        if not self._loads_by_itself and self.environment["REVIEWHUB_MODE"] == "demo":
            self.manage("demo", "load")
            self._loads_by_itself = True
        self.launch(*names)
        self.wait_until_ready(ready_within)
        return self

    def launch(self, *names: str) -> None:
        """Starts without waiting."""
        for name in names or tuple(self.commands):
            with self.log.open("ab") as log:
                self._running[name] = subprocess.Popen(
                    ["/bin/sh", "-c", f"exec {self.commands[name.partition('.')[0]]}"],
                    cwd=ROOT,
                    env=self.environment,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )

    def manage(self, *arguments: str) -> str:
        """Runs one of the commands; fails the test when it fails."""
        done = self._command(*arguments)
        assert done.returncode == 0, f"manage.py {' '.join(arguments)}: {done.stdout}{done.stderr}"
        return done.stdout

    def says(self, *arguments: str) -> str:
        """What one of the commands writes, also where it fails."""
        return self._command(*arguments).stdout

    def _command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    def wait_until_ready(self, seconds: float = READY_WITHIN) -> None:
        deadline = time.monotonic() + seconds
        said = "nothing answered"
        while time.monotonic() < deadline:
            self._assert_alive()
            answer = self.readiness()
            if answer is not None and answer.status_code == httpx.codes.OK:
                return
            said = answer.text if answer is not None else said
            time.sleep(0.05)
        raise AssertionError(f"Not ready after {seconds:.0f} s: {said}\n{self.tail()}")

    def readiness(self) -> httpx.Response | None:
        """What /readyz says, or nothing while nobody listens."""
        try:
            return httpx.get(f"{self.url}/readyz", timeout=5)
        except httpx.TransportError:
            return None

    def pid(self, name: str) -> int:
        return self._running[name].pid

    def pids(self) -> list[int]:
        """Of all that run: one on SQLite, one for each line of the Procfile on PostgreSQL."""
        return [process.pid for process in self._running.values()]

    def kill(self, *names: str) -> None:
        """SIGKILL: no process gets to say goodbye."""
        self._end(signal.SIGKILL, names)

    def stop(self, *names: str) -> dict[str, int]:
        """SIGTERM, as a supervisor does it. Returns the exit statuses."""
        return self._end(signal.SIGTERM, names)

    def end_with(self, signum: signal.Signals, *names: str) -> dict[str, int]:
        return self._end(signum, names)

    def close(self) -> None:
        """Ends what still runs, and fails the test if anything tried to leave the host."""
        self.kill()
        outside = self.outside.read_text() if self.outside.exists() else ""
        assert not outside, f"Processes tried to reach other hosts: {outside}"

    def tail(self, lines: int = 60) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:]) if self.log.exists() else ""

    def _end(self, signum: signal.Signals, names: tuple[str, ...]) -> dict[str, int]:
        ending = {name: self._running.pop(name) for name in names or tuple(self._running)}
        for process in ending.values():
            if process.poll() is None:
                os.killpg(process.pid, signum)
        try:
            return {name: process.wait(STOPPED_WITHIN) for name, process in ending.items()}
        except subprocess.TimeoutExpired:
            for process in ending.values():
                process.kill()
            raise AssertionError(f"Did not stop within {STOPPED_WITHIN:.0f} s.\n{self.tail()}") from None

    def _assert_alive(self) -> None:
        for name, process in self._running.items():
            assert process.poll() is None, f"{name} ended with {process.returncode}.\n{self.tail()}"


def procfile() -> dict[str, str]:
    """The production processes, by name."""
    lines = (ROOT / "Procfile").read_text().splitlines()
    return {name: command.strip() for name, _, command in (line.partition(":") for line in lines if line)}
