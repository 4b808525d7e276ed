"""Answers that are kept, so that a tool which only looks something up is not asked the same again within a time.

An answer belongs to one version of a tool and to what it was asked. It is shared by all runs; how old it may be, the
step that takes it says. It is taken when the step is entered: no worker, no attempt.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from orchestration.core.deciding import Deciding, KeptAnswer, MissingAnswers
from orchestration.core.effects import KeepAnswer
from orchestration.core.language.canonical import content_hash
from orchestration.core.language.definition import Step
from orchestration.core.language.expressions import ExpressionError


def take(d: Deciding, step: Step, given: Any) -> KeptAnswer | None:
    """The answer that is taken in the place of a call, with the step opened for it. Raises `MissingAnswers` where
    nobody has looked for one yet."""
    if "cache" not in step.spec:
        return None
    key = key_of(step, given)
    if key not in d.answers and key not in d.world.answers:
        raise MissingAnswers({key, *_soon(d)})
    kept = d.answers.get(key) or d.world.answers[key]
    if kept is None or d.now.process - kept.at >= _lifetime(step):
        return None
    d.open_step(step, "waiting", given=given)
    said = {"run": kept.run_id, "at": kept.at.isoformat()}
    scope = {**(d.work.steps[step.path].scope or {}), "reused": said}
    d.record("step.reused", {"path": step.path, **said, "scope": scope})
    return kept


def keep(d: Deciding, path: str, result: Any) -> None:
    """A tool has answered."""
    step = d.world.definition.at(path)
    if "cache" in step.spec:
        key = key_of(step, d.whole(d.work.steps[path].input))
        tool = f"{step.spec['tool']}@{step.spec['version']}"
        d.answers[key] = KeptAnswer(result, d.work.run.id, d.now.process)
        d.effects.append(KeepAnswer(key, tool, result, d.now.process, d.now.process + _lifetime(step)))


def key_of(step: Step, given: Any) -> str:
    return content_hash({"tool": step.spec["tool"], "version": step.spec["version"], "given": given})


def _lifetime(step: Step) -> timedelta:
    return timedelta(seconds=step.spec["cache"])


def _soon(d: Deciding) -> Iterator[str]:
    """Of the other steps that are about to be entered, so that the items of a loop are looked up together."""
    for path in d.entering:
        step = d.world.definition.at(path)
        if "cache" in step.spec:
            try:
                yield key_of(step, d.evaluate(step.values["with"], path))
            except ExpressionError:
                continue  # said when it is entered
