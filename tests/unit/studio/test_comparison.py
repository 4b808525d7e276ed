"""Two texts, line by line."""

from __future__ import annotations

from time import monotonic

from reviewhub.studio.comparison import Piece, compare


def test_equal_texts_have_no_rows() -> None:
    assert compare("a\nb\n", "a\nb") == ()


def test_a_changed_line_stands_beside_the_old_one_with_the_changed_part_marked() -> None:
    (row,) = compare("after: 24h", "after: 48h")
    assert row.kind == "changed"
    assert row.old is not None
    assert row.new is not None
    assert row.old.pieces == (Piece("after: "), Piece("24h", changed=True))
    assert row.new.pieces == (Piece("after: "), Piece("48h", changed=True))


def test_lines_without_likeness_are_not_taken_apart() -> None:
    (row,) = compare("aaaa", "zzzz")
    assert row.old is not None
    assert row.old.pieces == (Piece("aaaa"),)


def test_an_added_line_has_no_old_side_and_keeps_its_number() -> None:
    rows = compare("a\nb", "a\nx\nb")
    (added,) = [row for row in rows if row.kind == "added"]
    assert added.old is None
    assert added.new is not None
    assert (added.new.number, added.new.text) == (2, "x")


def test_a_removed_line_has_no_new_side() -> None:
    rows = compare("a\nb\nc", "a\nc")
    (removed,) = [row for row in rows if row.kind == "removed"]
    assert removed.new is None
    assert removed.old is not None
    assert removed.old.text == "b"


def test_what_did_not_change_is_counted_and_not_shown() -> None:
    old = "\n".join(f"line {number}" for number in range(40))
    rows = compare(old, old.replace("line 20", "line twenty"))
    assert [row.skipped for row in rows if row.kind == "skipped"] == [17, 16]
    assert len([row for row in rows if row.kind == "same"]) == 6


def test_every_line_of_both_texts_is_either_shown_or_counted() -> None:
    old = "\n".join("abcdefghijklmnopqrstuvwxyz")
    new = old.replace("c\n", "").replace("q", "Q\nextra")
    rows = compare(old, new)
    skipped = sum(row.skipped for row in rows)
    assert skipped + len([row for row in rows if row.old]) == len(old.splitlines())
    assert skipped + len([row for row in rows if row.new]) == len(new.splitlines())


def test_huge_texts_are_compared_within_seconds() -> None:
    old = "\n".join(f"key_{number % 40}: value" for number in range(20_000)) + "\n" + "x " * 100_000
    began = monotonic()
    rows = compare(old, old.replace("key_7:", "key_seven:").replace("x x", "x y"))
    assert rows
    assert monotonic() - began < 5
