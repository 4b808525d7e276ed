"""Reviews in the core: what a review step asks for, its clocks, and what decisions and timers do to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from orchestration.core import approving, paths
from orchestration.core.calendars import ALWAYS_OPEN, Calendar
from orchestration.core.deciding import Deciding
from orchestration.core.effects import FutureStep, OpenReview, ReviewRequest
from orchestration.core.escalation import Deadlines, Level, PlannedLevel, deadlines, schedule
from orchestration.core.language.definition import Step
from orchestration.core.language.expressions import ExpressionError, Value, compile_value, evaluate_or_say
from orchestration.core.large import is_reference
from orchestration.core.readings import reading_of, readings_of
from orchestration.core.state import StepState

_GIVES = ("tool", "ai", "set", "review")  # the kinds whose results are part of a case as they are


def request_for(d: Deciding, step: Step) -> ReviewRequest:
    """Evaluates everything a review step shows and asks. What steers (assignment, SLA, risk) must evaluate;
    a title, highlight or concern that cannot be shown says so in its place."""
    clocks = _Clocks(d, step)
    spec, definition = step.spec, d.world.definition
    recommendation = d.evaluate(step.values["recommendation"], step.path) if "recommendation" in step.values else None
    advised = recommendation if isinstance(recommendation, Mapping) else {}
    concerns = _concerns(d, step)
    return ReviewRequest(
        run_id=d.work.run.id,
        key=step.path,
        kind="review",
        workflow=definition.name,
        workflow_title=definition.title,
        workflow_version=d.world.version,
        workflow_owner=definition.owner,
        step_id=step.id,
        title=_say(d, step.values["title"], step.path),
        queue=spec["assign"]["queue"],
        outcomes=_outcomes(d, step),
        created_at=d.now.process,
        due_at=clocks.deadlines.due_at,
        half_at=clocks.deadlines.half_at,
        three_quarters_at=clocks.deadlines.three_quarters_at,
        critical=clocks.critical,
        undo_seconds=spec.get("undo"),
        highlights=tuple(
            {"label": item["label"], "value": _highlight(d, step.values[f"highlights.{index}"], step.path)}
            for index, item in enumerate(spec.get("highlights", ()))
        ),
        fields=_fields(d, step, readings_of(advised.get("fields"))),
        concerns=tuple(said for said, _ in concerns),
        because=tuple(dict.fromkeys(because for _, because in concerns)),
        context=_context(d, step),
        recommendation_id=advised.get("id"),
        advice=advised if advised and advised.get("id") is None else None,
        exclude=_listed(d, step, "exclude"),
        skills=tuple(name for name in _listed(d, step, "skills") if name),
        future=clocks.future(),
        policies=clocks.pins,
        approvals=approving.plan_of(spec["assign"].get("approvals")),
        item=_item(d, step.path),
    )


def open_review(d: Deciding, path: str, request: ReviewRequest) -> None:
    """Records the review, arms its clocks and asks the desk for the task, all in one transaction."""
    levels = [
        {
            "index": item.level,
            "at": item.at.isoformat(),
            "to": dict(item.to),
            "priority": item.priority,
            "mode": item.mode,
        }
        for item in request.future
        if item.kind == "level" and item.applies
    ]
    unanswered = next((item for item in request.future if item.kind == "unanswered"), None)
    review = {
        "key": request.key,
        "kind": "review",
        "status": "open",
        "created_at": request.created_at.isoformat(),
        "due_at": request.due_at.isoformat() if request.due_at else None,
        "outcomes": [outcome["id"] for outcome in request.outcomes],
        "levels": levels,
        "unanswered": unanswered.outcome if unanswered else None,
        "policies": dict(request.policies),
        "decision": None,
        **_counted_on(request),
    }
    if request.approvals is not None:
        review |= {"approvals": request.approvals, "votes": []}
    d.record(
        "review.opened",
        {"path": path, "key": request.key, "review": review},
        {"fields": {item["name"]: item["value"] for item in request.fields}},
    )
    d.arm((f"{request.key}:{_timer_name(item)}", "process", item.at) for item in request.future if item.applies)
    d.effects.append(OpenReview(request))
    if request.approvals is not None:
        approving.ask_first(d, request.key, request.approvals)


def _counted_on(request: ReviewRequest) -> dict[str, Any]:
    """Which of its timers count working time, and on what calendar: at the version that the review was opened with."""
    business = [_timer_name(item) for item in request.future if item.applies and item.business]
    pinned = next((item for item in request.policies.items() if item[0].startswith("calendar:")), None)
    if not business or pinned is None:
        return {}
    return {"business": business, "calendar": f"{pinned[0].removeprefix('calendar:')}@{pinned[1]}"}


def _timer_name(item: FutureStep) -> str:
    return f"level.{item.level}" if item.kind == "level" else item.kind


# ---- what is shown -----------------------------------------------------------------------------


def _say(d: Deciding, value: Value, at: str) -> str:
    return evaluate_or_say(value, d.context(value, at))


def _highlight(d: Deciding, value: Value, at: str) -> Any:
    """A number stays one, so that the reader's language can write it; everything else is said as text."""
    try:
        found = d.evaluate(value, at)
    except ExpressionError:
        return _say(d, value, at)
    return found if isinstance(found, int | float) and not isinstance(found, bool) else _say(d, value, at)


def _context(d: Deciding, step: Step) -> dict[str, Any]:
    """The case as it stands in front of the reviewer: all there is, or what the step says of it."""
    if "context" not in step.values:
        return {"input": d.work.run.input, "steps": _results(d, step.path)}
    said = d.evaluate(step.values["context"], step.path)
    return {"input": said if isinstance(said, Mapping) else {"case": said}, "steps": {}}


def _item(d: Deciding, path: str) -> str:
    """The innermost item of a list that the step is done for. Rounds of a `repeat` are about one and the same."""
    loops = d.world.definition.loops_around(paths.written(path))
    depth = next((n for n in range(len(loops), 0, -1) if d.world.definition.at(loops[n - 1]).kind == "each"), 0)
    return (paths.iteration_at(path, depth) if depth else None) or ""


def _results(d: Deciding, at: str) -> dict[str, Any]:
    """What the steps that can be seen from a path gave, in the order in which they were opened."""
    known = (d.world.definition.run_path(step.id, at) for step in d.world.definition.all_steps())
    seen = [d.work.steps[path] for path in known if path is not None and path in d.work.steps]
    done = [step for step in sorted(seen, key=_position) if step.status == "succeeded"]
    return {step.id: _told(step) for step in done if step.kind in _GIVES or _is_of_an_event(step)}


def _is_of_an_event(step: StepState) -> bool:
    """Not that a time has come."""
    return step.kind == "wait" and (is_reference(step.result) or "payload" in (step.result or {}))


def _told(step: StepState) -> Any:
    """Of an event what it brought, or as what it was given up; when it came is no part of the case."""
    if step.kind != "wait" or is_reference(step.result):
        return step.result
    brought = step.result["payload"]
    return {"payload": brought} if brought is not None else {"outcome": step.result["outcome"]}


def _position(step: StepState) -> int:
    return step.position


def _outcomes(d: Deciding, step: Step) -> tuple[Mapping[str, Any], ...]:
    made = []
    for index, outcome in enumerate(step.spec["outcomes"]):
        risk = step.values.get(f"outcomes.{index}.risk")
        made.append(
            {**outcome, "risk": str(d.evaluate(risk, step.path)) if risk is not None else outcome.get("risk", "low")}
        )
    return tuple(made)


def _fields(d: Deciding, step: Step, advised: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """Each with what was read for it: as the step says, or as the recommendation has it under the field's name."""
    made = []
    for item in step.spec.get("fields", ()):
        name = item["name"]
        read = _read(d, step, name) if "read" in item else advised.get(name)
        value = step.values.get(f"fields.{name}")
        field = {**item, "value": d.evaluate(value, step.path) if value else (read or {}).get("value")}
        field.pop("read", None)
        made.append({**field, "read": read} if read else field)
    return tuple(made)


def _read(d: Deciding, step: Step, name: str) -> Mapping[str, Any] | None:
    """What cannot be evaluated was not read: the step that reads it was skipped, for one."""
    try:
        return reading_of(d.evaluate(step.values[f"fields.{name}.read"], step.path))
    except ExpressionError:
        return None


def _concerns(d: Deciding, step: Step) -> list[tuple[str, str]]:
    """Each as it is said, and what kind it is."""
    said = []
    for index, concern in enumerate(step.spec.get("concerns", ())):
        when = step.values.get(f"concerns.{index}.when")
        if when is None or _shown(d, when, step.path):
            words = _say(d, step.values[f"concerns.{index}.say"], step.path)
            said.append((words, concern.get("because", "exception")))
    return said


def _shown(d: Deciding, when: Value, at: str) -> bool:
    """A concern whose condition cannot be evaluated is shown rather than lost."""
    known = d.context(when, at)
    try:
        return when.evaluate(known) is not False
    except Exception:  # noqa: BLE001 - whatever is wrong with it, the reviewer hears of the concern
        return True


def _listed(d: Deciding, step: Step, key: str) -> tuple[str, ...]:
    names: list[str] = []
    for index, _ in enumerate(step.spec["assign"].get(key, ())):
        named = d.evaluate(step.values[f"assign.{key}.{index}"], step.path)
        names += [str(name) for name in (named if isinstance(named, list) else [named]) if name is not None]
    return tuple(names)


# ---- its clocks --------------------------------------------------------------------------------


class _Clocks:
    """The deadlines and the planned levels of one review, with the versions of the policies they come from."""

    def __init__(self, d: Deciding, step: Step) -> None:
        self.created_at = d.now.process
        self.pins: dict[str, int] = {}
        sla = self._named(d, "sla", step.spec.get("sla")) or {}
        self.calendar = self._calendar(d, sla.get("calendar"))
        critical = step.values.get("sla.critical") or (compile_value(sla["critical"]) if "critical" in sla else None)
        self.critical = d.holds(critical, step.path) if critical is not None else False
        due = timedelta(seconds=sla["due"]) if sla.get("due") is not None else None
        self.deadlines: Deadlines = deadlines(self.created_at, due, self.calendar)
        raw = self._named(d, "escalation", step.spec.get("escalate")) or []
        self.conditions = [item.get("when") for item in raw]
        levels = [self._level(d, step.path, index, item) for index, item in enumerate(raw)]
        self.planned: tuple[PlannedLevel, ...] = schedule(self.created_at, levels, self.calendar)
        self.unanswered = step.spec.get("unanswered")

    def _named(self, d: Deciding, kind: str, spec: Any) -> Any:
        """What is written inline wins over what is named."""
        if not isinstance(spec, Mapping) or "policy" not in spec:
            return spec
        policy = d.world.policy(kind, spec["policy"])
        self.pins[f"{kind}:{policy.name}"] = policy.version
        if isinstance(policy.body, Mapping):
            return {**policy.body, **{key: value for key, value in spec.items() if key != "policy"}}
        return policy.body

    def _calendar(self, d: Deciding, name: str | None) -> Calendar:
        if name is None:
            return ALWAYS_OPEN
        calendar = d.world.calendar(name)
        self.pins[f"calendar:{name}"] = calendar.version
        return calendar

    def _level(self, d: Deciding, at: str, index: int, item: Mapping[str, Any]) -> Level:
        when = compile_value(item["when"]) if item.get("when") is not None else None
        return Level(
            index=index,
            after=timedelta(seconds=item["after"]),
            business=bool(item.get("business", False)),
            to=item["to"],
            priority=item.get("priority"),
            mode=item.get("mode", "add"),
            applies=d.holds(when, at, sla={"critical": self.critical}) if when is not None else True,
        )

    def future(self) -> tuple[FutureStep, ...]:
        """Everything that will happen to the task by itself, in the order of its time."""
        steps = [
            FutureStep(kind, at, business=self.calendar is not ALWAYS_OPEN)
            for kind, at in (
                ("half", self.deadlines.half_at),
                ("three_quarters", self.deadlines.three_quarters_at),
                ("breach", self.deadlines.due_at),
            )
            if at is not None
        ]
        steps += [
            FutureStep(
                "level",
                planned.at,
                level=planned.level.index,
                to=planned.level.to,
                applies=planned.level.applies,
                mode=planned.level.mode,
                priority=planned.level.priority,
                when=self.conditions[planned.level.index],
                business=planned.level.business,
            )
            for planned in self.planned
        ]
        if self.unanswered is not None:
            at = self.created_at + timedelta(seconds=self.unanswered["after"])
            steps.append(FutureStep("unanswered", at, outcome=self.unanswered["outcome"]))
        return tuple(sorted(steps, key=_by_time))


def _by_time(step: FutureStep) -> datetime:
    return step.at
