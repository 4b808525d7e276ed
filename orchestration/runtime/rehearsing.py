"""The tests beside a workflow's text, run with the policies and the tools of this installation. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterable

from orchestration.core.calendars import Calendar
from orchestration.core.deciding import Policy
from orchestration.core.language.check import Checked
from orchestration.core.language.definition import Step, compile_definition
from orchestration.core.language.faults import Fault
from orchestration.core.rehearsal.outcome import Rehearsed
from orchestration.core.rehearsal.rehearse import rehearse
from orchestration.exceptions import NotFound
from orchestration.ports import bound, policies
from orchestration.runtime import calls


def rehearse_tests(checked: Checked) -> tuple[Rehearsed, ...]:
    """One for each test, in the order of the text; none where the text has faults or no tests."""
    if checked.canonical is None:
        return ()
    definition = compile_definition(checked.canonical)
    return tuple(rehearse(definition, test, _policy, calls.ambiguity) for test in checked.tests)


def rehearse_offline(checked: Checked) -> tuple[Rehearsed, ...]:
    """Without an installation: policies that a test does not bring itself are missing."""
    if checked.canonical is None:
        return ()
    definition = compile_definition(checked.canonical)
    return tuple(rehearse(definition, test, _nothing, _as_written) for test in checked.tests)


def failures_as_faults(rehearsed: Iterable[Rehearsed]) -> tuple[Fault, ...]:
    """What failed tests say, at the lines of what they expect."""
    return tuple(
        Fault(failure.line, 1, "tests", f"{test.name}: expected {failure.expected}; found {failure.found}")
        for test in rehearsed
        for failure in test.failures
    )


def _policy(kind: str, name: str) -> Policy | Calendar | None:
    if bound.policies is None:
        return None
    try:
        if kind == "calendar":
            return policies().calendar(name)
        load = policies().sla_policy if kind == "sla" else policies().escalation_policy
        named = load(name)
    except NotFound:
        return None
    return Policy(named.name, named.version, named.body)


def _nothing(_: str, __: str) -> None:
    return None


def _as_written(step: Step) -> str:
    return "retry" if step.kind == "ai" else str(step.spec.get("ambiguous", "ask"))
