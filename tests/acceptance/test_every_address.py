"""Every address of the product, by those whom a case is none of the business of.

A new address has to be placed in `PLACES` (tests/support/places.py): the test says which one is not. Nobody reads a
case there that they may not read, changes anything, or learns from a fault that it is there.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from orchestration import api
from orchestration.models import AuditEvent
from reviewhub.accounts.models import Absence
from reviewhub.api.models import ApiToken
from reviewhub.notifications.models import Notice, PushDevice
from reviewhub.realtime import groups
from reviewhub.reviews.models import InformationRequest, Queue, ReviewTask, SavedFilter
from tests.integration.api.office import Caller, Office, person
from tests.support.places import LINK, NOBODY, OPEN, PLACES

pytestmark = pytest.mark.sqlite  # who is let in asks no database in a way of its own

SECRET = "saffron-7f31"  # of the case: in no answer to a stranger
REFUSED = (401, 403, 404, 405)
STRANGERS = ("a reviewer of another queue", "the lead of another team", "the requester")
WAITS = ("web:asked-for", "web:reminder", "api:nudge")  # whoever waits reads the title, and may remind
ENDS_IT = ("web:sign-out", "api:tokens")  # the first ends what the test goes on with, the second changes one's own

APART = ("admin:", "demo:", "systems:")  # Django's own permissions; pages of the demo alone


def _addresses() -> list[tuple[str, str, Mapping[str, Any]]]:
    """The name, the address with the names of its values, and those."""
    found = []
    for outer in get_resolver().url_patterns:
        if isinstance(outer, URLResolver):
            inner = [
                (f"{outer.namespace}:{each.name}" if outer.namespace else each.name, each) for each in _flat(outer)
            ]
            found += [(str(name), f"/{outer.pattern}{each.pattern}", each.pattern.converters) for name, each in inner]
    return [each for each in found if not each[0].startswith(APART) and not each[0].startswith("None")]


def _flat(resolver: URLResolver) -> Iterator[URLPattern]:
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            yield from _flat(each)
        elif each.name:
            yield each


class World:
    """A case of the finance queue with everything around it, and those whom it is none of the business of."""

    def __init__(self) -> None:
        office = self.office = Office()
        self.task = office.task(SECRET, requester="rita@example.com")
        lena = person("lena")
        legal = Queue.objects.create(slug="legal", title="Legal", manager=lena)
        legal.memberships.create(person=office.mallory)
        legal.memberships.create(person=lena, role="lead")
        self.strangers = dict(zip(STRANGERS, (office.mallory, lena, person("rita")), strict=True))
        self.values = self._values(office)

    def _values(self, office: Office) -> dict[str, Any]:
        now, alice = timezone.now(), office.alice
        token, _ = office.token(alice)
        device = PushDevice.objects.create(
            person=alice, digest="d" * 64, endpoint="https://push.example/1", p256dh="k", auth="a", added_at=now
        )
        notice = Notice.objects.create(person=alice, task=self.task, kind="asked", key="k", subject=SECRET, at=now)
        kept = SavedFilter.objects.create(owner=alice, name=SECRET, view="team")
        away = Absence.objects.create(person=alice, starts_at=now, ends_at=now + timedelta(days=1))
        return {
            "task_id": self.task.pk,
            "earlier_id": self.task.pk,
            "run_id": self.task.run_id,
            "review_id": self.task.run_id,
            "slug": "finance",
            "view": "team",
            "absence_id": away.pk,
            "filter_id": kept.pk,
            "notice_id": notice.pk,
            "device_id": device.pk,
            "token_id": token.pk,
            "address": "0" * 64,
            "digest": "0" * 64,
            "number": 1,
            "sequence": 1,
            "message_id": 1,
            "event_id": 1,
            "token": "forged",
            "kind": "invalid",
            "chain": f"run:{self.task.run_id}",
            "path": "purchases",
        }

    def addresses(self) -> list[tuple[str, str]]:
        return [(name, self._address(name, pattern, values)) for name, pattern, values in _addresses()]

    def _address(self, name: str, pattern: str, converters: Mapping[str, Any]) -> str:
        for value in converters:
            given = self.values.get(value, "purchase" if value == "name" else None)
            assert given is not None, f"{name} has a value {value} that the test does not know"
            start, end = pattern.index("<"), pattern.index(">") + 1
            pattern = pattern[:start] + str(given) + pattern[end:]
        return pattern.replace("^", "").replace("$", "").replace("\\Z", "")


@pytest.fixture
def world(db: None) -> World:
    return World()


def _state(world: World) -> dict[str, Any]:
    """All that a stranger could have changed."""
    counted: tuple[type[models.Model], ...] = (InformationRequest, Absence, SavedFilter, PushDevice, Notice)
    task = ReviewTask.objects.values().get(pk=world.task.pk)
    queue = Queue.objects.values().get(slug="finance")
    rows = {kind.__name__: list(kind._default_manager.order_by("pk").values()) for kind in counted}
    revoked = ApiToken.objects.filter(revoked_at__isnull=False).count()
    events = AuditEvent.objects.filter(chain=f"run:{world.task.run_id}").count()
    return {
        "task": task,
        "queue": queue,
        "events": events,
        "versions": api.versions("purchase").count(),
        "revoked": revoked,
        **rows,
    }


def test_every_address_has_its_place() -> None:
    known = {name for name, _, _ in _addresses()}

    assert known - set(PLACES) == set(), "Say in PLACES who may come here"
    assert set(PLACES) - known == set(), "There is no such address any more"


def test_who_is_not_signed_in_sees_and_changes_nothing(world: World) -> None:
    before = _state(world)

    faults = [
        where
        for name, address in world.addresses()
        for where, answer in _answers(world, Caller(), name, address)
        if _tells(answer) or not _as_nobody(PLACES[name], answer)
    ]

    assert not faults, "\n".join(faults)
    assert _state(world) == before


@pytest.mark.parametrize("who", sorted(STRANGERS))
def test_whose_case_it_is_not_sees_and_changes_nothing(world: World, who: str) -> None:
    stranger = world.strangers[who]
    page, program = world.office.at_a_page(stranger), world.office.calls(stranger)
    before = _state(world)

    faults = [
        where
        for name, address in world.addresses()
        if name not in ENDS_IT and not (who == "the requester" and name in WAITS)
        for where, answer in _answers(world, program if name.startswith("api:") else page, name, address)
        if _tells(answer) or (PLACES[name] == NOBODY and answer.status_code not in REFUSED)
    ]

    assert not faults, "\n".join(faults)
    assert _state(world) == before


def test_a_socket_follows_and_hears_nothing_of_it_either(world: World) -> None:
    """What a page asks to follow is checked; the names of groups that others hear are no topics."""
    told, run = set(groups.told_of(world.task)), world.task.run_id
    topics = (f"run.{run}", f"queue.{world.task.queue_id}", "tasks", "incidents", "owner.oscar", "run.", "run.x", "")

    for who, stranger in world.strangers.items():
        assert not [topic for topic in topics if groups.may_follow(stranger, topic)], who
        assert not told & set(groups.heard_by(stranger)), who
        assert groups.told_of_a_look(stranger, str(world.task.pk)) == (), who
    assert groups.may_follow(world.office.oscar, f"run.{run}")
    assert told & set(groups.heard_by(world.office.alice))


def test_no_other_site_acts_in_somebodys_name(world: World) -> None:
    """Every address that takes a form or a call of a signed-in browser asks for the token of its pages."""
    alice = world.office.at_a_page(world.office.alice, checks_csrf=True)
    before = _state(world)

    taken = [
        f"{address} ({name}): {answer.status_code}"
        for name, address in world.addresses()
        if PLACES[name] != LINK or name == "web:question"
        for answer in (alice.client.post(address, {"text": "x"}), alice.post(address, {"text": "x"}))
        if answer.status_code not in (403, 404, 405, 415)
    ]

    assert not taken, "\n".join(taken)
    assert _state(world) == before


def _answers(world: World, caller: Caller, name: str, address: str) -> Iterator[tuple[str, Any]]:
    for method, sent in _requests(world, name):
        answer = _sent(caller, method, address, sent, form=not name.startswith("api:"))
        yield f"{method} {address} ({name}): {answer.status_code}", answer


def _tells(answer: Any) -> bool:
    """Something of the case, or of how the product is made."""
    text = answer.getvalue().decode(errors="replace") + str(answer.headers)
    return SECRET in text or answer.status_code >= 500


def _as_nobody(place: str, answer: Any) -> bool:
    if place == OPEN:
        return True
    if answer.status_code == 302:
        return place != LINK and "/sign-in/" in answer.headers["Location"]
    return answer.status_code in (*REFUSED, *((400,) if place == LINK else ()))


def _requests(world: World, name: str) -> Iterator[tuple[str, Any]]:
    """A form as the pages have it, JSON as programs send it."""
    says = {"outcome": "approve", "version": "1", "text": "x", "reason": "x", "note": "x", "to": "mallory"}
    yield "GET", None
    yield "POST", {**says, "tasks": [str(world.task.pk)]}
    if name.startswith("api:"):
        yield "PUT", {}
        yield "DELETE", None
    else:
        yield "POST", {"_method": "delete"}


def _sent(caller: Caller, method: str, address: str, sent: Any, *, form: bool) -> Any:
    if method == "POST" and form:
        return caller.client.post(address, sent, headers=caller.headers)
    return caller.send(method, address, sent, Idempotency_Key=str(uuid.uuid4()), If_Match='"1"')
