"""What a page says of the evidence that came into view. A word of the browser that cannot be is no word."""

from __future__ import annotations

import json

import pytest

from reviewhub.reviews.evidence import EvidenceOpened, evidence_opened


def said(**told: object) -> str:
    return json.dumps({"of": 3, "opened": 2, "seconds": 41.5, **told})


def test_a_page_says_how_much_of_the_evidence_was_in_view() -> None:
    assert evidence_opened(said(), 60) == EvidenceOpened(3, 2, 41.5)


@pytest.mark.parametrize(
    "told",
    [
        pytest.param("", id="nothing"),
        pytest.param("[1]", id="something else"),
        pytest.param("{" * 100_000, id="nested without end"),
        pytest.param(said(opened=4), id="more than there were"),
        pytest.param(said(opened=-1), id="less than none"),
        pytest.param(said(of=2_000_000, opened=1), id="more than a case has"),
        pytest.param(said(opened=True), id="no number"),
        pytest.param(said(opened=1.5), id="half a document"),
        pytest.param(said(seconds=61), id="longer than anybody looks"),
        pytest.param(said(seconds=float("nan")), id="no time at all"),
        pytest.param(said(seconds="soon"), id="no time in figures"),
        pytest.param('{"of": 1, "opened": 1}', id="without a time"),
    ],
)
def test_what_cannot_be_is_left_out(told: str) -> None:
    assert evidence_opened(told, 60) is None
