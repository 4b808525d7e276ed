"""Who of a process's sockets hears what."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterable
from typing import Any

import pytest
from channels.layers import InMemoryChannelLayer

from reviewhub.realtime import hub as hubs
from reviewhub.realtime import recent
from reviewhub.realtime.consumers import SIGNED_OUT, START_ANEW, DeskConsumer, _asked_for_at
from reviewhub.realtime.hub import Hub
from reviewhub.realtime.welcome import Visitor


class Tab:
    """A socket that writes down what it hears."""

    def __init__(self, person_id: int = 1) -> None:
        self.visitor = Visitor(person_id, f"session-{person_id}")
        self.checked_at = time.monotonic()
        self.heard: list[dict[str, Any]] = []
        self.shown_out = self.anew = False
        self.counts_asked = 0

    def hear(self, text: str) -> None:
        self.heard.append(json.loads(text))

    def look_again(self) -> None: ...

    def count_soon(self) -> None:
        self.counts_asked += 1

    def figures_soon(self) -> None:
        self.heard.append({"figures": "soon"})

    async def show_out(self) -> None:
        self.shown_out = True

    async def start_anew(self) -> None:
        self.anew = True


def tell(hub: Hub, *told: tuple[Iterable[str], dict[str, Any]]) -> None:
    async def pass_on() -> None:
        await hub._pass_on_all([{"to": list(names), "said": said} for names, said in told])
        await asyncio.sleep(0)  # farewells are bidden beside it

    asyncio.run(pass_on())


def inside(hub: Hub, tab: Tab, *names: str) -> Tab:
    hub._joined[tab] = set()
    for name in names:
        hub.join(tab, name)
    return tab


NOTICE = {"type": "notice"}


def test_who_is_in_several_groups_hears_a_change_once() -> None:
    hub = Hub()
    alice = inside(hub, Tab(), "queue.1", "person.1", "tasks")
    tell(hub, (("tasks", "queue.1", "person.1"), NOTICE))
    assert alice.heard == [{"kind": "changed", "topics": ["notices"]}]


def test_who_is_in_none_of_the_groups_hears_nothing() -> None:
    hub = Hub()
    mallory = inside(hub, Tab(), "person.6", "queue.2")
    tell(hub, (("tasks", "queue.1", "person.1"), NOTICE), (("run.7",), {"type": "topic", "topic": "run.7"}))
    assert mallory.heard == []


def test_who_has_left_a_group_hears_it_no_more() -> None:
    hub = Hub()
    alice = inside(hub, Tab(), "run.7")
    hub.part(alice, "run.7")
    tell(hub, (("run.7",), {"type": "topic", "topic": "run.7"}))
    assert alice.heard == []


def test_a_message_that_breaks_does_not_keep_back_the_next() -> None:
    hub = Hub()
    alice = inside(hub, Tab(), "run.7")
    tell(hub, (("run.7",), {"type": "topic"}), (("run.7",), {"type": "topic", "topic": "run.7"}))
    assert alice.heard == [{"kind": "changed", "topics": ["run.7"]}]


def test_who_was_signed_out_is_shown_out_before_hearing_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    hub = Hub()
    alice, mallory = inside(hub, Tab(1), "queue.1"), inside(hub, Tab(6), "queue.1")
    mallory.checked_at = time.monotonic() - hubs.CHECKED_FOR
    monkeypatch.setattr(hubs, "unwelcome", set)
    monkeypatch.setattr(hubs, "changed", set)
    monkeypatch.setattr(hubs, "database_sync_to_async", _at_once)
    tell(hub, (("queue.1",), NOTICE))
    assert (len(alice.heard), mallory.heard, mallory.shown_out) == (1, [], True)


class Asleep(Tab):
    """Its browser takes nothing, not even that the connection is over."""

    async def show_out(self) -> None:
        await asyncio.Event().wait()


def test_whoever_cannot_be_shown_out_keeps_nothing_from_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    hub = Hub()
    alice, mallory = inside(hub, Tab(1), "queue.1"), inside(hub, Asleep(6), "queue.1")
    mallory.checked_at = time.monotonic() - hubs.CHECKED_FOR
    monkeypatch.setattr(hubs, "unwelcome", set)
    monkeypatch.setattr(hubs, "changed", lambda visitors: set())
    monkeypatch.setattr(hubs, "database_sync_to_async", _at_once)
    tell(hub, (("queue.1",), NOTICE))
    assert (len(alice.heard), mallory.heard, hub.everybody()) == (1, [], [alice])


def test_a_browser_that_has_gone_by_itself_is_shown_out_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[int] = []

    async def gone(self: DeskConsumer, code: int) -> None:
        tried.append(code)
        raise OSError(code)

    monkeypatch.setattr(DeskConsumer, "close", gone)
    consumer = DeskConsumer()
    asyncio.run(consumer.show_out())
    asyncio.run(consumer.start_anew())
    assert tried == [SIGNED_OUT, START_ANEW]


def test_whose_rights_are_others_starts_anew_before_hearing_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    hub = Hub()
    alice, bob = inside(hub, Tab(1), "queue.1"), inside(hub, Tab(2), "queue.1")
    bob.checked_at = time.monotonic() - hubs.CHECKED_FOR
    monkeypatch.setattr(hubs, "unwelcome", lambda visitors: set())
    monkeypatch.setattr(hubs, "changed", set)
    monkeypatch.setattr(hubs, "database_sync_to_async", _at_once)
    tell(hub, (("queue.1",), NOTICE))
    assert (len(alice.heard), bob.heard, bob.shown_out, bob.anew) == (1, [], False, True)


def _at_once(act: Any) -> Any:
    async def run(*args: Any) -> Any:
        return act(*args)

    return run


def test_whoever_shows_a_teams_figures_makes_them_anew_and_hears_nothing_of_the_task() -> None:
    hub = Hub()
    lead, other = inside(hub, Tab(), "person.1", "team.1"), inside(hub, Tab(2), "person.2", "team.2")
    tell(hub, (("tasks", "queue.1"), {"type": "task", "task": "00000000-0000-4000-8000-000000000000"}))
    assert (lead.heard, other.heard) == ([{"figures": "soon"}], [])


# ---- what was missed -----------------------------------------------------------------------------

MISSED = {"kind": "missed"}
DEAF, HEARING = {"kind": "deaf"}, {"kind": "hearing"}


def pulse(hub: Hub, number: int) -> tuple[Iterable[str], dict[str, Any]]:
    return (), hub._pulse.told(number)["said"]


def topic(name: str) -> tuple[Iterable[str], dict[str, Any]]:
    return (name,), {"type": "topic", "topic": name}


def changed(name: str) -> dict[str, Any]:
    return {"kind": "changed", "topics": [name]}


def again(*names: str) -> dict[str, Any]:
    return {"kind": "again", "said": [changed(name) for name in names]}


def listening() -> Hub:
    hub = Hub()
    tell(hub, pulse(hub, 0))
    return hub


def test_whoever_comes_is_told_what_was_told_since_their_page_was_made_and_may_be_theirs_to_hear() -> None:
    hub = listening()
    tell(hub, topic("run.1"), topic("run.2"))
    made_at = time.monotonic()
    tell(hub, topic("run.2"), topic("run.3"), (("person.2",), NOTICE), (("person.1",), NOTICE))
    alice = inside(hub, Tab(), "person.1", "run.1", "run.2")
    asyncio.run(hub.catch_up(alice, made_at))
    assert (alice.heard, alice.counts_asked) == ([again("run.2", "notices")], 1)


def test_what_was_told_twice_is_told_again_once() -> None:
    hub = listening()
    made_at = time.monotonic()
    tell(hub, topic("run.2"), topic("run.1"), topic("run.2"))
    alice = inside(hub, Tab(), "run.1", "run.2")
    asyncio.run(hub.catch_up(alice, made_at))
    assert alice.heard == [again("run.1", "run.2")]


def test_a_page_from_before_the_process_began_to_listen_is_told_that_it_missed_something() -> None:
    made_at = time.monotonic()
    hub = listening()
    alice, bob = inside(hub, Tab(1)), inside(hub, Tab(2))
    asyncio.run(hub.catch_up(alice, made_at))
    asyncio.run(hub.catch_up(bob, None))
    assert (alice.heard, bob.heard, alice.counts_asked) == ([MISSED], [MISSED], 1)


def test_much_that_was_missed_is_not_told_one_by_one() -> None:
    hub = listening()
    made_at = time.monotonic()
    names = [f"run.{n}" for n in range(hubs.MOST_AGAIN + 1)]
    tell(hub, *map(topic, names))
    alice = inside(hub, Tab(1), *names)
    asyncio.run(hub.catch_up(alice, made_at))
    assert alice.heard == [MISSED]


def test_what_is_older_than_what_is_kept_is_not_said_to_be_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recent, "MOST_KEPT", 2)
    hub = listening()
    made_at = time.monotonic()
    tell(hub, *map(topic, ("run.1", "run.2", "run.3")))
    alice, bob = inside(hub, Tab(1), "run.3"), inside(hub, Tab(2), "run.3")
    asyncio.run(hub.catch_up(alice, made_at))
    asyncio.run(hub.catch_up(bob, time.monotonic()))
    assert (alice.heard, bob.heard) == ([MISSED], [])


def test_everybody_is_told_when_something_did_not_come_through() -> None:
    hub = listening()
    alice = inside(hub, Tab(), "run.1")
    tell(hub, pulse(hub, 1), topic("run.1"), pulse(hub, 2))
    assert alice.heard == [changed("run.1")]
    made_at = time.monotonic()
    tell(hub, pulse(hub, 4), pulse(hub, 5))
    assert alice.heard == [changed("run.1"), MISSED, {"figures": "soon"}]
    bob = inside(hub, Tab(2))
    asyncio.run(hub.catch_up(bob, made_at))
    assert bob.heard == [MISSED]


def test_pages_are_told_while_nothing_is_heard_and_look_anew_only_where_something_is_missing() -> None:
    hub = listening()
    alice = inside(hub, Tab(1))
    felt_at = time.monotonic()
    hub._pulse.look(felt_at + 1)
    assert alice.heard == []
    hub._pulse.look(felt_at + 4)
    hub._pulse.look(felt_at + 5)
    bob = inside(hub, Tab(2))
    asyncio.run(hub.catch_up(bob, time.monotonic()))
    assert alice.heard == bob.heard == [DEAF]
    tell(hub, pulse(hub, 1))  # it was on its way all the time
    assert alice.heard == [DEAF, HEARING]
    hub._pulse.look(felt_at + 8)
    tell(hub, pulse(hub, 3))
    assert alice.heard[2:] == [DEAF, HEARING, MISSED, {"figures": "soon"}]


def test_other_processes_pulses_are_theirs() -> None:
    hub = listening()
    alice = inside(hub, Tab())
    tell(hub, pulse(Hub(), 7), pulse(hub, 1))
    assert alice.heard == []


@pytest.mark.parametrize("age", [None, "12", -1, 10**9, 1.5, [], {}])
def test_a_page_that_cannot_say_how_old_it_is_has_missed_something(age: object) -> None:
    assert _asked_for_at(age) is None


def test_a_page_was_asked_for_before_its_socket_opened() -> None:
    asked_for_at = _asked_for_at(300)
    assert asked_for_at is not None
    assert 0.3 < time.monotonic() - asked_for_at < 10


def test_where_nothing_can_be_heard_nobody_enters(monkeypatch: pytest.MonkeyPatch) -> None:
    class Deaf(InMemoryChannelLayer):
        async def group_send(self, group: str, message: dict[str, Any]) -> None:
            raise OSError("Connection refused.")

    monkeypatch.setattr(hubs, "get_channel_layer", Deaf)
    monkeypatch.setattr(hubs, "BEGINS_WITHIN", 0.05)
    hub = Hub()
    with pytest.raises(TimeoutError):
        asyncio.run(hub.enter(Tab(), ["run.1"]))
    assert hub.everybody() == []
