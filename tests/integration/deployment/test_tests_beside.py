"""`manage.py workflows test`, and what a failing test keeps from being deployed."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestration import api
from orchestration.models import DecisionPoint
from orchestration.runtime import tools as registry
from reviewhub import wiring
from reviewhub.demo.loading.load import ACTOR
from reviewhub.demo.loading.people import load_desk, load_people
from tests.integration.api.office import Office
from tests.integration.api.texts import HARMLESS_CHANGE
from tests.integration.deployment.test_workflows_command import as_json, current, workflows

if TYPE_CHECKING:
    from tests.support.live_site import LiveSite

DEMO = sorted((Path(__file__).parents[3] / "reviewhub/demo/workflows").glob("*.yaml"))
INPUT = "{request: R-1, amount: 5}"
PASSES = f"""
tests:
  - name: nobody answers
    input: {INPUT}
    expect: {{outcome: decided, took: 10d}}
"""
FAILS = PASSES.replace("outcome: decided", "outcome: ordered")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "purchase.yaml"
    path.write_text(HARMLESS_CHANGE + FAILS)
    return path


def test_tests_that_pass_are_named(office: Office, file: Path) -> None:
    file.write_text(HARMLESS_CHANGE + PASSES)
    line = HARMLESS_CHANGE.count("\n") + 3
    assert workflows("test", file) == (0, f"{file}:{line}: passed: nobody answers\n{file}: 1 of 1 tests passed\n")


def test_a_failed_test_says_what_was_expected_what_happened_and_the_trail(office: Office, file: Path) -> None:
    status, said = workflows("test", file)
    assert status == 1
    assert "FAILED: nobody answers" in said
    assert "expected outcome: ordered" in said
    assert "found decided" in said
    assert "approval: review opened" in said


def test_machines_read_the_results_as_json(office: Office, file: Path) -> None:
    status, report = as_json("test", file)
    (test,) = report["files"][0]["tests"]
    assert (status, report["ok"], test["ok"], test["name"]) == (1, False, False, "nobody answers")
    assert test["failures"][0]["expected"] == "outcome: ordered"
    assert test["trail"][0] == {"after": "0s", "what": "run started"}


def test_a_text_with_faults_fails_before_its_tests(office: Office, file: Path) -> None:
    file.write_text(HARMLESS_CHANGE.replace("queue: finance", "queue: nowhere") + PASSES)
    status, report = as_json("test", file)
    assert (status, report["files"][0]["tests"]) == (1, [])


def test_a_text_whose_tests_fail_is_not_deployed(office: Office, file: Path) -> None:
    status, said = workflows("deploy", file)
    assert (status, current().number) == (1, 1)
    assert "nobody answers: expected outcome: ordered; found decided" in said
    assert workflows("deploy", "--skip-tests", file) == (0, f"{file}: version 2 is current\n")


def test_new_tests_make_no_new_version(office: Office, file: Path) -> None:
    assert workflows("deploy", "--skip-tests", file)[0] == 0
    file.write_text(HARMLESS_CHANGE + PASSES)
    assert workflows("diff", file) == (0, f"{file}: means the same as what is published\n")
    assert workflows("deploy", file) == (0, f"{file}: version 2 is current\n")


def test_another_installation_runs_the_tests_with_its_own_policies(
    served_office: Office, live_site: LiveSite, file: Path
) -> None:
    there = ("--target", live_site.url, "--token-env", "DEPLOY_TOKEN")
    status, said = workflows("deploy", *there, file)
    assert (status, current().number) == (1, 1)
    assert "expected outcome: ordered; found decided" in said
    assert workflows("deploy", *there, "--skip-tests", file) == (0, f"{file}: version 2 is current\n")


@pytest.fixture
def demo_desk(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo's people, policies and tools, without its data."""
    monkeypatch.setattr(registry, "_registered", {})
    known = sys.modules.get("reviewhub.demo.tools")
    importlib.reload(known) if known is not None else importlib.import_module("reviewhub.demo.tools")
    wiring.bind()
    load_people(ACTOR)
    load_desk(ACTOR)
    for name in ("erp-hook", "shop-hook"):
        api.save_connection(name=name, kind="webhook", secret="a secret of this test", actor=ACTOR)
    for name in ("purchase-assessment", "quotation", "message-topic", "message-reply"):
        DecisionPoint.objects.create(name=name, kind=DecisionPoint.Kind.RECOMMEND)


@pytest.mark.parametrize("path", DEMO, ids=lambda path: path.stem)
def test_the_tests_of_the_demos_workflows_pass(demo_desk: None, path: Path) -> None:
    checked = api.check_workflow(path.read_text())
    assert checked.faults == ()
    tests = api.rehearse_tests(checked)
    assert len(tests) >= 2
    assert [(test.name, failure) for test in tests for failure in test.failures] == []
