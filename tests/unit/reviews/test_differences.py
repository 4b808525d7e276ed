"""What is different between two versions of a case."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewhub.reviews.differences import Change, Content, changes_between, words_between

OLD = {"$document": "a" * 64, "name": "Offer.pdf", "media_type": "application/pdf", "bytes": 10}
NEW = {**OLD, "$document": "b" * 64}
NOTE = {**OLD, "$document": "c" * 64, "name": "Note.txt"}
LONG = "The supplier delivers within thirty days of the order, carriage paid, to the laboratory in Uppsala."


def content(**said: Any) -> Content:
    values = {"title": "Case", "fields": {}, "highlights": {}, "input": {}, "steps": {}, **said}
    return Content(**values)


def of_input(was: Any, now: Any, *, same_step: bool = True) -> list[Change]:
    return list(changes_between(content(input=was), content(input=now), same_step=same_step))


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ({"n": 1}, {"n": 1}, []),
        ({"n": 1}, {"n": 1.0}, []),  # the same number
        ({"n": 1}, {"n": True}, [("n", "value", "changed", 1, True)]),  # and no truth
        ({"n": 1}, {"n": 2}, [("n", "value", "changed", 1, 2)]),
        ({}, {"n": 2}, [("n", "value", "added", None, 2)]),
        ({"n": 1}, {}, [("n", "value", "removed", 1, None)]),
        ({"a": {"b": "x"}}, {"a": {"b": "y"}}, [("a.b", "value", "changed", "x", "y")]),
        ({"t": LONG}, {"t": LONG + " Soon."}, [("t", "text", "changed", LONG, LONG + " Soon.")]),
        ({"l": ["x", "y", "y"]}, {"l": ["y", "z"]}, [("l", "list", "changed", ["x", "y"], ["z"])]),
        ({"l": ["x", "y"]}, {"l": ["y", "x"]}, [("l", "list", "changed", [], [])]),  # another order
        ({"r": [{"n": 1}, {"n": 2}]}, {"r": [{"n": 1}, {"n": 3}]}, [("r.2.n", "value", "changed", 2, 3)]),
        ({"r": [{"n": 1}]}, {"r": [{"n": 1}, {"n": 2}]}, [("r", "list", "changed", [], [{"n": 2}])]),
        ({"d": OLD}, {"d": NEW}, [("d", "document", "changed", OLD, NEW)]),
        ({"d": OLD}, {"d": {**OLD, "name": "Other.pdf"}}, []),  # the same document
        ({"d": "to come"}, {"d": NEW}, [("d", "document", "added", None, NEW)]),
        ({"d": [OLD]}, {"d": [OLD, NOTE]}, [("d.2", "document", "added", None, NOTE)]),
        ({"d": [OLD]}, {"d": [NEW]}, [("d.1", "document", "changed", OLD, NEW)]),
        ({"d": [OLD, NOTE]}, {"d": [OLD]}, [("d.2", "document", "removed", NOTE, None)]),
    ],
)  # fmt: skip
def test_each_kind_of_value_is_told_in_its_way(was: Any, now: Any, told: list[tuple[Any, ...]]) -> None:
    found = of_input(was, now)

    assert [(each.name.removeprefix("input."), each.kind, each.how, each.was, each.now) for each in found] == told


def test_a_value_that_stands_in_several_places_is_told_once() -> None:
    was = content(fields={"amount": ("Sum", 5)}, input={"amount": 5}, highlights={"Total": 5}, title="A: 5")
    now = content(fields={"amount": ("Sum", 6)}, input={"amount": 6}, highlights={"Total": 6}, title="A: 6")

    assert [(each.name, each.label) for each in changes_between(was, now, same_step=True)] == [("fields.amount", "Sum")]


def test_what_only_one_of_two_steps_shows_is_not_compared() -> None:
    was = content(fields={"a": ("A", 1)}, input={"x": 1, "y": 1}, steps={"old": {"n": 1}})
    now = content(fields={"b": ("B", 1)}, input={"y": 2, "z": 1}, steps={"checked": {"ok": True}})

    assert [each.name for each in changes_between(was, now, same_step=False)] == ["input.y", "steps.checked"]


def test_the_title_is_told_where_nothing_else_is() -> None:
    (change,) = changes_between(content(title="A"), content(title="B"), same_step=True)

    assert (change.name, change.was, change.now) == ("title", "A", "B")


def test_words_are_marked_where_they_differ_and_nowhere_else() -> None:
    pieces = words_between("Pay in 30 days.\nNo advance.\n", "Pay in 60 days.\nNo advance.\nThanks.\n")

    assert [(each.text, each.how) for each in pieces] == [
        ("Pay in", "same"),
        (" 30", "gone"),
        (" 60", "new"),
        (" days.\nNo advance.\n", "same"),
        ("Thanks.\n", "new"),
    ]


texts = st.text(alphabet="ab \n", max_size=60)


@given(texts, texts)
def test_both_texts_can_be_read_from_their_difference(was: str, now: str) -> None:
    pieces = words_between(was, now)

    assert "".join(each.text for each in pieces if each.how != "new") == was
    assert "".join(each.text for each in pieces if each.how != "gone") == now


values = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["x", "y", LONG, OLD, NEW]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


@given(values, values)
def test_what_is_equal_has_no_difference_and_any_two_can_be_compared(was: Any, now: Any) -> None:
    assert of_input({"v": was}, {"v": was}) == []
    assert len(of_input({"v": was}, {"v": now})) >= 0
