"""A workflow as nested blocks: as it is written, or with the state of one run laid over it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext as _

from orchestration import api
from orchestration.api import Block, Definition, Step
from reviewhub.studio.conditions import condition
from reviewhub.studio.describing import Chip, Level, describe
from reviewhub.studio.facts import Names
from reviewhub.studio.states import UNDONE, State, step_state
from reviewhub.studio.wording import length

STOPS = ("end", "continue", "fail")
LOOPS = ("each", "repeat")
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
    blocks = _all_drawn(definition.steps, None, lines or {})
    return (*_triggers(definition), *blocks, *_drawn_handlers(definition, None, lines or {}))


def drawn_run(
    definition: Definition, steps: Mapping[str, Any], chosen: str, *, ended: bool, query: str = "?step="
) -> tuple[Drawn, ...]:
    """`steps` are the run's step runs by path; `ended` says that what is missing will not come any more."""
    overlay = _Overlay(_shown(steps, chosen), steps, chosen, ended, query)
    return (*_all_drawn(definition.steps, overlay, {}), *_drawn_handlers(definition, overlay, {}))


def _shown(steps: Mapping[str, Any], chosen: str) -> Mapping[str, Any]:
    """One step run for each block of the drawing: in a loop that of the chosen iteration, or of the newest."""
    shown = {api.written(path): row for path, row in steps.items()}
    around = api.iteration_of(chosen)
    while around:
        shown |= {api.written(path): row for path, row in steps.items() if path.startswith(f"{around}/")}
        around = api.iteration_of(around.rpartition("#")[0])
    return shown


@dataclass(frozen=True, slots=True)
class _Overlay:
    steps: Mapping[str, Any]  # by the path of the block that is drawn
    whole: Mapping[str, Any]  # by their own paths
    chosen: str
    ended: bool
    query: str  # what leads to a step, before its path

    def state(self, path: str) -> State | None:
        row = self.steps.get(path)
        if row is None:
            return None
        undo = self.whole.get(api.undo_of(row.path))
        state = step_state(row, undo)
        if state in UNDONE.values():
            return state
        took = row.ended_at - row.started_at if row.status == "succeeded" and row.ended_at else SHORTEST
        timed = row.kind in ("tool", "ai", "review") and took > SHORTEST
        return State(length(took), state.tone, state.icon) if timed else state

    def reached(self, path: str) -> str:
        row = self.steps.get(path)
        return "no" if row is None or row.status in ("skipped", "cancelled") else "yes"


def _all_drawn(steps: Iterable[Step], overlay: _Overlay | None, lines: Mapping[str, int]) -> tuple[Drawn, ...]:
    return tuple(drawn for step in steps for drawn in _with_handlers(step, overlay, lines))


def _drawn_handlers(definition: Definition, overlay: _Overlay | None, lines: Mapping[str, int]) -> Iterator[Drawn]:
    """What is done before the run ends as failed."""
    if definition.handlers is not None:
        yield _handlers(_("If the run fails"), _("before it ends"), definition.handlers, overlay, lines)


def _with_handlers(step: Step, overlay: _Overlay | None, lines: Mapping[str, int]) -> Iterator[Drawn]:
    yield _drawn(step, overlay, lines)
    if step.handlers is not None:
        title = _("If %(step)s fails") % {"step": describe(step.kind, step.spec).title or step.id}
        yield _handlers(title, _("instead of failing"), step.handlers, overlay, lines)


def _handlers(title: str, label: str, block: Block, overlay: _Overlay | None, lines: Mapping[str, int]) -> Drawn:
    begun = overlay is not None and block.steps[0].path in overlay.steps
    reached = "" if overlay is None else "yes" if begun else "no"
    way = Branch(label, _all_drawn(block.steps, overlay, lines), reached)
    return Drawn(title=title, detail="", icon="alert", branches=(way,), reached=reached)


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
        chips=said.chips if overlay is None else _progress(row),
        more=(*said.more, *said.concerns) if overlay is None else said.more,
        chain=said.chain,
        last=said.last,
        branches=tuple(_branches(step, overlay, lines)),
        joined=step.kind == "parallel" or step.kind in LOOPS,
        href=f"{overlay.query}{quote(row.path)}" if overlay and row is not None else f"#line-{line}" if line else "",
        line=line,
        state=overlay.state(step.path) if overlay and step.kind not in STOPS else None,
        reached=overlay.reached(step.path) if overlay else "",
        current=row is not None and overlay is not None and overlay.chosen == row.path,
    )


def _progress(row: Any) -> tuple[Chip, ...]:
    """How far a loop is."""
    scope = (row.scope or {}) if row is not None and row.kind in LOOPS else {}
    if "round" in scope:
        return (Chip(_("Round %(number)s") % {"number": scope["round"]}),)
    return (Chip(_("%(done)s of %(count)s done") % scope),) if "count" in scope else ()


def _branches(step: Step, overlay: _Overlay | None, lines: Mapping[str, int]) -> Iterator[Branch]:
    row = overlay.steps.get(step.path) if overlay else None
    taken = (row.scope or {}).get("taken") if row is not None else None
    for block in step.blocks:
        blocks = _all_drawn(block.steps, overlay, lines)
        yield Branch(_label(step, block.name), blocks, _branch_reached(step, overlay, row, block.name == taken))


def _branch_reached(step: Step, overlay: _Overlay | None, row: Any, taken: bool) -> str:
    if overlay is None:
        return ""
    if step.kind == "switch" and row is not None:
        return "yes" if taken else "no"
    return "yes" if row is not None else ("no" if overlay.ended else "")


def _label(step: Step, block: str) -> str:
    if step.kind in LOOPS:
        return _("each item") if step.kind == "each" else _("each round")
    if step.kind != "switch":
        return block
    if block == "otherwise":
        return _("otherwise")
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
    webhooks = [trigger["webhook"] for trigger in definition.triggers if "webhook" in trigger]
    hooks = [webhook["path"] for webhook in webhooks if "event" not in webhook]
    told = [
        Chip(_("%(address)s tells %(event)s") % {"address": f"/hooks/{hook['path']}/", "event": hook["event"]["name"]})
        for hook in webhooks
        if "event" in hook
    ]
    events = [trigger["event"]["name"] for trigger in definition.triggers if "event" in trigger]
    ways = [*([_("webhook")] if hooks else []), *([_("event")] if events else []), _("API or by hand")]
    title = ", ".join(ways)
    said = [_("Signed events at %(address)s") % {"address": f"/hooks/{hook}/"} for hook in hooks[:1]]
    said += [_("The event %(name)s") % {"name": name} for name in events[:1]]
    detail = ", ".join(said) or _("Nothing starts it by itself")
    once = {"open": _("One open run for each key"), "ever": _("One run ever for each key")}.get(definition.key_while)
    chips = (*([Chip(once)] if once and definition.key is not None else []), *told)
    yield Drawn(title=f"{title[:1].upper()}{title[1:]}", detail=detail, icon="hook", more=chips)
