"""The side of every page, which is printed once for all who see the same there."""

from __future__ import annotations

import re

from tests.integration.web.conftest import SignedIn
from tests.support.desk_room import DeskRoom


def test_a_name_with_braces_stays_as_it_is(room: DeskRoom, signed_in: SignedIn) -> None:
    alice = room.people.alice
    type(alice).objects.update(display_name="{token} {0} {{")
    page = signed_in(alice).get("/notices/").content.decode()
    assert "{token} {0} {{" in page


def test_each_page_carries_a_token_of_its_own_and_what_is_kept_carries_none(
    room: DeskRoom, signed_in: SignedIn
) -> None:
    tokens = []
    for person in (room.people.alice, room.people.alice, room.people.bob):
        page = signed_in(person).get("/notices/").content.decode()
        tokens += re.findall(r'name="csrfmiddlewaretoken" value="(\w{64})"', page)[:1]
    assert len(set(tokens)) == 3


def test_two_people_see_their_own_names(room: DeskRoom, signed_in: SignedIn) -> None:
    for person, other in ((room.people.alice, room.people.bob), (room.people.bob, room.people.alice)):
        side = signed_in(person).get("/notices/").content.decode().split("<main")[0]
        assert person.display_name in side
        assert other.display_name not in side
