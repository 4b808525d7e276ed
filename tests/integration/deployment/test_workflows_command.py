"""`manage.py workflows`: the same files checked, compared and published here or over the API."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from orchestration import api
from orchestration.management.commands import workflows as command
from tests.integration.api.office import Office
from tests.integration.api.texts import FAULTY, HARMLESS_CHANGE, PURCHASE

if TYPE_CHECKING:
    from tests.support.live_site import LiveSite


def workflows(*arguments: str | Path) -> tuple[int, str]:
    """The exit status and what was printed."""
    out = io.StringIO()
    try:
        call_command("workflows", *map(str, arguments), stdout=out, stderr=out)
    except CommandError as error:
        return error.returncode, f"{out.getvalue()}{error}"
    except SystemExit as error:
        return int(error.code or 0), out.getvalue()
    return 0, out.getvalue()


def as_json(*arguments: str | Path) -> tuple[int, Any]:
    status, said = workflows(*arguments, "--json")
    return status, json.loads(said)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "purchase.yaml"
    path.write_text(PURCHASE)
    return path


def current(name: str = "purchase") -> Any:
    return api.workflows().get(name=name).current


def test_a_sound_file_is_valid(office: Office, file: Path) -> None:
    assert workflows("validate", file) == (0, f"{file}: sound\n")


def test_every_fault_is_printed_with_its_place_and_the_status_is_1(office: Office, file: Path) -> None:
    file.write_text(FAULTY)
    status, said = workflows("validate", file)
    assert status == 1
    assert all(line.startswith(f"{file}:") and ": error: " in line for line in said.splitlines())


def test_a_text_with_faults_is_not_said_to_have_no_tests(office: Office, file: Path) -> None:
    file.write_text(FAULTY)
    status, said = workflows("test", file)
    assert status == 1
    assert ": error: " in said
    assert "no tests" not in said


def test_without_a_database_it_is_said_what_to_do(office: Office, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(text: str) -> None:
        raise OperationalError("no such table: orchestration_connection")

    monkeypatch.setattr(command, "check_workflow", refuse)
    status, said = workflows("validate", file)
    assert status == 1
    assert "manage.py migrate" in said
    assert "--offline" in said
    assert workflows("validate", "--offline", file) == (0, f"{file}: sound\n")


def test_machines_read_the_faults_as_json(office: Office, file: Path) -> None:
    file.write_text(FAULTY)
    status, report = as_json("validate", file)
    assert (status, report["ok"], report["files"][0]["ok"]) == (1, False, False)
    assert {"line", "column", "path", "message", "level"} == set(report["files"][0]["faults"][0])


def test_an_offline_check_asks_for_no_names_of_an_installation(file: Path) -> None:
    """No database is asked either: this test has none."""
    assert workflows("validate", "--offline", file) == (0, f"{file}: sound\n")


def test_a_name_of_the_products_own_is_a_fault_offline_too(file: Path) -> None:
    file.write_text(PURCHASE.replace("workflow: purchase\n", "workflow: second-look\n"))
    status, said = workflows("validate", "--offline", file)
    assert (status, "The name 'second-look' is the product's own" in said) == (1, True)


def test_a_folder_stands_for_its_files_and_a_missing_one_is_named(office: Office, file: Path) -> None:
    assert workflows("validate", file.parent) == (0, f"{file}: sound\n")
    status, said = workflows("validate", file.parent / "nowhere")
    assert (status, "There is no file or folder" in said) == (1, True)


def test_a_file_that_is_no_text_is_a_fault(office: Office, file: Path) -> None:
    file.write_bytes(b"\xff\xfe\x00workflow")
    assert workflows("validate", file)[0] == 1


def test_diff_says_whether_the_meaning_differs(office: Office, file: Path) -> None:
    file.write_text("# only a comment more\n" + PURCHASE)
    assert workflows("diff", file) == (0, f"{file}: means the same as what is published\n")
    file.write_text(HARMLESS_CHANGE)
    status, said = workflows("diff", file)
    assert status == 1
    assert "--- version 1" in said
    assert "differs from what is published" in said


def test_deploy_publishes_and_says_the_version(office: Office, file: Path) -> None:
    file.write_text(HARMLESS_CHANGE)
    assert workflows("deploy", "--note", "plural", file) == (0, f"{file}: version 2 is current\n")
    assert (current().number, current().note, current().published_by) == (2, "plural", "Command line")
    assert workflows("deploy", file) == (0, f"{file}: version 2 is current\n")  # the same content publishes nothing


def test_nothing_is_published_where_one_of_the_files_has_faults(office: Office, file: Path) -> None:
    file.write_text(HARMLESS_CHANGE)
    (file.parent / "faulty.yaml").write_text(FAULTY)
    status, said = workflows("deploy", file.parent)
    assert (status, current().number) == (1, 1)
    assert "sound, not published" in said


def test_export_writes_what_is_published(office: Office, tmp_path: Path) -> None:
    folder = tmp_path / "exported"
    assert workflows("export", folder) == (0, f"{folder / 'purchase.yaml'}: version 1\n")
    assert (folder / "purchase.yaml").read_text() == PURCHASE


def test_a_pipeline_deploys_over_the_api_with_a_token(
    served_office: Office, live_site: LiveSite, file: Path, tmp_path: Path
) -> None:
    there = ("--target", live_site.url, "--token-env", "DEPLOY_TOKEN")
    file.write_text(HARMLESS_CHANGE)
    assert workflows("diff", *there, file)[0] == 1
    assert workflows("deploy", *there, "--note", "plural", file) == (0, f"{file}: version 2 is current\n")
    assert (current().number, current().published_by) == (2, "Erin")
    assert workflows("diff", *there, file)[0] == 0
    assert workflows("export", *there, tmp_path / "out")[0] == 0
    assert (tmp_path / "out" / "purchase.yaml").read_text() == HARMLESS_CHANGE


def test_a_pipeline_hears_every_fault_that_only_the_installation_knows(
    served_office: Office, live_site: LiveSite, file: Path
) -> None:
    file.write_text(PURCHASE.replace("queue: finance", "queue: nowhere"))
    status, said = workflows("deploy", "--target", live_site.url, "--token-env", "DEPLOY_TOKEN", file)
    assert (status, current().number) == (1, 1)
    assert "There is no queue 'nowhere'" in said


def test_mallorys_token_deploys_nothing(served_office: Office, live_site: LiveSite, file: Path) -> None:
    file.write_text(HARMLESS_CHANGE)
    status, said = workflows("deploy", "--target", live_site.url, "--token-env", "READ_TOKEN", file)
    assert (status, current().number, "403" in said) == (1, 1, True)


def test_a_missing_token_and_a_silent_server_are_named(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPLOY_TOKEN", "t")
    assert (
        "NO_SUCH_VARIABLE has no token"
        in workflows("deploy", "--target", "http://x", "--token-env", "NO_SUCH_VARIABLE", file)[1]
    )
    status, said = workflows("deploy", "--target", "http://127.0.0.1:9", "--token-env", "DEPLOY_TOKEN", file)
    assert (status, "cannot be reached" in said) == (1, True)
