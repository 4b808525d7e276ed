"""The API's pages in the docs: their commands run, and their tables are complete."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

from orchestration import api
from reviewhub.api.problems import PROBLEMS
from reviewhub.api.tokens.scopes import SCOPES, SERVICE_SCOPES
from reviewhub.api.urls import urlpatterns
from tests.integration.api.office import SECRET, Office
from tests.integration.api.texts import DOCUMENTED
from tests.support.live_site import LiveSite

DOCS = Path(settings.BASE_DIR) / "docs"


def _page(name: str) -> str:
    return (DOCS / name).read_text()


def _commands(page: str) -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```", _page(page), re.DOTALL | re.MULTILINE)


@pytest.fixture
def variables(live_site: LiveSite, tmp_path: Path) -> dict[str, str]:
    """What the examples call by name. Their curl fails on an answer that is an error."""
    office = Office()
    office.queue.memberships.create(person=office.engineer)
    api.publish_workflow(text=DOCUMENTED, note="", actor=api.SYSTEM)
    task = office.task()
    (tmp_path / "curl.sh").write_text('curl() { command curl --silent --show-error --fail-with-body "$@"; }\n')
    (tmp_path / "purchase-approval.yaml").write_text(DOCUMENTED.replace("title: Purchase", "title: Purchases"))
    return {
        "PATH": os.environ["PATH"],
        "BASH_ENV": str(tmp_path / "curl.sh"),
        "URL": live_site.url,
        "TOKEN": office.token(office.engineer)[1],
        "SECRET": SECRET,
        "RUN": str(task.run_id),
        "TASK": str(task.pk),
    }


@pytest.mark.parametrize("page", ["api.md", "webhooks.md"])
def test_every_command_of_the_page_runs(page: str, variables: dict[str, str], tmp_path: Path) -> None:
    commands = _commands(page)
    assert commands
    for command in commands:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command],
            check=False,
            env=variables,
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    assert api.runs().filter(workflow__name="purchase-approval").count() == 1


def test_the_scopes_are_all_there() -> None:
    rows = dict(re.findall(r"^\| `(\w+:\w+)` \| .* \| (yes|no) \|$", _page("api.md"), re.MULTILINE))

    assert rows == {scope: "yes" if scope in SERVICE_SCOPES else "no" for scope in SCOPES}


def test_the_kinds_of_problem_are_all_there() -> None:
    rows = re.findall(r"^\| `([\w-]+)` \| (\d{3}) \|", _page("api.md"), re.MULTILINE)

    assert rows == [(kind, str(known.status)) for kind, known in PROBLEMS.items()]


def test_every_address_is_there() -> None:
    text = _page("api.md")
    nouns = {str(pattern.pattern).rstrip("/").rpartition("/")[2] for pattern in urlpatterns}

    for noun in sorted(word for word in nouns if word.isalpha()):
        assert f"{noun}/" in text, noun
