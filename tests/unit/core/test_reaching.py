"""A year of escalations on the pure core: nobody absent is asked, nothing circles, no task is without an owner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.core.calendars import Calendar, calendar_from
from orchestration.core.decide import Decided, decide
from orchestration.core.deciding import MissingPolicy, World
from orchestration.core.effects import PersonRef
from orchestration.core.events import DecisionGiven, Event, Now, Started, TimerFired
from orchestration.core.language.definition import compile_definition
from orchestration.core.reaching import Away, Member, reached
from orchestration.core.state import RunState

NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
HERE = Member()


def away(delegate: str | None = None, days: float = 10) -> tuple[Away, ...]:
    return (Away(NEW_YEAR - DAY, NEW_YEAR + days * DAY, delegate),)


# remark, who is known, and who is reached for alice
LINES: tuple[tuple[str, Mapping[str, Member], str | None], ...] = (
    ("she is here", {"alice": HERE}, "alice"),
    ("her delegate", {"alice": Member("carol", away("bob")), "bob": HERE, "carol": HERE}, "bob"),
    ("no delegate: her manager", {"alice": Member("carol", away()), "carol": HERE}, "carol"),
    ("no delegate and no manager", {"alice": Member(None, away())}, None),
    (
        "the delegate's delegate comes before the manager",
        {"alice": Member("carol", away("bob")), "bob": Member("carol", away("dave")), "dave": HERE, "carol": HERE},
        "dave",
    ),
    (
        "a circle of delegates ends with the manager",
        {"alice": Member("carol", away("bob")), "bob": Member(None, away("alice")), "carol": HERE},
        "carol",
    ),
    (
        "a circle of people who are all away",
        {"alice": Member("bob", away("bob")), "bob": Member("alice", away())},
        None,
    ),
    ("who does not work here any more", {"alice": Member("carol", (), active=False), "carol": HERE}, "carol"),
    ("an absence that is over", {"alice": Member(None, away("bob", days=0)), "bob": HERE}, "alice"),
    ("a delegate who is not known", {"alice": Member("carol", away("nobody")), "carol": HERE}, "carol"),
)


@pytest.mark.parametrize(("remark", "people", "expected"), LINES, ids=[line[0] for line in LINES])
def test_whoever_is_away_is_passed_over(remark: str, people: Mapping[str, Member], expected: str | None) -> None:
    assert reached("alice", people.get, NEW_YEAR, lambda _: True) == expected, remark


def test_who_may_not_act_is_passed_over_for_the_manager() -> None:
    people = {"alice": Member("carol"), "carol": HERE}
    assert reached("alice", people.get, NEW_YEAR, lambda who: who != "alice") == "carol"


NAMES = ("a", "b", "c", "d", "e")


@given(st.data())
def test_in_any_company_nobody_absent_is_reached_and_the_search_ends(data: st.DataObject) -> None:
    def somebody() -> str | None:
        return data.draw(st.sampled_from([*NAMES, None]))

    def member() -> Member:
        gone = away(somebody()) if data.draw(st.booleans()) else ()
        return Member(somebody(), gone, active=data.draw(st.booleans()))

    people, refused = {name: member() for name in NAMES}, data.draw(st.sets(st.sampled_from(NAMES)))
    found = reached("a", people.get, NEW_YEAR, lambda who: who not in refused)
    if found is not None:
        assert people[found].active
        assert people[found].absence(NEW_YEAR) is None
        assert found not in refused


# ---- a year --------------------------------------------------------------------------------------

REVIEW = {
    "id": "approval",
    "kind": "review",
    "title": "T",
    "outcomes": [{"id": "yes", "label": "Yes", "risk": "low", "reason": "never"}],
    "assign": {"queue": "finance", "approvals": 1},
    "sla": {"due": 8 * 3_600, "calendar": "office"},
    "escalate": [
        {"after": 8 * 3_600, "to": {"kind": "user", "name": "bob"}, "mode": "add", "business": True},
        {"after": 16 * 3_600, "to": {"kind": "user", "name": "carol"}, "mode": "move", "business": True},
        {"after": 5 * 86_400, "to": {"kind": "user", "name": "oscar"}, "mode": "add", "business": False},
    ],
    "unanswered": {"after": 20 * 86_400, "outcome": "yes"},
}
DEFINITION = compile_definition({"workflow": "w", "title": "W", "input": {"type": "object"}, "steps": [REVIEW]})
TEAM = ("alice", "bob", "carol", "dave", "oscar")
MANAGERS = {"alice": "carol", "bob": "carol", "dave": "carol", "carol": "oscar", "oscar": None}


def office() -> Calendar:
    days = {day: ["09:00-12:00", "13:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
    holidays = ["2027-01-01", "2027-12-24"]
    return calendar_from({"name": "office", "zone": "Europe/Helsinki", "week": days, "holidays": holidays})


@dataclass
class Year:
    """Everybody is away now and then, with a delegate or without; one at least is here at any time."""

    chance: Random

    def __post_init__(self) -> None:
        self.people = {name: Member(MANAGERS[name], self._absences(name)) for name in TEAM}
        self.people["dave"] = Member("carol")  # never away
        self.world = World(DEFINITION, 1)

    def _absences(self, name: str) -> tuple[Away, ...]:
        others = [other for other in TEAM if other != name]
        starts = sorted(self.chance.sample(range(360), 6))
        gone = [NEW_YEAR + start * DAY for start in starts]
        delegates = [self.chance.choice([*others, None]) for _ in gone]
        return tuple(
            Away(since, since + self.chance.randint(1, 30) * DAY, delegate)
            for since, delegate in zip(gone, delegates, strict=True)
        )

    def asks(self, wanted: str, at: datetime, requester: str) -> tuple[str, ...]:
        """As the desk does: who is named, else the manager of the queue, else its people."""
        for named in ([wanted], ["carol"], ["alice", "dave"]):
            found = {reached(each, self.people.get, at, lambda who: who != requester) for each in named} - {None}
            if found:
                return tuple(sorted(str(each) for each in found))
        return ()

    def keeps(self, owners: tuple[str, ...], at: datetime, requester: str) -> tuple[str, ...]:
        """As the desk does when somebody's absence begins: to whoever stands in, else to the queue."""
        found = {reached(each, self.people.get, at, lambda who: who != requester) for each in owners} - {None}
        return tuple(sorted(str(each) for each in found)) or self.asks("carol", at, requester)

    def decides(self, state: RunState, event: Event, at: datetime) -> Decided:
        while True:
            try:
                return decide(state, event, Now(at, at), self.world)
            except MissingPolicy:
                self.world = World(DEFINITION, 1, {"office": office()})


@pytest.mark.parametrize("seed", range(3))
def test_a_year_of_escalations_asks_nobody_who_is_away_and_leaves_no_task_without_an_owner(seed: int) -> None:
    chance = Random(seed)
    year = Year(chance)
    levels = 0
    for number in range(365):
        opened = NEW_YEAR + number * DAY + timedelta(hours=chance.randint(0, 23))
        requester = chance.choice(["alice", "bob", "carol", "oscar"])
        levels += _plays(year, chance, opened, requester)
    assert levels > 400  # of some thousand that a year could have


def _plays(year: Year, chance: Random, opened: datetime, requester: str) -> int:
    """One task from its opening to its end. How many levels it reached."""
    state = year.decides(RunState(id="r"), Started({}, "test", None), opened).state
    answers_at = opened + timedelta(hours=chance.choice([1, 30, 100, 400, 2_000]))
    asked: list[tuple[str, ...]] = []
    owners: tuple[str, ...] = ()
    last = opened
    while state.status == "running":
        timer = min(state.armed(), key=lambda each: (each.due_at, each.name))
        assert timer.due_at >= last, "what is due comes in order"
        if timer.due_at > answers_at:
            by = PersonRef(*[asked[-1][0] if asked else "dave"] * 2)
            state = year.decides(state, DecisionGiven("approval", "yes", {}, by, answers_at, None), answers_at).state
            continue
        for day in range((timer.due_at - last) // DAY + 1 if owners else 0):  # what waits goes on every day
            owners = year.keeps(owners, last + day * DAY, requester)
            _is_sound(year, owners, last + day * DAY, requester)
        last = timer.due_at
        people: tuple[str, ...] = ()
        if ":level." in timer.name:
            index = int(timer.name.rpartition(".")[2])
            people = year.asks(REVIEW["escalate"][index]["to"]["name"], last, requester)  # type: ignore[index]
            _is_sound(year, people, last, requester)
            asked.append(people)
            owners = people
        refs = tuple(PersonRef(each, each) for each in people)
        state = year.decides(state, TimerFired(timer.name, timer.generation, refs), last).state
    assert state.status == "succeeded"
    assert len(asked) <= 3, "nothing is asked again"
    return len(asked)


def _is_sound(year: Year, people: tuple[str, ...], at: datetime, requester: str) -> None:
    assert people, "no task is without an owner"
    assert requester not in people
    assert len(set(people)) == len(people)
    for each in people:
        assert year.people[each].absence(at) is None
