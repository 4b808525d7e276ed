"""Branches and items side by side: how many must end well, and when the block is over.

The counters live in the block's scope: `count` in all, `open` now, `next` to be opened, `done` well, `failed`. One that
ends costs the same however many there are; what they gave is gathered once, at the join.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orchestration.core.deciding import Deciding
from orchestration.core.language.definition import Around, Step

JOINING = ("parallel", "each")
MAX_TOLD = 20  # errors that are told one by one


@dataclass(frozen=True, slots=True)
class Over:
    """A block is over: `error` where it could not be joined, else its result."""

    result: Any = None
    error: Mapping[str, Any] | None = None


def errors_of(step: Step) -> str | None:
    """What an error inside leads to where the block says so: ask, collect or stop."""
    return step.spec.get("errors") if step.kind in JOINING else None


def opened(count: int, at_once: int) -> dict[str, int]:
    """The counters of a block that opens so many of its branches or items at once."""
    open_now = min(count, at_once)
    return {"count": count, "open": open_now, "next": open_now + 1, "done": 0, "failed": 0}


def verdict(d: Deciding, path: str, step: Step) -> Over | None:
    """None while the block goes on."""
    scope = d.work.steps[path].scope or {}
    needed = _needed(step, scope["count"])
    if scope["done"] >= needed:
        d.cancel_inside(path, "Enough others were done.")
        return Over(_result(d, path, step))
    if scope["open"] == 0:
        return Over(error=_impossible(d, path, needed))
    return None


def ended(d: Deciding, around: Around, *, well: bool) -> Over | None:
    """One branch or item has ended. Opens the next item; says where the block is over."""
    scope = _counters(d, around)
    scope["open"] -= 1
    scope["done" if well else "failed"] += 1
    following = scope["next"] if scope["next"] <= scope["count"] else None
    if following is not None and scope["done"] < _needed(around.step, scope["count"]):
        scope |= {"open": scope["open"] + 1, "next": following + 1}
        d.work.begin(f"{around.path}#{following}")
        d.entering.append(around.block.first(f"{around.path}#{following}"))
    data = {"path": around.path, "scope": scope, "of": around.within}
    d.record("step.joined", data if well else {**data, "failed": True})
    return verdict(d, around.path, around.step)


def _counters(d: Deciding, around: Around) -> dict[str, Any]:
    """A block that an earlier version opened counted only its open branches."""
    scope = dict(d.work.steps[around.path].scope or {})
    if "count" not in scope:
        count = len(around.step.blocks)
        scope |= {"count": count, "next": count + 1, "done": count - scope["open"], "failed": 0}
    return scope


def _needed(step: Step, count: int) -> int:
    join = step.spec.get("join", "all")
    if join == "all":
        return count
    return 1 if join == "any" else int(join["at_least"])


def _result(d: Deciding, path: str, step: Step) -> Any:
    if step.kind == "each":
        return results_of(d, path, step, (d.work.steps[path].scope or {})["count"])
    if step.spec.get("join", "all") == "all":
        return None
    return {"done": [block.name for block in step.blocks if _ended_well(d, f"{path}/{block.name}", block.steps)]}


def _ended_well(d: Deciding, within: str, steps: tuple[Step, ...]) -> bool:
    if not steps:
        return True
    last = d.work.steps.get(f"{within}/{steps[-1].id}")
    return last is not None and last.status in ("succeeded", "skipped")


def results_of(d: Deciding, path: str, step: Step, count: int) -> list[Any]:
    """What the iterations of a loop gave, in their order; null for those that did not end well."""
    told = step.spec.get("result") or step.blocks[0].steps[-1].id
    results = {run.path: run.result for run in d.all_steps(path) if run.id == told}
    return d.wholes(results.get(f"{path}#{number}/{told}") for number in range(1, count + 1))


def _impossible(d: Deciding, path: str, needed: int) -> dict[str, Any]:
    """The error of a block too few of whose branches or items ended well."""
    scope = d.work.steps[path].scope or {}
    errors: list[dict[str, Any]] = []
    for run in d.all_steps(path):
        around = d.world.definition.parent(run.path)
        if run.status == "failed" and around is not None and around.path == path and len(errors) < MAX_TOLD:
            said = {name: (run.error or {}).get(name, "") for name in ("code", "message")}
            errors.append({"of": around.within.rpartition("/")[2], "step": run.id, **said})
    told = "; ".join(f"{error['of']}: {error['message']}" for error in errors[:3])
    message = f"{scope['done']} of {scope['count']} ended well, {needed} had to. {told}".strip()
    return {"class": "permanent", "code": "join", "message": message, "errors": errors}
