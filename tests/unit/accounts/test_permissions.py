"""The table of roles and verbs, and the page about it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reviewhub.accounts.permissions import ROLES, VERBS, Role, allows, allows_somewhere, service_allows

DOCS = Path(__file__).parents[3] / "docs" / "roles.md"

DECIDING = {"task.claim", "task.decide"}
CHANGING = {
    "task.comment",
    "task.release",
    "run.start",
    "run.cancel",
    "workflow.edit",
    "workflow.publish",
    "config.edit",
}


@pytest.mark.parametrize("verb", sorted(DECIDING))
def test_administrators_decide_nothing_by_that_role(verb: str) -> None:
    assert Role.ADMINISTRATOR not in VERBS[verb].roles


@pytest.mark.parametrize("verb", sorted(DECIDING | CHANGING))
def test_auditors_change_nothing(verb: str) -> None:
    assert Role.AUDITOR not in VERBS[verb].roles


@pytest.mark.parametrize("verb", ["task.read", "run.read", "config.read", "audit.read"])
def test_auditors_read_all(verb: str) -> None:
    assert Role.AUDITOR in VERBS[verb].roles


def test_a_service_token_starts_and_reads_and_never_decides() -> None:
    assert {verb for verb in VERBS if service_allows(verb)} == {
        "breach.read",
        "run.start",
        "run.read",
        "event.send",
        "review.ask",
        "task.read",
        "workflow.read",
    }


def test_somebody_who_is_not_signed_in_may_do_nothing() -> None:
    assert not any(allows(None, verb) or allows_somewhere(None, verb) for verb in VERBS)


def test_a_check_that_names_nothing_does_not_pass_for_a_refusal() -> None:
    with pytest.raises(KeyError):
        allows(None, "task.deside")


def test_the_page_about_roles_says_what_the_table_says() -> None:
    rows = re.findall(r"^\| `([a-z_.]+)` \| (.+?) \| (.+?) \|$", DOCS.read_text(), re.MULTILINE)
    written = {verb: (says, set(roles.split(", "))) for verb, says, roles in rows}
    table = {verb: (each.says, {role.value.replace("_", " ") for role in each.roles}) for verb, each in VERBS.items()}
    assert written == table


def test_the_page_about_roles_says_where_each_role_comes_from() -> None:
    rows = re.findall(r"^\| \*\*([a-z ]+)\*\* \| (.+?) \|$", DOCS.read_text(), re.MULTILINE)
    assert {name.replace(" ", "_"): text for name, text in rows} == {role.value: text for role, text in ROLES.items()}
