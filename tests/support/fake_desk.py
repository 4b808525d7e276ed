"""A desk in memory: the gateway's fake, with the meanings of the real one and without a database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from orchestration.ports import Closing, GoingOn, LateRun, PersonRef, ReachedLevel, ReviewRequest, Standstill


@dataclass
class FakeTask:
    request: ReviewRequest
    queue: str
    status: str = "open"
    stage: str = ""
    outcome: str = ""
    priority: str = "normal"
    level: int = 0
    unanswered: bool = False
    asked: list[str] = field(default_factory=list)  # ids of people
    ended_at: datetime | None = None
    instants: dict[str, datetime] = field(default_factory=dict)  # as a pause has moved them
    stands_still_since: datetime | None = None


class FakeDesk:
    """`people` says whom a target is, by its kind; `addresses` whom an exclusion means; `instead` who stands in."""

    def __init__(
        self,
        people: Mapping[str, tuple[PersonRef, ...]] | None = None,
        addresses: Mapping[str, PersonRef] | None = None,
        instead: Mapping[str, PersonRef] | None = None,
    ) -> None:
        self.people = dict(people or {})
        self.addresses = dict(addresses or {})
        self.instead = dict(instead or {})  # by id
        self.tasks: dict[tuple[str, str], FakeTask] = {}
        self.late: list[tuple[str, LateRun]] = []

    def open(self, request: ReviewRequest) -> None:
        assert (request.run_id, request.key) not in self.tasks, "a review is opened once"
        self.tasks[request.run_id, request.key] = FakeTask(request, request.queue or "incidents")

    def open_many(self, requests: Sequence[ReviewRequest]) -> None:
        for request in requests:
            self.open(request)

    def people_for(
        self, run_id: str, key: str, target: Mapping[str, str], without: Collection[str] = ()
    ) -> tuple[PersonRef, ...]:
        excluded = {*without, *(self.addresses[name].id for name in self.tasks[run_id, key].request.exclude)}
        for named in (self.people.get(target["kind"], ()), self.people.get("manager_of", ())):
            found = [person for person in map(self._standing_in, named) if person.id not in excluded]
            if found:
                return tuple(found)
        return ()

    def show_approvals(
        self, run_id: str, key: str, approvals: Mapping[str, Any], asked: tuple[PersonRef, ...], at: datetime
    ) -> None:
        """Whoever is asked by name is asked until they have voted."""
        task = self.tasks[run_id, key]
        voted = {vote["by"]["id"] for vote in approvals["votes"]}
        task.asked = [each for each in dict.fromkeys([*task.asked, *(each.id for each in asked)]) if each not in voted]

    def escalate(self, run_id: str, key: str, level: ReachedLevel) -> None:
        task = self.tasks[run_id, key]
        people = [person.id for person in level.people]
        task.asked = people if level.mode == "move" else list(dict.fromkeys([*task.asked, *people]))
        task.level = level.index + 1
        task.priority = level.priority or task.priority

    def run_late(self, run_id: str, late: LateRun) -> None:
        self.late.append((run_id, late))

    def resume(
        self, run_id: str, key: str, at: datetime, instants: Mapping[str, datetime], by: PersonRef | None
    ) -> None:
        self.tasks[run_id, key].instants.update(instants)

    def warn(self, run_id: str, key: str, stage: str, at: datetime) -> None:
        self.tasks[run_id, key].stage = stage

    def close(self, run_id: str, key: str, outcome: str, at: datetime, unanswered: bool) -> None:
        task = self.tasks[run_id, key]
        task.status, task.outcome, task.unanswered, task.ended_at = "closed", outcome, unanswered, at
        task.asked = []

    def close_many(self, closings: Sequence[Closing]) -> None:
        for closing in closings:
            self.close(closing.run_id, closing.key, closing.outcome, closing.at, closing.unanswered)

    def withdraw(self, run_id: str, key: str, reason: str, at: datetime) -> None:
        task = self.tasks[run_id, key]
        task.status, task.ended_at, task.asked = "withdrawn", at, []

    def rename(self, run_id: str, key: str, to: str, step_id: str) -> None:
        self.tasks[run_id, to] = self.tasks.pop((run_id, key))

    def stand_still(self, reviews: Sequence[Standstill]) -> None:
        for said in reviews:
            self.tasks[said.run_id, said.key].stands_still_since = said.at

    def go_on(self, reviews: Sequence[GoingOn]) -> None:
        for said in reviews:
            task = self.tasks[said.run_id, said.key]
            task.stands_still_since = None
            task.instants.update(said.instants)

    def _standing_in(self, person: PersonRef) -> PersonRef:
        seen: set[str] = set()
        while person.id in self.instead and person.id not in seen:
            seen.add(person.id)
            person = self.instead[person.id]
        return person
