"""Spreadsheets of a case: their sheets as tables, with what is quoted marked in the cells."""

from __future__ import annotations

from typing import Any

import pytest

from orchestration.ports import Reading
from reviewhub.documents.bounded import Unreadable
from reviewhub.documents.keeping import reading_of
from reviewhub.documents.kinds import Kind, is_what_it_says, kind_of
from reviewhub.documents.texts import DocumentTexts
from tests.integration.web.conftest import SignedIn
from tests.integration.web.test_documents import FRAGMENT, address, kept
from tests.support.desk_room import DeskRoom
from tests.support.documents import a_bomb, a_spreadsheet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def test_sheets_are_tables_and_a_quote_is_marked_in_its_cells(room: DeskRoom, signed_in: SignedIn) -> None:
    named = kept(a_spreadsheet(), "offer.xlsx", XLSX)
    quoted = Reading(1250.5, 0.9, "file.sheet_1", "Pump | 1250.5", document=named["$document"], part="sheet_1")
    room.advises.fields = {"amount": quoted}
    task = room.case(file=named)
    page = signed_in(room.people.alice).get(address(task, a_spreadsheet()), headers=FRAGMENT).content.decode()
    assert page.count("<summary>") == 2
    assert 'tabindex="-1">Pump</mark>' in page
    assert 'tabindex="-1">1250.5</mark>' in page
    assert "=SUM(B2:B2)" in page  # it has no result, and is not computed
    assert "This sheet is empty." in page


def test_its_sheets_are_read_as_text() -> None:
    read = reading_of("sheets", a_spreadsheet())
    assert read["sheets"][0] == {
        "name": "Offer",
        "rows": [
            ["Item", "Price", "Ordered"],
            ["Pump", "1250.5", "2026-03-01 00:00:00"],
            ["Sum", "=SUM(B2:B2)", "yes"],
        ],
        "more": False,
    }


@pytest.mark.django_db
def test_the_ai_is_given_its_rows() -> None:
    found = DocumentTexts().text_of(kept(a_spreadsheet(), "offer.xlsx", XLSX))
    assert found.parts[0] == (
        "sheet_1",
        "Offer\nItem | Price | Ordered\nPump | 1250.5 | 2026-03-01 00:00:00\nSum | =SUM(B2:B2) | yes",
    )


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (a_bomb(), "large"),
        (a_spreadsheet()[:400], "broken"),
        (b"PK\x03\x04" + b"\x00" * 400, "broken"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 400, "encrypted"),
    ],
)
def test_a_hostile_one_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(Unreadable) as refused:
        reading_of("sheets", data)
    assert refused.value.why == why


@pytest.mark.parametrize(
    ("name", "data", "fits"), [("a.xlsx", b"PK\x03\x04", True), ("a.xlsx", b"<html>", False), ("a.bin", b"x", True)]
)
def test_it_is_known_by_its_name_and_its_beginning(name: str, data: bytes, fits: Any) -> None:
    kind = kind_of("application/octet-stream", name)
    assert kind is (Kind.SHEETS if name.endswith("xlsx") else Kind.OTHER)
    assert is_what_it_says(kind, data) is fits
