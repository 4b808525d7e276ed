"""Whatever a model says is read as an answer, as something to repair, or as none."""

from __future__ import annotations

import json

import pytest

from orchestration.ai.openai.calling import Reply
from orchestration.ai.openai.faults import Unanswered, told_apart
from orchestration.ai.openai.reading import Invalid, answer_schema, read
from tests.support.openai_server import answer

SCHEMA = answer_schema(("approve", "reject"), "recommend", {})


def said(content: str | None, finish: str = "stop", refusal: str | None = None) -> Reply:
    return Reply(content, refusal, finish, "m", None, {})


@pytest.mark.parametrize(
    "wrapping",
    [
        "{}",
        "```json\n{}\n```",
        "```\n{}\n```",
        "Here it is:\n\n{}\n\nI hope that helps!",
        "\ufeff {} ",
        "```JSON\n{}```",
    ],
)
def test_an_answer_is_found_in_its_wrapping(wrapping: str) -> None:
    assert read(said(wrapping.replace("{}", json.dumps(answer()))), SCHEMA).outcome == "approve"


def test_a_confidence_beyond_all_numbers_is_brought_into_range() -> None:
    content = json.dumps(answer()).replace("0.9", "1" + "0" * 4_000)
    assert read(said(content), SCHEMA).own_confidence == 1.0


def test_a_text_without_end_is_refused() -> None:
    schema = answer_schema((), "write", {})
    with pytest.raises(Invalid, match="far too long"):
        read(said(json.dumps(answer("written", text="x" * 30_000))), schema)


def test_parts_left_out_and_parts_too_many_do_no_harm() -> None:
    found = read(said(json.dumps({"outcome": "reject", "reasons": ["No."], "mood": "good"})), SCHEMA)
    assert (found.outcome, found.own_confidence, found.quotes, found.would_change) == ("reject", None, (), "")


def test_a_confidence_out_of_range_is_brought_into_it() -> None:
    assert read(said(json.dumps(answer(confidence=92))), SCHEMA).own_confidence == 1.0


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("", "no JSON object"),
        ("approve", "no JSON object"),
        ("{'outcome': 'approve'}", "not valid JSON"),
        ('{"outcome": "approve", "confidence": NaN}', "not valid JSON"),
        (json.dumps(answer("maybe")), "outcome: 'maybe' is not one of"),
        (json.dumps(answer(reasons="one text")), "reasons: 'one text' is not of type 'array'"),
        (json.dumps(answer(evidence=[{"quote": "5000"}])), "evidence.0: 'source' is a required property"),
        (json.dumps({"outcome": "approve"}), "'reasons' is a required property"),
        ('{"a":' * 5_000 + "1" + "}" * 5_000, "not valid JSON"),
        ("{" + "x" * 300_000 + "}", "far too long"),
    ],
)
def test_what_is_no_answer_is_told_for_repair(content: str, fault: str) -> None:
    with pytest.raises(Invalid, match=fault):
        read(said(content), SCHEMA)


def test_an_answer_cut_off_is_to_be_repaired_even_if_it_parses() -> None:
    with pytest.raises(Invalid, match="cut off"):
        read(said(json.dumps(answer()), finish="length"), SCHEMA)


@pytest.mark.parametrize(
    ("reply", "happened"),
    [(said(None, refusal="No."), "refused"), (said("", finish="content_filter"), "filtered")],
)
def test_what_will_not_be_said_is_not_asked_again(reply: Reply, happened: str) -> None:
    with pytest.raises(Unanswered) as raised:
        read(reply, SCHEMA)
    assert raised.value.happened == happened


def test_a_text_is_required_where_one_was_asked_for() -> None:
    schema = answer_schema((), "write", {})
    with pytest.raises(Invalid, match="text: None is not of type 'string'"):
        read(said(json.dumps(answer("written"))), schema)
    assert read(said(json.dumps(answer("written", text="Dear Ann"))), schema).text == "Dear Ann"


def test_what_a_version_asks_for_beside_is_required_and_kept() -> None:
    schema = answer_schema(("approve",), "recommend", {"properties": {"risk": {"enum": ["low", "high"]}}})
    with pytest.raises(Invalid, match="risk: 'huge' is not one of"):
        read(said(json.dumps(answer(risk="huge"))), schema)
    assert read(said(json.dumps(answer(risk="low"))), schema).more == {"risk": "low"}


def test_an_unforeseen_error_has_no_words_of_its_own_on_record() -> None:
    fault = told_apart(RuntimeError("Authorization: Bearer sk-secret"), "sk-secret")
    assert "sk-secret" not in f"{fault} {fault.said} {fault.detail}"
