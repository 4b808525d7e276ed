"""Moving an open run to another version of its workflow, by an explicit map of steps.

What is done stays done: where the new text has the step at another place, its end is noted there too, and the old step
run is left as it was. What is open stays where it is, or begins anew as the new text says. Whatever has no place is a
reason to refuse, and all reasons are given at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from orchestration.core import paths
from orchestration.core.deciding import Deciding
from orchestration.core.effects import AwaitEvent, RenameReview
from orchestration.core.events import MigrationRequested
from orchestration.core.language.definition import Definition, Step, blocks_of
from orchestration.core.state import RunState, StepState
from orchestration.exceptions import InvalidTransition

CALLS = ("tool", "ai")
BLOCKS = ("switch", "parallel", "each", "repeat")
NOT_BEGUN = ("ready", "retrying", "limited", "incident")


@dataclass(slots=True)
class Plan:
    """What a migration would do to one run. `faults` are reasons to refuse it, `notes` what is worth knowing."""

    moved: dict[str, str] = field(default_factory=dict)  # paths of finished steps, and where the new text has them
    anew: list[str] = field(default_factory=list)  # paths of open steps that begin anew
    renamed: dict[str, str] = field(default_factory=dict)  # paths of open steps that begin anew at another place
    carried: dict[str, str] = field(default_factory=dict)  # paths of what is open and goes on at another place
    held: dict[str, str] = field(default_factory=dict)  # of what a paused run enters later, at another place
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def plan(state: RunState, old: Definition, new: Definition, step_map: Mapping[str, str]) -> Plan:
    """`step_map` has new ids by old ones; a step that it does not name keeps its id."""
    made = Plan(faults=list(_faults_of_map(old, new, step_map)))
    if state.status != "running":
        made.faults.append(f"The run is {state.status}: only open runs are migrated.")
        return made
    texts = _Texts(old, new, step_map)
    for step in state.steps.values():
        if not _has(old, step.path):
            continue  # it stayed behind when the run went on to the version that it is on now
        if "~" in step.path:
            _place_beside(made, step, texts)
        else:
            _place(made, step, texts.target(step.id), texts)
    for path in state.held:
        _place_held(made, path, texts)
    _keep_off_what_has_ended(made, state)
    made.notes += _passed_over(state, new, made)
    return made


def migrated(d: Deciding, event: MigrationRequested) -> None:
    """Decided in the world of the new version; the plan was made, and was free of faults, under the same lock."""
    if d.work.run.status != "running":
        raise InvalidTransition(f"The run cannot be migrated: it is {d.work.run.status} already.")
    data = {"from": event.old, "to": d.world.version, "map": dict(event.step_map)}
    for path in (*event.anew, *event.renamed):
        d.withdraw(path, "The step begins anew on another version.")
        review = d.work.steps[path].review
        d.stop(d.armed_of(path) + (d.armed_of(review["key"]) if review and review["key"] != path else []))
    elsewhere = {"renamed": dict(event.renamed), "carried": dict(event.carried)}
    said = {name: places for name, places in elsewhere.items() if places}
    d.record("run.migrated", {**data, "moved": dict(event.moved), "anew": list(event.anew), **said})
    for path in event.renamed:
        d.record("step.cancelled", {"path": path})
    for path, place in event.carried.items():
        _carry(d, path, place)
    if event.held:
        d.record("run.held", {"paths": list(event.held.values()), "dropped": list(event.held)})
    d.entering.extend((*event.anew, *event.renamed.values()))


def _carry(d: Deciding, path: str, place: str) -> None:
    """What waits at its new place is told of by its new name, and its clocks strike there at the old instants."""
    step = d.work.steps[place]
    clocks = [timer for timer in d.timers_of(path) if timer.status in ("armed", "held")]
    d.stop([timer.name for timer in clocks])
    d.arm([(f"{place}:{timer.name.rpartition(':')[2]}", timer.clock, timer.due_at) for timer in clocks])
    if step.kind == "review":
        d.effects.append(RenameReview(path, place, step.id))
    elif step.kind == "wait" and step.input is not None:  # only those for an event were given something
        d.effects.append(AwaitEvent(place, step.input["event"], step.input["key"]))


@dataclass(frozen=True, slots=True)
class _Texts:
    """The text that the run has gone by, the one that it is to go by, and the map between them."""

    old: Definition
    new: Definition
    step_map: Mapping[str, str]

    def target(self, id_: str) -> Step | None:
        """What the new text has for the step of this id in the old one."""
        return _target(self.new, self.step_map.get(id_, id_))

    def place(self, path: str, target: Step) -> str | None:
        """Where the new text has what stood at the path of the run: in the same iterations of the same loops. None
        where the loops around are others."""
        before, after = self.old.loops_around(paths.written(path)), self.new.loops_around(target.path)
        ids = [self.old.at(each).id for each in before]
        if [self.step_map.get(each, each) for each in ids] != [self.new.at(each).id for each in after]:
            return None
        made = target.path
        for loop, number in reversed(list(zip(after, paths.numbers_of(path), strict=True))):
            made = f"{made[: len(loop)]}{number}{made[len(loop) :]}"
        return made

    def is_beside(self, path: str, place: str) -> bool:
        """Whether around the place is what was around the path, be it under other names."""
        return self._sequence(path) == paths.sequence_of(place)

    def _sequence(self, path: str) -> str | None:
        """The sequence that the new text has for the one that the step stands in. None: it has none."""
        around = self.old.parent(path)
        if around is None:
            return ""
        target, outer = self.target(around.step.id), self._sequence(around.path)
        if target is None or target.kind != around.step.kind or outer is None:
            return None
        block = f"{outer}/{target.id}".removeprefix("/")
        has_it = around.block.name in {each.name for each in blocks_of(target)}
        if not has_it or paths.written(block) != target.path:
            return None
        return f"{block}{around.within[len(around.path) :]}"


def _faults_of_map(old: Definition, new: Definition, step_map: Mapping[str, str]) -> Iterator[str]:
    for before, after in step_map.items():
        if _target(old, before) is None:
            yield f"The version of now has no step {before}."
        if _target(new, after) is None:
            yield f"The new version has no step {after}."
    for after in {each for each in step_map.values() if list(step_map.values()).count(each) > 1}:
        yield f"Two steps cannot both become {after}."


def _target(definition: Definition, id_: str) -> Step | None:
    try:
        return definition.step(id_)
    except KeyError:
        return None


def _has(definition: Definition, path: str) -> bool:
    try:
        definition.at(path.rpartition("#")[0] if paths.is_iteration(path) else path)
    except KeyError:
        return False
    return True


def _place(made: Plan, step: StepState, target: Step | None, texts: _Texts) -> None:
    if target is None:
        if step.is_open:
            made.faults.append(f"{step.path} is open and has no place in the new text.")
        elif step.status == "succeeded":
            made.notes.append(f"{step.path} is done and has no place in the new text: nothing reads its result there.")
    elif target.kind != step.kind:
        done = "open" if step.is_open else "done"
        made.faults.append(f"{step.path} is {done} as {step.kind}, and the new text has {target.id} as {target.kind}.")
    elif step.is_open:
        _place_open(made, step, target, texts)
    else:
        _place_ended(made, step, target, texts)


def _place_ended(made: Plan, step: StepState, target: Step, texts: _Texts) -> None:
    place = texts.place(step.path, target)
    if place is None:
        made.faults.append(f"{step.path} is done, and in the new text it stands in another loop, or in none.")
    elif place != step.path:
        made.moved[step.path] = place


def _place_open(made: Plan, step: StepState, target: Step, texts: _Texts) -> None:
    was, place = texts.old.at(step.path), texts.place(step.path, target)
    beside = place if place is not None and texts.is_beside(step.path, place) else None
    if beside is not None and beside != step.path and _may_be_carried(step):
        _place_waiting(made, step, was, target, beside)
    elif place != step.path and (beside is None or step.status not in NOT_BEGUN or step.kind in BLOCKS):
        made.faults.append(_stands_elsewhere(step, target))
    elif step.kind in BLOCKS:
        made.faults += _faults_of_block(step, was, target)
    elif place == step.path and was.spec == target.spec:
        return
    elif step.kind == "review" and step.status == "waiting":
        _place_asked(made, step, was, target)
    elif (step.scope or {}).get("unsure"):
        made.faults.append(f"{step.path} may have taken effect; it begins anew only when that is settled.")
    elif place is not None and place != step.path:
        made.renamed[step.path] = place
    elif step.status in NOT_BEGUN:
        made.anew.append(step.path)
    elif step.kind in CALLS:
        made.faults.append(f"{step.path} is being done right now, and the new text does it otherwise: wait for it.")
    else:
        made.faults.append(f"{step.path} waits by what the old text says, and the new text says otherwise.")


def _place_asked(made: Plan, step: StepState, was: Step, target: Step) -> None:
    if _outcomes(was) != _outcomes(target):
        made.faults.append(f"{step.path} is being asked with other outcomes than the new text has.")
    else:
        made.notes.append(f"{step.path} goes on as it was asked; what the new text says of it counts later.")


def _may_be_carried(step: StepState) -> bool:
    """Whether it waits: for somebody, for something, or for what stands in it."""
    return step.status == "waiting" and step.kind in ("review", "wait", *BLOCKS)


def _place_waiting(made: Plan, step: StepState, was: Step, target: Step, place: str) -> None:
    if step.kind in BLOCKS:
        faults = list(_faults_of_block(step, was, target))
        made.faults += faults
        made.carried |= {} if faults else {step.path: place}
    elif (step.scope or {}).get("handling"):
        made.faults.append(f"{step.path} has failed, and its on_error is being done: wait for it.")
    elif step.kind == "review" and (step.review or {}).get("status") != "open":
        made.faults.append(f"{step.path} was decided just now: wait until the decision counts.")
    elif not _asks_the_same(was, target):
        said = (
            "is being asked with other outcomes than {} has"
            if step.kind == "review"
            else "waits otherwise than {} does"
        )
        made.faults.append(f"{step.path} {said.format(target.id)} in the new text.")
    else:
        made.carried[step.path] = place


def _asks_the_same(was: Step, target: Step) -> bool:
    """The rest of a review stays as it was asked."""
    return _outcomes(was) == _outcomes(target) if was.kind == "review" else was.spec["wait"] == target.spec["wait"]


def _stands_elsewhere(step: StepState, target: Step) -> str:
    if step.kind in CALLS and step.status == "running":
        return (
            f"{step.path} is being done right now, and stands elsewhere in the new text, at {target.path}: wait for it."
        )
    if step.kind == "workflow":
        return (
            f"{step.path} waits for the run that it started, which answers it by this name; "
            f"the new text has it at {target.path}: wait for that run, or keep the name."
        )
    return f"{step.path} is open and stands elsewhere in the new text, at {target.path}."


def _place_held(made: Plan, path: str, texts: _Texts) -> None:
    """A step, or an iteration, that begins when the run goes on."""
    step_path, number = paths.block_of(path) if paths.is_iteration(path) else (path, None)
    target = texts.target(texts.old.at(step_path).id)
    place = texts.place(step_path, target) if target is not None else None
    if place is None or not texts.is_beside(step_path, place):
        made.faults.append(f"{path} is to begin when the run goes on, and has no place in the new text.")
    elif place != step_path:
        made.held[path] = place if number is None else f"{place}#{number}"


def _keep_off_what_has_ended(made: Plan, state: RunState) -> None:
    """A run that goes back to names that it has left finds there what has ended, and what has ended never changes."""
    for path, place in list(made.moved.items()):
        there, step = state.steps.get(place), state.steps[path]
        if there is None:
            continue
        if (there.status, there.result) == (step.status, step.result):
            del made.moved[path]
        else:
            made.faults.append(f"{path} cannot go to {place}: something else has ended there in this run.")
    for path, place in (*made.renamed.items(), *made.carried.items()):
        if place in state.steps:
            made.faults.append(
                f"{path} cannot go to {place}: something has ended there in this run, and what has ended never "
                f"changes. Give it a name that the run has not had yet."
            )


def _place_beside(made: Plan, step: StepState, texts: _Texts) -> None:
    """What undoes a step goes where the step goes. Another tool that is being called stays where it is."""
    by, _, name = step.path.partition("~")
    target = texts.target(step.id)
    found = texts.place(by, target) if target is not None else None
    place = f"{found}~{name}" if found is not None and _has(texts.new, f"{found}~{name}") else None
    if step.status == "registered" and place is None:
        made.faults.append(f"{by} can be undone, and the new text does not say how.")
    elif step.status == "registered" and place is not None and place != step.path:
        made.moved[step.path] = place
    elif step.is_open and (place != step.path or texts.old.at(place).spec != texts.new.at(place).spec):
        made.faults.append(f"Another tool stands in for {by}, and the new text says otherwise: wait for it.")


def _faults_of_block(step: StepState, was: Step, target: Step) -> Iterator[str]:
    if step.kind == "switch":
        taken = (step.scope or {}).get("taken")
        if taken not in {block.name for block in target.blocks}:
            yield f"{step.path} went the way {taken}, which the new text does not have."
        return
    if [block.name for block in was.blocks] != [block.name for block in target.blocks]:
        yield f"{step.path} is open with other branches than the new text has."
    for name in ("join", "errors", "concurrency", "max", "until"):
        if was.spec.get(name) != target.spec.get(name):
            yield f"{step.path} is open, and its {name} is another in the new text."


def _outcomes(step: Step) -> list[str]:
    return [str(outcome["id"]) for outcome in step.spec["outcomes"]]


def _passed_over(state: RunState, new: Definition, made: Plan) -> Iterator[str]:
    """Steps of the new text that the run has passed already and will never do."""
    known = {*state.steps, *made.moved.values(), *made.renamed.values(), *made.carried.values()}
    for step in new.all_steps():
        following = new.following(step.path)
        while step.path not in known and following is not None:
            if following in known:
                yield f"{step.path} is new and lies before where the run is: it will not be done."
                break
            following = new.following(following)
