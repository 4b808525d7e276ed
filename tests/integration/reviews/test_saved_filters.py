"""Filters under a name: one's own, shared with a team, and never a way to see more."""

from __future__ import annotations

import pytest

from reviewhub.reviews.exceptions import InvalidRequest
from reviewhub.reviews.models import SavedFilter
from reviewhub.reviews.selectors import Criteria, count_in, saved_filters, view
from reviewhub.reviews.selectors.saved import tasks_in
from reviewhub.reviews.services import remove_filter, save_filter
from tests.support.cast import Cast
from tests.support.tasks import opened


def test_a_filter_is_kept_and_counted(people: Cast) -> None:
    opened(title="Northwind")
    opened(title="Halden")
    saved = save_filter(actor=people.alice, name="  North  wind ", view="team", criteria=Criteria(q="north"))
    assert (saved.name, count_in(saved, people.alice)) == ("North wind", 1)
    assert [task.title for task in tasks_in(saved, people.alice)] == ["Northwind"]


@pytest.mark.parametrize(("q", "found"), [("NORTH", 1), ("wind rth", 1), ("100%", 0), ("n_rth", 0), ("halden", 0)])
def test_every_word_is_looked_for_as_it_stands_in_capitals_or_not(people: Cast, q: str, found: int) -> None:
    opened(title="Northwind")
    assert Criteria(q=q).narrow(view("team", people.alice)).count() == found


def test_the_same_name_again_changes_it(people: Cast) -> None:
    for words in ("north", "halden"):
        save_filter(actor=people.alice, name="Mine", view="team", criteria=Criteria(q=words))
    assert SavedFilter.objects.get().criteria == {"q": "halden"}


def test_a_shared_filter_is_the_teams_and_shows_each_what_they_may_see(people: Cast) -> None:
    opened(title="Northwind")
    shared = save_filter(
        actor=people.alice, name="Ours", view="team", criteria=Criteria(q="north"), team=people.finance.slug
    )
    save_filter(actor=people.alice, name="Only mine", view="team", criteria=Criteria(q="north"))
    assert saved_filters(people.carol) == [shared]
    assert saved_filters(people.mallory) == []
    assert count_in(shared, people.mallory) == 0


def test_nobody_shares_with_a_team_they_are_not_in(people: Cast) -> None:
    with pytest.raises(InvalidRequest):
        save_filter(
            actor=people.mallory, name="Theirs", view="team", criteria=Criteria(q="x"), team=people.finance.slug
        )


@pytest.mark.parametrize(
    ("name", "view", "criteria"),
    [("", "team", Criteria(q="x")), ("A", "nowhere", Criteria(q="x")), ("A", "team", Criteria())],
)
def test_what_is_no_filter_is_refused(people: Cast, name: str, view: str, criteria: Criteria) -> None:
    with pytest.raises(InvalidRequest):
        save_filter(actor=people.alice, name=name, view=view, criteria=criteria)


def test_only_its_maker_removes_it(people: Cast) -> None:
    saved = save_filter(actor=people.alice, name="A", view="team", criteria=Criteria(q="x"), team=people.finance.slug)
    assert not remove_filter(actor=people.carol, saved=saved.pk)
    assert remove_filter(actor=people.alice, saved=saved.pk)


@pytest.mark.parametrize(
    ("given", "understood"),
    [
        ({"q": " a b ", "sure_below": "80"}, {"q": "a b", "sure_below": "80"}),
        ({"sure_from": "101", "sure_below": "x", "priority": "vast"}, {}),
        ({"outcome": "approve", "workflow": "p", "after": "zzz"}, {"workflow": "p", "outcome": "approve"}),
        ({"sure_from": "0"}, {"sure_from": "0"}),
        ({"sure_from": "²"}, {}),
    ],
)
def test_an_address_says_the_filter_and_nonsense_leaves_everything_in(
    given: dict[str, str], understood: dict[str, str]
) -> None:
    assert Criteria.parse(given).given == understood
