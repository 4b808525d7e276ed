"""What was done to workflows and settings, in words."""

from __future__ import annotations

from typing import Any

import pytest

from reviewhub.studio.settings_told import SETTINGS

TOLD: list[tuple[str, dict[str, Any], str]] = [
    ("workflow.published", {"from": 1, "to": 2, "note": "Faster"}, "published version 2: Faster"),
    ("workflow.activated", {"from": 3, "to": 2}, "went back from version 3 to version 2"),
    ("workflow.activated", {"from": 2, "to": 3}, "went on from version 2 to version 3"),
    ("workflow.activated", {"from": None, "to": 1}, "took version 1"),
    ("workflow.draft_saved", {"revision": 4}, "saved the draft, revision 4"),
    ("workflow.paused", {"reason": "x", "holds_open": False}, "paused it, new runs only: x"),
    ("workflow.resumed", {"paused_for": 7200}, "let it go on, after 2 h"),
    (
        "event.tried_again",
        {"key": "I-1", "started": True},
        "tried again what the event I-1 should start: it is started",
    ),
    ("event.dropped", {"key": "I-1", "reason": "x"}, "dropped the event I-1, which starts nothing more: x"),
    ("role.granted", {"role": "process_owner", "workflow": "p"}, "granted the role process owner of p"),
    ("role.withdrawn", {"role": "auditor", "workflow": ""}, "withdrew the role auditor"),
    ("queue.changed", {"title": "F", "undo_seconds": 5}, "changed the queue: title, undo seconds"),
    ("queue.member_set", {"person": "bob", "role": "lead"}, "made bob a lead of the queue"),
    ("policy.changed", {"kind": "sla", "version": 2, "body": {}}, "changed the policy, version 2"),
    (
        "reason.changed",
        {"version": 2, "workflow": "", "changed": ["label"], "label": "Rules", "active": True},
        "changed the reason, version 2: label",
    ),
    (
        "absence.set",
        {"starts_at": "2026-03-02T08:00:00+00:00", "ends_at": "2026-03-09T08:00:00+00:00", "delegate": "bob"},
        "set an absence from 2026-03-02 to 2026-03-09, with bob standing in",
    ),
    ("token.revoked", {"name": "Import", "person": "oscar"}, "ended the token Import of oscar"),
]


@pytest.mark.parametrize(("kind", "data", "text"), TOLD)
def test_each_change_of_a_setting_has_its_words(kind: str, data: dict[str, Any], text: str) -> None:
    assert SETTINGS[kind]("Ada", data) == f"Ada {text}"
