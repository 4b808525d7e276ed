"""A workflow as nested blocks: as it is written, or with the state of one run laid over it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from orchestration.api import Definition, Step
from reviewhub.studio.conditions import condition
from reviewhub.studio.describing import Chip, Level, describe
from reviewhub.studio.facts import Names
from reviewhub.studio.states import State, step_state
from reviewhub.studio.wording import length

STOPS = ("end", "fail")
SHORTEST = timedelta(seconds=0.05)  # below it a length of time says nothing


@dataclass(frozen=True, slots=True)
class Branch:
    """One way through a fork."""

    label: str
    blocks: tuple[Drawn, ...]
    reached: str = ""  # no: the run did not come here; empty where there is no run


@dataclass(frozen=True, slots=True)
class Drawn:
    """One block of the drawing."""

    title: str
    detail: str
    icon: str
    tone: str = ""
    is_stop: bool = False
    chips: tuple[Chip, ...] = ()
    more: tuple[Chip, ...] = ()
    chain: tuple[Level, ...] = ()
    last: str = ""
    branches: tuple[Branch, ...] = ()
    joined: bool = False
    href: str = ""
    line: int = 0  # in the text beside it; 0 for none
    state: State | None = None
    reached: str = ""
    current: bool = False

    @property
    def count(self) -> str:
        """How many branches, as far as the layout asks."""
        return str(len(self.branches)) if len(self.branches) <= 3 else "many"


def drawn_definition(definition: Definition, lines: Mapping[str, int] | None = None) -> tuple[Drawn, ...]:
    """`lines` are those of the steps' ids in a text beside the drawing, to which the blocks then lead."""
    return (*_triggers(definition), *(_drawn(step, None, lines or {}) for step in definition.steps))


def drawn_run(definition: Definition, steps: Mapping[str, Any], chosen: str, *, ended: bool) -> tuple[Drawn, ...]:
    """`steps` are the run's step runs by path; `ended` says that what is missing will not come any more."""
    overlay = _Overlay(steps, chosen, ended)
    return tuple(_drawn(step, overlay, {}) for step in definition.steps)


@dataclass(frozen=True, slots=True)
class _Overlay:
    steps: Mapping[str, Any]
    chosen: str
    ended: bool

    def state(self, path: str) -> State | None:
        row = self.steps.get(path)
        if row is None:
            return None
        state = step_state(row)
        took = row.ended_at - row.started_at if row.status == "succeeded" and row.ended_at else SHORTEST
        timed = row.kind in ("tool", "ai", "review") and took > SHORTEST
        return State(length(took), state.tone, state.icon) if timed else state

    def reached(self, path: str) -> str:
        row = self.steps.get(path)
        return "no" if row is None or row.status in ("skipped", "cancelled") else "yes"


def _drawn(step: Step, overlay: _Overlay | None, lines: Mapping[str, int]) -> Drawn:
    said = describe(step.kind, step.spec)
    row = overlay.steps.get(step.path) if overlay else None
    line = lines.get(step.id, 0)
    return Drawn(
        title=said.title or step.id,
        detail=said.detail,
        icon=said.icon,
        tone=said.tone,
        is_stop=step.kind in STOPS,
        chips=said.chips if overlay is None else (),
        more=(*said.more, *said.concerns) if overlay is None else said.more,
        chain=said.chain,
        last=said.last,
        branches=tuple(_branches(step, overlay, lines)),
        joined=step.kind == "parallel",
        href=f"?step={step.path}" if row is not None else f"#line-{line}" if line else "",
        line=line,
        state=overlay.state(step.path) if overlay and step.kind not in STOPS else None,
        reached=overlay.reached(step.path) if overlay else "",
        current=overlay is not None and overlay.chosen == step.path,
    )


def _branches(step: Step, overlay: _Overlay | None, lines: Mapping[str, int]) -> Iterator[Branch]:
    row = overlay.steps.get(step.path) if overlay else None
    taken = (row.scope or {}).get("taken") if row is not None else None
    for block in step.blocks:
        blocks = tuple(_drawn(inner, overlay, lines) for inner in block.steps)
        yield Branch(_label(step, block.name), blocks, _branch_reached(step, overlay, row, block.name == taken))


def _branch_reached(step: Step, overlay: _Overlay | None, row: Any, taken: bool) -> str:
    if overlay is None:
        return ""
    if step.kind == "switch" and row is not None:
        return "yes" if taken else "no"
    return "yes" if row is not None else ("no" if overlay.ended else "")


def _label(step: Step, block: str) -> str:
    if step.kind != "switch":
        return block
    if block == "otherwise":
        return "otherwise"
    return condition(str(step.spec["cases"][int(block)]["when"]))


def names_of(definition: Definition) -> Names:
    """What the workflow calls its parts, by path."""
    steps = list(definition.all_steps())
    return Names(
        titles={step.path: describe(step.kind, step.spec).title or step.id for step in steps},
        kinds={step.path: step.kind for step in steps},
        outcomes={
            (step.path, outcome["id"]): outcome["label"]
            for step in steps
            if step.kind == "review"
            for outcome in step.spec["outcomes"]
        },
        branches={(step.path, block.name): _label(step, block.name) for step in steps for block in step.blocks},
    )


def _triggers(definition: Definition) -> Iterator[Drawn]:
    """How a run begins: the first block of every drawing of a workflow."""
    hooks = [trigger["webhook"]["path"] for trigger in definition.triggers if "webhook" in trigger]
    events = [trigger["event"]["name"] for trigger in definition.triggers if "event" in trigger]
    ways = [*(["Webhook"] if hooks else []), *(["event"] if events else []), "API or by hand"]
    title = ", ".join(ways)
    said = [*(f"Signed events at /hooks/{hook}/" for hook in hooks[:1]), *(f"The event {name}" for name in events[:1])]
    detail = ", ".join(said) or "Nothing starts it by itself"
    once = {"open": "One open run for each key", "ever": "One run ever for each key"}.get(definition.key_while)
    chips = (Chip(once),) if once and definition.key is not None else ()
    yield Drawn(title=f"{title[:1].upper()}{title[1:]}", detail=detail, icon="hook", more=chips)
