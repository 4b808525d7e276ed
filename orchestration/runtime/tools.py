"""The registry of tools: typed Python functions that a workflow's steps call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from jsonschema import Draft202012Validator

from orchestration.core.limits import Limits
from orchestration.core.retry import ErrorClass, policy_from
from orchestration.exceptions import PermanentError, UnknownTool


def always() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class ToolCall:
    """What a tool is told about the call. The key is the same for every attempt of a step.

    A long call asks `is_wanted` now and then, and stops where nobody waits for it any more: its run was cancelled or
    took another way. What it answers then is not taken.
    """

    idempotency_key: str
    timeout: float  # seconds the tool has; it keeps to them itself
    attempt: int
    run_id: str
    is_wanted: Callable[[], bool] = always


Function = Callable[[Mapping[str, Any], ToolCall], Mapping[str, Any] | None]


@dataclass(frozen=True)
class Tool:
    """One version of a tool. `idempotent`: calling again with the same key takes effect once.
    `reconcile` looks up what an ambiguous call did, and returns its result, or None where it did nothing.
    `errors` names the class of an error by its code, or by the name of an exception; `retry` is the policy where the
    step has none: {"attempts", "first", "factor", "cap", "jitter"}, waits in seconds.
    `limits` is what the system behind it bears at the most; `connection` names the one it calls with, whose limits
    count as well. `reads`: it only looks something up and changes nothing anywhere, so its answers may be kept."""

    name: str
    version: int
    title: str
    function: Function
    input: Mapping[str, Any] = field(default_factory=dict)  # JSON Schema
    output: Mapping[str, Any] = field(default_factory=dict)  # JSON Schema
    idempotent: bool = False
    timeout: float = 30.0
    queue: str = "tools"
    reconcile: Function | None = None
    errors: Mapping[str, ErrorClass] = field(default_factory=dict)
    retry: Mapping[str, Any] | None = None
    limits: Limits | None = None
    connection: str = ""
    reads: bool = False

    @property
    def reference(self) -> str:
        return f"{self.name}@{self.version}"

    @property
    def ambiguous(self) -> str:
        """What an ambiguous outcome leads to where the step does not say."""
        if self.idempotent:
            return "retry"
        return "reconcile" if self.reconcile is not None else "ask"

    @cached_property
    def _input_check(self) -> Draft202012Validator:
        return Draft202012Validator(self.input)

    @cached_property
    def _output_check(self) -> Draft202012Validator:
        return Draft202012Validator(self.output)

    def check_input(self, given: Any) -> None:
        _check(self._input_check, given, "input", f"{self.reference} was not called: its input does not fit.")

    def check_output(self, result: Any) -> None:
        _check(self._output_check, result, "output", f"{self.reference} answered something it does not promise.")


def _check(validator: Draft202012Validator, value: Any, code: str, what: str) -> None:
    faults = [f"{error.json_path}: {error.message}"[:300] for error in validator.iter_errors(value)]
    if faults:
        raise PermanentError(f"{what} {'; '.join(faults[:5])}", code=f"bad_{code}", faults=faults)


_registered: dict[str, Tool] = {}


def tool(
    *,
    name: str,
    version: int,
    title: str = "",
    input: Mapping[str, Any] | None = None,
    output: Mapping[str, Any] | None = None,
    idempotent: bool = False,
    timeout: float = 30.0,
    queue: str = "tools",
    reconcile: Function | None = None,
    errors: Mapping[str, str] | None = None,
    retry: Mapping[str, Any] | None = None,
    limits: Limits | None = None,
    connection: str = "",
    reads: bool = False,
) -> Callable[[Function], Function]:
    """Registers a function as `name@version`. Registering the same reference twice is an error, and so is a retry
    policy that makes no sense."""
    policy_from(retry)

    def register(function: Function) -> Function:
        made = Tool(
            name=name,
            version=version,
            title=title or name,
            function=function,
            input=input or {"type": "object"},
            output=output or {},
            idempotent=idempotent or reads,
            timeout=timeout,
            queue=queue,
            reconcile=reconcile,
            errors={code: ErrorClass(named) for code, named in (errors or {}).items()},
            retry=retry,
            limits=limits,
            connection=connection,
            reads=reads,
        )
        known = _registered.get(made.reference)
        if known is not None and known.function is not function:
            raise ValueError(f"The tool {made.reference} is registered twice.")
        _registered[made.reference] = made
        return function

    return register


def tools() -> Mapping[str, Tool]:
    return _registered


def find_tool(name: str, version: int) -> Tool:
    try:
        return _registered[f"{name}@{version}"]
    except KeyError:
        raise UnknownTool(f"The tool {name}@{version} is not registered in this installation.") from None
