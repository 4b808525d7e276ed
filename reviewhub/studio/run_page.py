"""All that a run's page shows, read once: its steps, attempts, clocks, reviews, recommendations and story."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from orchestration import api, ports
from reviewhub.accounts.models import Person
from reviewhub.reviews.approvals import is_sealed
from reviewhub.reviews.models import ReviewTask
from reviewhub.studio import breaches, run_rows, states
from reviewhub.studio.drawing import LOOPS, Drawn, drawn_run, names_of
from reviewhub.studio.facts import Names
from reviewhub.studio.repeated import Repeated
from reviewhub.studio.sentences import Sentence
from reviewhub.studio.starting import readable
from reviewhub.studio.states import State
from reviewhub.studio.told import Told
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
    kind: str | Promise
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

    def __init__(self, run: Any, person: Person, asked: Mapping[str, str]) -> None:
        """`asked` is the page's query: a `step`, `all` events, those `before` one, a `part` of what loops do."""
        self.run, self._asked = run, asked
        self.everything = asked.get("all") == "1"
        self.definition = api.definition_of(run.version)
        self._rows = run_rows.read(run, asked.get("step", ""))
        self.steps = self._rows.steps
        self.names: Names = replace(names_of(self.definition), levels=_levels(self.steps.values()))
        shown = [task.pk for task in self._rows.tasks]
        self._visible = set(ReviewTask.objects.visible_to(person).filter(pk__in=shown).values_list("pk", flat=True))
        self.chosen = asked.get("step", "") if asked.get("step") in self.steps else ""

    @property
    def last_event(self) -> int:
        return int(self.run.sequence)

    @cached_property
    def origin(self) -> Relative | None:
        """The run that this one goes on from."""
        if not self.run.origin_id:
            return None
        how, step = self.run.origin_how, self.run.origin_step
        from_step, from_event = _("%(what)s from %(step)s"), _("%(what)s, after event %(number)s")
        where = from_step if step else from_event if how == "fork" else "%(what)s"
        said = {"what": COMES_FROM[how], "step": self.names.step(step or ""), "number": self.run.origin_at}
        return Relative(self.run.origin_id, where % said)

    @cached_property
    def followed_by(self) -> tuple[Relative, ...]:
        rows = self.run.followed_by.order_by("started_at").values_list("pk", "origin_how", "status")
        return tuple(
            Relative(pk, f"{GOES_ON[how]}, {str(states.RUNS[status].text).lower()}") for pk, how, status in rows
        )

    @property
    def state(self) -> State:
        return states.run_state(self.run, self.waiting)

    @property
    def waiting(self) -> Sequence[Any]:
        """The open steps that something or somebody has to do."""
        return self._rows.waiting

    @property
    def now(self) -> str:
        """What it is doing, or how it ended."""
        if self.run.status != "running":
            return str(ENDINGS[self.run.status]).format(readable(self.run.outcome).lower())
        if self.run.paused_at is not None:
            return states.paused_words(self.run)
        words = states.now_words(self.waiting)
        return f"{words[:1].upper()}{words[1:]}"

    @property
    def blocks(self) -> tuple[Drawn, ...]:
        return drawn_run(self.definition, self.steps, self.chosen, ended=self.run.status not in ("running", "ending"))

    @property
    def title(self) -> str:
        """What the run is about: the title of its newest review, else of its workflow."""
        titles = [task.title for task in self._rows.tasks if task.kind == ReviewTask.Kind.REVIEW]
        return titles[-1] if titles else self.run.workflow.title

    @property
    def took(self) -> timedelta | None:
        return self.run.ended_at - self.run.started_at if self.run.ended_at else None

    @property
    def clocks(self) -> tuple[Clock, ...]:
        """Without the undo window: that is the decider's affair."""
        return self._clocks(self._rows.timers)

    @property
    def late(self) -> list[breaches.Note]:
        return breaches.notes(self.run, self.names)

    @property
    def reviews(self) -> tuple[Review, ...]:
        return self._reviews(self._rows.tasks)

    @property
    def open_reviews(self) -> tuple[Review, ...]:
        return tuple(review for review in self.reviews if review.task.status in ("open", "claimed", "decided"))

    @property
    def decided(self) -> tuple[Review, ...]:
        """The reviews and incidents that have an answer, by a person or by nobody's."""
        return tuple(review for review in self.reviews if review.task.status == "closed")

    @cached_property
    def _told(self) -> Told:
        return Told(self.run, self.names, self._asked)

    @property
    def story(self) -> list[Sentence]:
        return self._told.sentences

    @property
    def earlier(self) -> str:
        return self._told.earlier

    @property
    def latest(self) -> str:
        return self._told.latest

    @cached_property
    def repeated(self) -> Repeated | None:
        """What loops do, where the workflow has any."""
        loops = any(step.kind in LOOPS for step in self.definition.all_steps())
        return Repeated(self.run, self.names, self._asked) if loops else None

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
            state=states.step_state(row, self.steps.get(api.undo_of(subject))),
            row=row,
            tries=_tries(
                [attempt for attempt in self._rows.attempts if attempt.path == subject], self._told.beginnings(row)
            ),
            clocks=self._clocks(timer for timer in self._rows.timers if _subject(timer.name) == subject),
            reviews=self._reviews([task for task in self._rows.tasks if task.key.partition("!")[0] == subject]),
            recommendation=self._rows.advice.get(subject),
            taken_from=_taken_from(row.scope),
            children=tuple(child for child in self._rows.children if child.parent_path == subject),
        )

    @property
    def neighbours(self) -> tuple[Neighbour, ...]:
        """The runs before, after and around this one, and those that it has started."""
        run = self.run
        found = [Neighbour(_("Started by"), run.parent)] if run.parent_id else []
        found += [Neighbour(_("Continues"), run.continues)] if run.continues_id else []
        followers = run.continued_by.select_related("workflow") if run.outcome == "continued" else ()
        found += [Neighbour(_("Goes on as"), follower) for follower in followers]
        return (
            *found,
            *(
                Neighbour(_("Started for %(step)s") % {"step": self.names.step(each.parent_path)}, each)
                for each in self._rows.children
            ),
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

    def _reviews(self, tasks: Sequence[ReviewTask]) -> tuple[Review, ...]:
        return tuple(
            Review(task, self.names.step(task.key.partition("!")[0]), task.pk in self._visible, _newest_first(task))
            for task in tasks
        )


COMES_FROM = {
    "rerun": _lazy("Once more the input of another run"),
    "retry": _lazy("Tries another run again"),
    "fork": _lazy("Goes on from another run"),
}
GOES_ON = {"rerun": _lazy("Run once more"), "retry": _lazy("Tried again"), "fork": _lazy("Gone on from")}
ENDINGS = {
    "ending": _lazy("It comes to its end: what was begun is settled, and what was done is undone"),
    "succeeded": _lazy("It ended: {}"),
    "failed": _lazy("It failed"),
    "cancelled": _lazy("It was cancelled"),
}
KINDS = {
    "tool": _lazy("A call to another system"),
    "ai": _lazy("A question to the AI"),
    "review": _lazy("A question to a person"),
    "switch": _lazy("A choice of ways"),
    "parallel": _lazy("Several things at once"),
    "undo": _lazy("Undoing what a step did"),
    "each": _lazy("The same for every item"),
    "repeat": _lazy("The same again and again"),
    "wait": _lazy("A wait"),
    "workflow": _lazy("A run of another workflow"),
    "emit": _lazy("An event told to others"),
    "continue": _lazy("The beginning of the next run"),
    "set": _lazy("A value worked out"),
    "end": _lazy("The end"),
    "fail": _lazy("The end, as a failure"),
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
    """None while nobody may see what the others have decided."""
    seen = () if is_sealed(task) else task.decisions.all()
    return tuple(sorted(seen, key=lambda decision: decision.received_at, reverse=True))


def _taken_from(scope: Mapping[str, Any] | None) -> TakenFrom | None:
    reused = (scope or {}).get("reused")
    return TakenFrom(reused["run"], datetime.fromisoformat(reused["at"])) if reused else None


def _subject(timer: str) -> str:
    return timer.rpartition(":")[0].partition("!")[0]


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
