"""Who is given what: never beyond a cap, never to somebody who may not; nothing waits that somebody has room for."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from reviewhub.reviews.giving import Hands, Offer, Rank, by_load, by_turn, fits, share_out

SKILLS = ("german", "imports")
skills = st.frozensets(st.sampled_from(SKILLS))
people = st.integers(0, 4)


def hands(
    person: int, *, held: int = 0, minutes: float = 0, turn: float = 0, knows: frozenset[str] = frozenset()
) -> Hands:
    return Hands(person, frozenset((f"p{person}",)), knows, held, minutes, turn)


def given_to(
    offers: list[Offer[str]], all_hands: list[Hands], cap: int = 9, rank: Rank = by_load
) -> list[tuple[str, int]]:
    return list(share_out(offers, all_hands, cap=cap, rank=rank, minutes=lambda task, person: 10.0))


def offer(task: str = "a", knows: frozenset[str] = frozenset(), **more: Any) -> Offer[str]:
    return Offer(task, knows, frozenset(more.pop("excluded", ())), **more)


def test_in_turn_everybody_gets_one_before_anybody_gets_two() -> None:
    three = [hands(1, turn=5), hands(2, turn=1), hands(3, turn=3)]
    assert [who for _, who in given_to([offer()] * 5, three, rank=by_turn)] == [2, 3, 1, 2, 3]


def test_the_least_loaded_is_whoever_has_the_fewest_minutes_and_not_the_fewest_tasks() -> None:
    two = [hands(1, held=1, minutes=60), hands(2, held=3, minutes=15)]
    assert [who for _, who in given_to([offer()] * 5, two)] == [2, 2, 2, 2, 2]
    assert given_to([offer()], [hands(1, minutes=60), hands(2, minutes=75)]) == [("a", 1)]


def test_whoever_let_it_lie_gets_it_again_only_where_nobody_else_fits() -> None:
    assert given_to([offer(rather_not=1)], [hands(1), hands(2, minutes=90)]) == [("a", 2)]
    assert given_to([offer(rather_not=1)], [hands(1)]) == [("a", 1)]


def test_one_that_nobody_fits_keeps_none_that_follow() -> None:
    assert given_to([offer("a", frozenset(("german",))), offer("b")], [hands(1)]) == [("b", 1)]


@given(
    offers=st.lists(
        st.builds(
            Offer,
            task=st.uuids().map(str),
            skills=skills,
            excluded=st.frozensets(st.sampled_from(["p0", "p1", "p2"]), max_size=2),
            never=st.frozensets(people, max_size=2),
            rather_not=st.none() | people,
        ),
        max_size=12,
    ),
    them=st.lists(st.tuples(people, st.integers(0, 4), skills), unique_by=lambda each: each[0], max_size=5),
    cap=st.integers(1, 4),
    in_turn=st.booleans(),
)
def test_nobody_gets_what_they_may_not_and_nothing_waits_that_somebody_has_room_for(
    offers: list[Offer[str]], them: list[tuple[int, int, frozenset[str]]], cap: int, in_turn: bool
) -> None:
    all_hands = [hands(person, held=held, knows=knows) for person, held, knows in them]
    before = {each.person: each.held for each in all_hands}
    pairs = given_to(offers, all_hands, cap, by_turn if in_turn else by_load)
    known, asked = {each.person: each for each in all_hands}, {each.task: each for each in offers}
    assert all(fits(asked[task], known[person]) for task, person in pairs)
    assert len({task for task, _ in pairs}) == len(pairs)
    for each in all_hands:
        got = sum(person == each.person for _, person in pairs)
        assert each.held == before[each.person] + got
        assert got == 0 or each.held <= cap
    left = [each for each in offers if each.task not in dict(pairs)]
    assert not any(fits(each, whom) and whom.held < cap for each in left for whom in all_hands)
