"""The desk's pages over a real engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from reviewhub.accounts.models import Person
from tests.support.desk_room import DeskRoom, desk_room
from tests.support.offers import Offer, offered

SignedIn = Callable[[Person], Client]


@pytest.fixture
def room(db: None) -> Iterator[DeskRoom]:
    with desk_room() as made:
        yield made


@pytest.fixture
def offer(room: DeskRoom) -> Offer:
    return offered(room)


@pytest.fixture
def signed_in() -> SignedIn:
    def sign_in(person: Person) -> Client:
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in
