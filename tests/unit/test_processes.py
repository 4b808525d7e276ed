"""The files that describe the production processes say the same thing."""

from __future__ import annotations

import shlex
from typing import Any

from ruamel.yaml import YAML

from reviewhub.workers import QUEUES
from tests.support.installation import ROOT, procfile


def services() -> dict[str, Any]:
    described: dict[str, Any] = YAML(typ="safe").load((ROOT / "compose.yaml").read_text())["services"]
    return described


def test_compose_runs_each_process_of_the_procfile() -> None:
    run = {name: described["command"][1] for name, described in services().items() if "build" in described}
    run.pop("migrate")
    assert run == {name: name for name in procfile()}


def test_every_queue_has_a_pool_of_its_own() -> None:
    served = [words[words.index("-Q") + 1] for words in map(shlex.split, procfile().values()) if "-Q" in words]
    assert sorted(served) == sorted(QUEUES)


def test_every_service_that_stays_says_whether_it_is_well() -> None:
    assert [name for name, described in services().items() if "healthcheck" not in described] == ["migrate"]


def test_no_secret_is_written_into_compose() -> None:
    environment = services()["web"]["environment"]
    for name in ("SECRET_KEY", "EMAIL_URL"):
        assert environment[name].startswith("${" + name + ":?")
    assert "${POSTGRES_PASSWORD:?" in environment["DATABASE_URL"]
