"""`manage.py serve`: web server, worker and sweeper in one process."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys

import httpx
import pytest

from tests.support.installation import ROOT, Installation

pytestmark = [pytest.mark.sqlite, pytest.mark.processes]


@pytest.fixture
def embedded(installation: Installation) -> Installation:
    installation.environment["REVIEWHUB_MODE"] = "embedded"
    return installation


def test_it_says_that_it_is_ready_and_stops_cleanly_when_told(embedded: Installation) -> None:
    embedded.start()
    assert httpx.get(f"{embedded.url}/healthz").json() == {"status": "alive"}
    assert embedded.stop() == {"serve": 0}
    assert f":{embedded.port}/" in embedded.tail()
    assert "Traceback" not in embedded.tail()


def test_ctrl_c_stops_it_as_cleanly(embedded: Installation) -> None:
    embedded.start()
    assert embedded.end_with(signal.SIGINT) == {"serve": 0}
    assert "Traceback" not in embedded.tail()


def test_a_second_process_on_the_same_data_is_refused(embedded: Installation) -> None:
    embedded.start()
    second = refused(embedded, port="0")
    assert f"already works on {embedded.place}" in second
    assert str(embedded.pid("serve")) in second


def test_a_killed_process_leaves_no_lock_behind(embedded: Installation) -> None:
    embedded.start()
    embedded.kill()
    embedded.start()
    assert httpx.get(f"{embedded.url}/readyz").status_code == httpx.codes.OK


def test_a_port_that_is_taken_is_said(embedded: Installation) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        assert f"Port {port} of 127.0.0.1 cannot be served" in refused(embedded, port=port)


def refused(installation: Installation, port: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", "serve"],
        cwd=ROOT,
        env=installation.environment | {"PORT": port},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stderr
