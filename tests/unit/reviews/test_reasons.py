"""The default catalogue of override reasons."""

from __future__ import annotations

from reviewhub.reviews.reasons import default_reasons

REASONS = {str(row["code"]): row for row in default_reasons()}


def test_the_first_nine_groups_stand_in_the_order_of_their_keys() -> None:
    groups = [row["label"] for row in REASONS.values() if not row["detail"]]
    assert groups[:9] == [
        "Missing context",
        "Policy",
        "Conclusion",
        "Evidence",
        "Extraction",
        "Wrong class",
        "Bad data",
        "Safety",
        "Preference",
    ]


def test_exceptions_and_slips_never_train_a_model() -> None:
    never = [code for code, row in REASONS.items() if not row["trains"]]
    assert {"policy/approved_exception", "human_error", "human_error/misclick", "human_error/reversed"} <= set(never)


def test_missing_context_goes_to_whoever_owns_the_integration() -> None:
    assert {row["feeds"] for row in REASONS.values() if row["group"] == "missing_context"} == {"integration"}


def test_safety_suspends_deciding_alone() -> None:
    assert {row["feeds"] for row in REASONS.values() if row["group"] == "safety"} == {"safety"}


def test_only_other_needs_a_note() -> None:
    assert [code for code, row in REASONS.items() if row["needs_note"]] == ["other"]


def test_every_code_and_position_is_there_once() -> None:
    rows = default_reasons()
    assert len({row["code"] for row in rows}) == len({row["position"] for row in rows}) == len(rows)
