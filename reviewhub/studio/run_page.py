"""All that a run's page shows, read once: its steps, attempts, clocks, reviews, recommendations and story."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from orchestration import api, ports
from reviewhub.accounts.models import Person
from reviewhub.reviews.models import ReviewTask
from reviewhub.studio import selectors, states
from reviewhub.studio.drawing import Drawn, drawn_run, names_of
from reviewhub.studio.facts import Fact, Names
from reviewhub.studio.sentences import Sentence, story
from reviewhub.studio.starting import readable
from reviewhub.studio.states import State
from reviewhub.studio.wording import target


@dataclass(frozen=True, slots=True)
class Clock:
    """A timer that will fire: what it is about, and when. The machine's own clock has no date here, only a wait."""

    about: str
    at: datetime | None
    wait: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """A review or an incident of the run, as the desk knows it."""

    task: ReviewTask
    step: str
    visible: bool  # whether the viewer may open the task itself
    decisions: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Relative:
    """A run that this one comes from, or that comes from this one."""

    run_id: Any
    text: str


@dataclass(frozen=True, slots=True)
class Try:
    number: int
    status: str
    began_at: datetime | None  # process time, as the audit trail has it
    took: timedelta | None
    error: Mapping[str, Any] | None
    waited: timedelta | None  # since the try before it ended


@dataclass(frozen=True, slots=True)
class TakenFrom:
    """A tool's answer that was kept: in which run it was given, and when."""

    run_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class StepDetail:
    """One step of the run, opened."""

    path: str
    title: str
    kind: str
    icon: str
    state: State
    row: Any
    tries: tuple[Try, ...]
    clocks: tuple[Clock, ...]
    reviews: tuple[Review, ...]
    recommendation: Any
    taken_from: TakenFrom | None = None
    children: tuple[Any, ...] = ()  # the runs that this step has started, the oldest first


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another run that this one belongs to."""

    about: str
    run: Any


class RunPage:
    """What the page of one run shows to one person."""

    def __init__(self, run: Any, person: Person, chosen: str = "", *, everything: bool = False) -> None:
        self.run = run
        self.everything = everything
        self.definition = api.definition_of(run.version)
        self.steps: dict[str, Any] = {step.path: step for step in api.run_steps(run.pk)}
        self.names: Names = replace(names_of(self.definition), levels=_levels(self.steps.values()))
        self.attempts = list(api.run_attempts(run.pk))
        self.timers = [timer for timer in api.run_timers(run.pk) if timer.status in ("armed", "held")]
        self._tasks = list(selectors.tasks_of(run.pk))
        self._visible = set(ReviewTask.objects.visible_to(person).filter(run=run.pk).values_list("pk", flat=True))
        self._advice = {row.path: row for row in api.recommendations().filter(run=run.pk).order_by("created_at")}
        self.chosen = chosen if chosen in self.steps else ""

    @property
    def last_event(self) -> int:
        return int(self.run.sequence)

    @cached_property
    def origin(self) -> Relative | None:
        """The run that this one goes on from."""
        if not self.run.origin_id:
            return None
        how, step = self.run.origin_how, self.run.origin_step
        where = (
            f" from {self.names.step(step)}" if step else f", after event {self.run.origin_at}" if how == "fork" else ""
        )
        return Relative(self.run.origin_id, f"{COMES_FROM[how]}{where}")

    @cached_property
    def followed_by(self) -> tuple[Relative, ...]:
        rows = self.run.followed_by.order_by("started_at").values_list("pk", "origin_how", "status")
        return tuple(Relative(pk, f"{GOES_ON[how]}, {states.RUNS[status].text.lower()}") for pk, how, status in rows)

    @property
    def state(self) -> State:
        return states.run_state(self.run, self.waiting)

    @property
    def waiting(self) -> list[Any]:
        """The open steps that something or somebody has to do."""
        open_ones = [step for step in self.steps.values() if step.status in selectors.OPEN_STEP]
        return [step for step in open_ones if step.kind not in selectors.BLOCKS]

    @property
    def now(self) -> str:
        """What it is doing, or how it ended."""
        if self.run.status != "running":
            return ENDINGS[self.run.status].format(readable(self.run.outcome).lower())
        if self.run.paused_at is not None:
            return "It is paused"
        words = states.now_words(self.waiting)
        return f"{words[:1].upper()}{words[1:]}"

    @property
    def blocks(self) -> tuple[Drawn, ...]:
        return drawn_run(self.definition, self.steps, self.chosen, ended=self.run.status not in ("running", "ending"))

    @property
    def title(self) -> str:
        """What the run is about: the title of its newest review, else of its workflow."""
        titles = [task.title for task in self._tasks if task.kind == ReviewTask.Kind.REVIEW]
        return titles[-1] if titles else self.run.workflow.title

    @property
    def took(self) -> timedelta | None:
        return self.run.ended_at - self.run.started_at if self.run.ended_at else None

    @property
    def clocks(self) -> tuple[Clock, ...]:
        """Without the undo window: that is the decider's affair."""
        return self._clocks(self.timers)

    @property
    def reviews(self) -> tuple[Review, ...]:
        return self._reviews(self._tasks)

    @property
    def open_reviews(self) -> tuple[Review, ...]:
        return tuple(review for review in self.reviews if review.task.status in ("open", "claimed", "decided"))

    @property
    def decided(self) -> tuple[Review, ...]:
        """The reviews and incidents that have an answer, by a person or by nobody's."""
        return tuple(review for review in self.reviews if review.task.status == "closed")

    @cached_property
    def facts(self) -> list[Fact]:
        return [_fact(entry) for entry in api.timeline(self.run.pk)]

    @property
    def story(self) -> list[Sentence]:
        told = story(self.names, self.facts)
        return told if self.everything else [sentence for sentence in told if not sentence.minor]

    @property
    def detail(self) -> StepDetail | None:
        row = self.steps.get(self.chosen)
        if row is None:
            return None
        subject = row.path
        return StepDetail(
            path=subject,
            title=self.names.step(subject),
            kind=KINDS.get(row.kind, row.kind),
            icon=ICONS.get(row.kind, "tool"),
            state=states.step_state(row),
            row=row,
            tries=_tries([attempt for attempt in self.attempts if attempt.path == subject], self._beginnings(subject)),
            clocks=self._clocks(timer for timer in self.timers if _subject(timer.name) == subject),
            reviews=self._reviews([task for task in self._tasks if task.key.partition("!")[0] == subject]),
            recommendation=self._advice.get(subject),
            taken_from=_taken_from(row.scope),
            children=tuple(child for child in self._children if child.parent_path == subject),
        )

    @cached_property
    def _children(self) -> list[Any]:
        starts_some = any(step.kind == "workflow" for step in self.steps.values())
        return list(api.children_of(self.run.pk)) if starts_some else []

    @property
    def neighbours(self) -> tuple[Neighbour, ...]:
        """The runs before, after and around this one, and those that it has started."""
        run = self.run
        found = [Neighbour("Started by", run.parent)] if run.parent_id else []
        found += [Neighbour("Continues", run.continues)] if run.continues_id else []
        followers = run.continued_by.select_related("workflow") if run.outcome == "continued" else ()
        found += [Neighbour("Goes on as", follower) for follower in followers]
        return (
            *found,
            *(Neighbour(f"Started for {self.names.step(each.parent_path)}", each) for each in self._children),
        )

    def _clocks(self, timers: Iterable[Any]) -> tuple[Clock, ...]:
        now = ports.clock().system_now()
        return tuple(
            Clock(self.names.timer(timer.name), timer.due_at)
            if timer.clock == "process"
            else Clock(self.names.timer(timer.name), None, max(timer.due_at - now, timedelta()))
            for timer in timers
            if not timer.name.endswith(":undo")
        )

    def _beginnings(self, path: str) -> dict[int, datetime]:
        """When each attempt of the step began, in process time."""
        return {
            fact.data["number"]: fact.at for fact in self.facts if fact.kind == "attempt.started" and fact.path == path
        }

    def _reviews(self, tasks: Sequence[ReviewTask]) -> tuple[Review, ...]:
        return tuple(
            Review(task, self.names.step(task.key.partition("!")[0]), task.pk in self._visible, _newest_first(task))
            for task in tasks
        )


COMES_FROM = {
    "rerun": "Once more the input of another run",
    "retry": "Tries another run again",
    "fork": "Goes on from another run",
}
GOES_ON = {"rerun": "Run once more", "retry": "Tried again", "fork": "Gone on from"}
ENDINGS = {
    "ending": "It comes to its end: what was begun is settled, and what was done is undone",
    "succeeded": "It ended: {}",
    "failed": "It failed",
    "cancelled": "It was cancelled",
}
KINDS = {
    "tool": "A call to another system",
    "ai": "A question to the AI",
    "review": "A question to a person",
    "switch": "A choice of ways",
    "parallel": "Several things at once",
    "undo": "Undoing what a step did",
    "each": "The same for every item",
    "repeat": "The same again and again",
    "wait": "A wait",
    "workflow": "A run of another workflow",
    "emit": "An event told to others",
    "continue": "The beginning of the next run",
    "set": "A value worked out",
    "end": "The end",
    "fail": "The end, as a failure",
}
ICONS = {
    "ai": "ai",
    "review": "mine",
    "wait": "wait",
    "workflow": "flow",
    "continue": "retry",
    "emit": "hook",
    "switch": "switch",
    "parallel": "parallel",
    "end": "stop",
    "fail": "stop",
}


def _levels(steps: Iterable[Any]) -> dict[tuple[str, int], str]:
    """Whom each level of the run's reviews reaches: also those that came from a policy of the settings."""
    reviews = [(step.path, step.review) for step in steps if step.review]
    return {(path, each["index"]): target(each["to"]) for path, review in reviews for each in review.get("levels", ())}


def _newest_first(task: ReviewTask) -> tuple[Any, ...]:
    return tuple(sorted(task.decisions.all(), key=lambda decision: decision.received_at, reverse=True))


def _taken_from(scope: Mapping[str, Any] | None) -> TakenFrom | None:
    reused = (scope or {}).get("reused")
    return TakenFrom(reused["run"], datetime.fromisoformat(reused["at"])) if reused else None


def _subject(timer: str) -> str:
    return timer.rpartition(":")[0].partition("!")[0]


def _fact(entry: Any) -> Fact:
    return Fact(entry.sequence, entry.kind, entry.at, entry.actor.label, entry.data, entry.values)


def _tries(attempts: Sequence[Any], beginnings: Mapping[int, datetime]) -> tuple[Try, ...]:
    made: list[Try] = []
    before: datetime | None = None
    for attempt in attempts:
        made.append(
            Try(
                number=attempt.number,
                status=attempt.status,
                began_at=beginnings.get(attempt.number),
                took=attempt.ended_at - attempt.started_at if attempt.ended_at else None,
                error=attempt.error,
                waited=attempt.started_at - before if before else None,
            )
        )
        before = attempt.ended_at
    return tuple(made)
