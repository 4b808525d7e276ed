"""The published JSON Schema: what editors complete by says what the check says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from orchestration.core.language import check, check_review, check_steps
from orchestration.core.language.schema import json_schema
from tests.unit.language.purchase import PURCHASE, changed

ROOT = Path(__file__).parents[3]
SCHEMA = json_schema()


def faults_of(text: str) -> list[Any]:
    return list(Draft202012Validator(SCHEMA).iter_errors(YAML(typ="safe").load(text)))


def test_the_published_file_is_the_one_that_the_code_gives() -> None:
    published = json.loads((ROOT / "docs" / "workflow.schema.json").read_text())
    assert published == SCHEMA, "run: manage.py workflows schema > docs/workflow.schema.json"


def test_it_is_a_json_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_it_accepts_what_the_check_accepts() -> None:
    assert faults_of(PURCHASE) == []


@pytest.mark.parametrize("path", sorted(ROOT.glob("reviewhub/demo/workflows/*.yaml")), ids=lambda path: path.stem)
def test_it_accepts_the_demos_workflows(path: Path) -> None:
    assert faults_of(path.read_text()) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: Purchase approval", "titel: Purchase approval"),
        ("undo: 10s", "undo: soon"),
        ("reason: always", "reason: sometimes"),
        ("tool: mail.send@1", "tool: mail.send"),
        ("{backup_of: queue}", "{backup_of: assignee}"),
        ("join: all", "join: some"),
        ("approvals: 1", "approvals: 10"),
    ],
)
def test_it_refuses_what_the_check_refuses(old: str, new: str) -> None:
    assert faults_of(changed(old, new))


def test_it_names_the_same_keys_as_the_check() -> None:
    assert set(SCHEMA["properties"]) == set(check.KEYS)
    assert set(SCHEMA["$defs"]["review"]["properties"]) == set(check_review.KEYS)
    steps = {
        next(iter(set(step["properties"]) & set(check_steps.OF_KIND))): step
        for step in SCHEMA["$defs"]["step"]["oneOf"]
    }
    for kind, options in check_steps.OF_KIND.items():
        assert set(steps[kind]["properties"]) == {"id", "when", kind, *options}
