"""Who is told that somebody looks at a task."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from reviewhub.realtime import presence
from reviewhub.realtime.hub import Hub
from reviewhub.realtime.presence import Look, Looks
from tests.unit.realtime.test_hub import Tab, inside

TASK = "7f000000-0000-0000-0000-000000000001"
BOB = {"person": 2, "name": "Bob Lind", "initials": "BL"}


def look(by: str = "page-1", here: bool = True, **who: Any) -> dict[str, Any]:
    return {"to": ["queue.1"], "said": {"type": "look", "task": TASK, "by": by, "here": here, **(who or BOB)}}


def pages(**who: Any) -> Look:
    return Look(TASK, who.pop("by", "page-1"), who.pop("person", 2), "Bob Lind", "BL", ("queue.1",))


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "PAUSE", 0.0)


def told(hub: Hub, *messages: dict[str, Any]) -> None:
    async def main() -> None:
        await hub._pass_on_all(list(messages))
        if hub.presence._telling is not None:
            await hub.presence._telling

    asyncio.run(main())


def test_a_look_is_told_to_those_who_show_the_task_and_may_see_it() -> None:
    hub = Hub()
    shows, elsewhere, mallory = inside(hub, Tab(1), "queue.1"), inside(hub, Tab(3), "queue.1"), inside(hub, Tab(6))
    hub.show(shows, [TASK])
    hub.show(mallory, [TASK])
    told(hub, look())
    assert shows.heard == [{"kind": "looks", "looks": {TASK: {"people": [[2, "Bob Lind", "BL"]], "more": 0}}}]
    assert elsewhere.heard == mallory.heard == []


def test_looks_within_a_moment_are_told_in_one_message() -> None:
    hub = Hub()
    alice = inside(hub, Tab(1), "queue.1")
    hub.show(alice, [TASK])
    told(hub, *(look(f"page-{number}", person=number, name="N", initials="N") for number in range(2, 102)))
    (message,) = alice.heard
    assert (len(message["looks"][TASK]["people"]), message["looks"][TASK]["more"]) == (presence.NAMED, 95)


def test_who_shows_a_task_later_is_told_who_looks_already() -> None:
    hub = Hub()
    alice = inside(hub, Tab(1), "queue.1")
    told(hub, look())
    assert alice.heard == []
    hub.show(alice, [TASK])
    assert alice.heard[0]["looks"][TASK]["people"] == [[2, "Bob Lind", "BL"]]


def test_the_end_of_a_look_is_told_to_those_who_knew_of_it() -> None:
    hub = Hub()
    alice = inside(hub, Tab(1), "queue.1")
    hub.show(alice, [TASK])
    told(hub, look())
    told(hub, {"to": [], "said": {"type": "look", "task": TASK, "by": "page-1", "here": False}})
    assert alice.heard[-1]["looks"][TASK] == {"people": [], "more": 0}


def test_somebody_with_two_pages_is_one_and_goes_with_the_last() -> None:
    looks = Looks()
    assert looks.begin(pages(by="one"), 0.0)
    assert not looks.begin(pages(by="two"), 0.0)
    assert looks.people_at(TASK) == [(2, "Bob Lind", "BL")]
    assert not looks.end(TASK, "one")
    assert looks.end(TASK, "two")


def test_what_is_not_said_again_is_over() -> None:
    looks = Looks()
    looks.begin(pages(), 0.0)
    assert looks.over(presence.KEPT_FOR - 1) == []
    looks.begin(pages(), presence.SAID_AGAIN_AFTER)
    assert looks.over(presence.KEPT_FOR + 1) == []
    assert [each.task for each in looks.over(presence.SAID_AGAIN_AFTER + presence.KEPT_FOR + 1)] == [TASK]
