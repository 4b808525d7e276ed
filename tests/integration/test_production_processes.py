"""The Procfile's processes on PostgreSQL and Redis, run as a supervisor runs them."""

from __future__ import annotations

import time
from pathlib import Path

import httpx
import pytest
from django.utils import timezone

from reviewhub.demo.models import ClockAnchor
from tests.support.installation import Installation, procfile

pytestmark = [pytest.mark.postgres, pytest.mark.processes]


@pytest.fixture(scope="module")
def static_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the static files of all these tests are collected, once."""
    return tmp_path_factory.mktemp("static")


@pytest.fixture
def production(installation: Installation, static_dir: Path) -> Installation:
    """Production as it stands behind a proxy that speaks TLS."""
    installation.environment |= {
        "REVIEWHUB_MODE": "production",
        "PUBLIC_URL": "https://review.example.com",
        "BEHIND_PROXY": "true",
        "EMAIL_URL": "dummymail://",
        "STATIC_DIR": str(static_dir),
    }
    if not any(static_dir.iterdir()):
        installation.manage("collectstatic", "--no-input", "--verbosity", "0")
    return installation


def behind_proxy(url: str) -> httpx.Response:
    return httpx.get(url, headers={"Host": "review.example.com", "X-Forwarded-Proto": "https"})


def test_all_processes_together_are_ready_and_stop_cleanly(production: Installation) -> None:
    production.start()
    page = behind_proxy(f"{production.url}/sign-in/")
    assert page.status_code == httpx.codes.OK
    assert "max-age=31536000" in page.headers["strict-transport-security"]
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert behind_proxy(f"{production.url}/demo/").status_code == httpx.codes.NOT_FOUND
    plain = httpx.get(f"{production.url}/sign-in/", headers={"Host": "review.example.com"})
    assert plain.headers["location"] == "https://review.example.com/sign-in/"
    assert set(production.stop()) == set(procfile())
    assert "Traceback" not in production.tail(400)


def test_an_installation_without_workers_says_what_is_missing(production: Installation) -> None:
    production.launch("web")
    deadline = time.monotonic() + 20
    while (answer := production.readiness()) is None and time.monotonic() < deadline:
        time.sleep(0.1)
    assert answer is not None, production.tail()
    assert answer.status_code == httpx.codes.SERVICE_UNAVAILABLE
    missing = answer.json()["missing"]
    assert set(missing) == {"workers"}
    assert missing["workers"].startswith("No sign of life from worker.orchestration, worker.tools, worker.ai, sweeper")


@pytest.mark.parametrize("process", ["web", "worker-orchestration"])
def test_production_does_not_start_on_the_demos_database(production: Installation, process: str) -> None:
    now = timezone.now()
    ClockAnchor.objects.create(process_at=now, system_at=now, alive_until=now, speed=1.0)
    with pytest.raises(AssertionError, match="filled by the demo"):
        production.start(process)
