"""A workflow as the engine reads it: frozen, compiled from its canonical form.

Canonical steps carry `kind` and `id` beside the keys of their kind; what was not written is absent. Durations are
seconds. Shapes by kind:

- tool: tool, version, with, retry, timeout, ambiguous, cache, undo {tool, version, with, …},
  fallback [{tool, version, …}]
- ai: ai, with, retry, timeout
- review: title, outcomes [{id, label, risk, reason}], assign {queue, exclude, skills, approvals: 1 or {need, of,
  targets, in_order, blind, alone, disagree}}, and where written
  recommendation, highlights [{label, value}], fields [{name, label, value, edit, type, read}],
  concerns [{when, say, because}], context, sla {policy, due, calendar, critical},
  escalate [{after, to {kind, of | name}, when, priority, mode,
  business}] or {policy}, unanswered {after, outcome}, undo
- wait: wait {for, calendar} or {until} or {event, key, unanswered {after, outcome}} · emit: emit {event, key, with}
- each: in, steps, and where written concurrency, join, errors, result · repeat: steps, max, until, while, result
- any but set, end and fail, where written: on_error [steps] · blocks and reviews: timeout
- switch: cases [{when, steps}], the last without `when` being otherwise
- parallel: join (all | any | {at_least}), branches [{name, steps}], and where written errors
- set: set · end: end · fail: fail
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from orchestration.core import paths
from orchestration.core.language.canonical import content_hash
from orchestration.core.language.expressions import Value, compile_value

LOOPS = ("each", "repeat")
ON_ERROR = "on_error"  # the name of the block of a step's handlers


@dataclass(frozen=True, slots=True)
class Block:
    """Steps that run one after another: a branch of a parallel step, a case of a switch ("0", "1", "otherwise"), or
    what a loop does over and over (its name is empty)."""

    name: str
    when: Value | None
    steps: tuple[Step, ...]

    def first(self, within: str) -> str:
        """The path of its first step, given the path of the branch, the case or the iteration."""
        return f"{within}/{self.steps[0].id}"


@dataclass(frozen=True, slots=True)
class Step:
    """`path` is the id at the top level, and parent's path / block's name / id inside.

    `values` by kind: tool and ai "with" · wait "until" or "key" · emit "key", "with" · set "set" ·
    end "end" · fail "fail" · each "in" · repeat "until", "while" · review "title", "recommendation",
    "context", "outcomes.0.risk", "highlights.0", "fields.amount", "fields.amount.read", "concerns.0.when",
    "concerns.0.say", "assign.exclude.0", "assign.skills.0", "sla.critical", "escalate.0.when". What was not
    written is absent.
    """

    id: str
    kind: str
    path: str
    spec: Mapping[str, Any]
    values: Mapping[str, Value]
    when: Value | None
    blocks: tuple[Block, ...]
    handlers: Block | None = None  # what `on_error` does
    undo: Step | None = None  # what undoes it
    fallbacks: tuple[Step, ...] = ()  # the tools that take its place, in their order


@dataclass(frozen=True, slots=True)
class Around:
    """What a step stands in: the block step's path, the block step, the block, and in a loop which iteration."""

    path: str
    step: Step
    block: Block
    number: int | None

    @property
    def within(self) -> str:
        """The path of the branch, the case or the iteration."""
        if self.number is not None:
            return f"{self.path}#{self.number}"
        return f"{self.path}/{self.block.name}" if self.block.name else self.path


@dataclass(frozen=True, eq=False)
class Definition:
    """Equal and hashable by its content."""

    name: str
    title: str
    owner: str
    input_schema: Mapping[str, Any]
    key: Value | None
    key_while: str  # open | ever | always
    triggers: tuple[Mapping[str, Any], ...]  # {"webhook": {"path", "secret", "event"}}, {"event": {"name", "map"}}
    sla: Mapping[str, Any] | None  # {"due": seconds, "calendar"} of the whole run
    limits: Mapping[str, Any]  # {"duration": seconds, "steps": number}, each where written
    steps: tuple[Step, ...]
    content_hash: str
    canonical: Mapping[str, Any] = field(repr=False)
    handlers: Block | None = None  # what `on_error` of the workflow does

    def __post_init__(self) -> None:
        by_path: dict[str, Step] = {}
        by_id: dict[str, Step] = {}
        parents: dict[str, tuple[Step, Block]] = {}
        next_of: dict[str, Step] = {}
        loops: dict[str, tuple[str, ...]] = {}
        blocks = [*_blocks_of(None, self.steps), *_blocks_of(None, self.handlers.steps if self.handlers else ())]
        for parent, steps in blocks:
            for index, step in enumerate(steps):
                by_path[step.path] = by_id[step.id] = step
                loops[step.path] = _loops_around(parent, loops)
                if parent is not None:
                    parents[step.path] = parent
                if index + 1 < len(steps):
                    next_of[step.path] = steps[index + 1]
                for beside in _beside(step):
                    by_path[beside.path] = beside
                    if parent is not None and beside.kind != "undo":
                        parents[beside.path] = parent
        indexes = {"_by_path": by_path, "_by_id": by_id, "_parents": parents, "_next_of": next_of, "_loops": loops}
        for name, index_of in indexes.items():
            object.__setattr__(self, name, index_of)

    _by_path: Mapping[str, Step] = field(init=False, repr=False)
    _by_id: Mapping[str, Step] = field(init=False, repr=False)
    _parents: Mapping[str, tuple[Step, Block]] = field(init=False, repr=False)
    _next_of: Mapping[str, Step] = field(init=False, repr=False)
    _loops: Mapping[str, tuple[str, ...]] = field(init=False, repr=False)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Definition) and other.content_hash == self.content_hash

    def __hash__(self) -> int:
        return hash(self.content_hash)

    def step(self, id_: str) -> Step:
        """Raises `KeyError`."""
        return self._by_id[id_]

    def at(self, path: str) -> Step:
        """The step at a path of a run; its `path` is the one asked for. Raises `KeyError`."""
        step = self._by_path[paths.written(path)]
        return step if step.path == path else replace(step, path=path)

    def parent(self, path: str) -> Around | None:
        """What the step at the path stands in; None at the top level."""
        parent = self._parents.get(paths.written(path))
        if parent is None:
            return None
        step, block = parent
        around = path.rpartition("/")[0]
        if step.kind in LOOPS and not block.name:
            return Around(*_split(around, step, block))
        return Around(around.removesuffix(f"/{block.name}"), step, block, None)

    def following(self, path: str) -> str | None:
        """The path of the next step of the same block."""
        following = self._next_of.get(paths.written(path))
        return f"{path.rpartition('/')[0]}/{following.id}".removeprefix("/") if following is not None else None

    def run_path(self, id_: str, at: str) -> str | None:
        """The path that the step of this id has for one that stands at a path: in the iterations around it.
        None where the step stands in a loop that is not around. Raises `KeyError`."""
        step = self._by_id[id_]
        loops = self._loops[step.path]
        if not loops:
            return step.path
        around = paths.iteration_at(at, len(loops))
        if around is None or paths.written(around) != loops[-1]:
            return None
        return around + step.path[len(loops[-1]) :]

    def loops_around(self, path: str) -> tuple[str, ...]:
        """The loops that the step at a path of the text stands in, the outermost first. Raises `KeyError`."""
        return self._loops[path]

    def all_steps(self) -> Iterator[Step]:
        """Every step, in the order of the text."""
        yield from walk(self.steps)
        yield from walk(self.handlers.steps if self.handlers else ())


def _split(iteration: str, step: Step, block: Block) -> tuple[str, Step, Block, int]:
    path, number = paths.block_of(iteration)
    return path, step, block, number


def _loops_around(parent: tuple[Step, Block] | None, known: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    if parent is None:
        return ()
    step, block = parent
    return (*known[step.path], step.path) if step.kind in LOOPS and not block.name else known[step.path]


def walk(steps: tuple[Step, ...]) -> Iterator[Step]:
    for step in steps:
        yield step
        for block in blocks_of(step):
            yield from walk(block.steps)


def blocks_of(step: Step) -> Iterator[Block]:
    """Its blocks, and its handlers."""
    yield from step.blocks
    if step.handlers is not None:
        yield step.handlers


def _blocks_of(
    parent: tuple[Step, Block] | None, steps: tuple[Step, ...]
) -> Iterator[tuple[tuple[Step, Block] | None, tuple[Step, ...]]]:
    yield parent, steps
    for step in steps:
        for block in blocks_of(step):
            yield from _blocks_of((step, block), block.steps)


def compile_definition(canonical: Mapping[str, Any]) -> Definition:
    """Compiles what `check_text` found good. Raises `ExpressionError` or `KeyError` on anything else."""
    key = canonical.get("key") or {}
    return Definition(
        name=canonical["workflow"],
        title=canonical["title"],
        owner=canonical.get("owner", ""),
        input_schema=canonical["input"],
        key=compile_value(key["is"]) if "is" in key else None,
        key_while=key.get("while", "always"),
        triggers=tuple(canonical.get("triggers", ())),
        sla=canonical.get("sla"),
        limits=canonical.get("limits", {}),
        steps=_compiled_steps(canonical["steps"], ""),
        content_hash=content_hash(canonical),
        canonical=canonical,
        handlers=_compiled_handlers(canonical, ""),
    )


def _compiled_steps(raw: list[Mapping[str, Any]], prefix: str) -> tuple[Step, ...]:
    return tuple(_compiled_step(step, prefix) for step in raw)


def _compiled_step(raw: Mapping[str, Any], prefix: str) -> Step:
    path = prefix + raw["id"]
    return Step(
        id=raw["id"],
        kind=raw["kind"],
        path=path,
        spec=raw,
        values={name: compile_value(value) for name, value in values_of(raw)},
        when=_condition(raw),
        blocks=tuple(_compiled_blocks(raw, path)),
        handlers=_compiled_handlers(raw, f"{path}/"),
        undo=_compiled_undo(raw, path),
        fallbacks=tuple(_compiled_fallbacks(raw, path)),
    )


def _compiled_undo(raw: Mapping[str, Any], path: str) -> Step | None:
    """A review's `undo` is something else: how long its decision can be taken back."""
    if raw.get("kind") == "workflow" and raw.get("parent_ends") != "leave":
        spec = {"workflow": raw["workflow"]}  # the run that it started undoes what it did
        return Step(raw["id"], "undo", paths.undo_of(path), spec=spec, values={}, when=None, blocks=())
    undo = raw.get("undo")
    return _compiled_call(undo, raw["id"], "undo", paths.undo_of(path)) if isinstance(undo, Mapping) else None


def _compiled_fallbacks(raw: Mapping[str, Any], path: str) -> Iterator[Step]:
    for index, fallback in enumerate(raw.get("fallback", ())):
        yield _compiled_call(fallback, raw["id"], raw["kind"], paths.fallback_of(path, index + 1))


def _compiled_call(raw: Mapping[str, Any], id_: str, kind: str, path: str) -> Step:
    given = {"with": compile_value(raw.get("with", {}))}
    undo = _compiled_undo({"id": id_, **raw}, path)
    return Step(id=id_, kind=kind, path=path, spec=raw, values=given, when=None, blocks=(), undo=undo)


def _beside(step: Step) -> Iterator[Step]:
    """What stands in for a step, and what undoes either."""
    for each in (step, *step.fallbacks):
        if each.undo is not None:
            yield each.undo
    yield from step.fallbacks


def _condition(raw: Mapping[str, Any]) -> Value | None:
    return compile_value(raw["when"]) if raw.get("when") is not None else None


def _compiled_blocks(raw: Mapping[str, Any], path: str) -> Iterator[Block]:
    for name, block in blocks_in(raw):
        yield Block(name, _condition(block), _compiled_steps(block["steps"], f"{path}/{name}/" if name else f"{path}/"))


def _compiled_handlers(raw: Mapping[str, Any], prefix: str) -> Block | None:
    if not raw.get(ON_ERROR):
        return None
    return Block(ON_ERROR, None, _compiled_steps(raw[ON_ERROR], f"{prefix}{ON_ERROR}/"))


def blocks_in(raw: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The named blocks of a canonical step."""
    if raw["kind"] == "parallel":
        yield from ((branch["name"], branch) for branch in raw["branches"])
    elif raw["kind"] == "switch":
        for index, case in enumerate(raw["cases"]):
            yield (str(index) if "when" in case else "otherwise"), case
    elif raw["kind"] in LOOPS:
        yield "", {"steps": raw["steps"]}


def values_of(raw: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The dotted names and the raw values of everything in a canonical step that is evaluated, `when` left out."""
    match raw["kind"]:
        case "tool" | "ai":
            yield "with", raw.get("with", {})
        case "set" | "end" | "continue" | "fail" as name:
            yield name, raw[name]
            if "with" in raw:
                yield "with", raw["with"]
        case "workflow":
            yield "with", raw.get("with", {})
            if isinstance(raw.get("child_fails"), Mapping):
                yield "child_fails.result", raw["child_fails"]["result"]
        case "wait" | "emit" as name:
            yield from ((key, raw[name][key]) for key in ("until", "key", "with") if key in raw[name])
        case "each":
            yield "in", raw["in"]
        case "repeat":
            yield from ((name, raw[name]) for name in ("until", "while") if name in raw)
        case "review":
            yield from _values_of_review(raw)


_OF_FIELDS = (("value", ""), ("read", ".read"))


def _values_of_review(raw: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield from ((name, raw[name]) for name in ("title", "recommendation", "context") if name in raw)
    for index, outcome in enumerate(raw["outcomes"]):
        yield f"outcomes.{index}.risk", outcome["risk"]
    for index, item in enumerate(raw.get("highlights", ())):
        yield f"highlights.{index}", item["value"]
    for item in raw.get("fields", ()):
        yield from ((f"fields.{item['name']}{key}", item[name]) for name, key in _OF_FIELDS if name in item)
    for index, item in enumerate(raw.get("concerns", ())):
        yield from ((f"concerns.{index}.{name}", item[name]) for name in ("when", "say") if name in item)
    for name in ("exclude", "skills"):
        for index, item in enumerate(raw["assign"].get(name, ())):
            yield f"assign.{name}.{index}", item
    if "critical" in raw.get("sla", {}):
        yield "sla.critical", raw["sla"]["critical"]
    levels = raw.get("escalate", ())
    for index, level in enumerate(levels if isinstance(levels, list) else ()):
        if "when" in level:
            yield f"escalate.{index}.when", level["when"]
