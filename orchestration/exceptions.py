"""One tree of exceptions. The docstring of a class is its message, unless the raiser says more."""

from __future__ import annotations

import inspect
from typing import Any


class OrchestrationError(Exception):
    """Something went wrong in the workflow engine."""

    def __init__(self, message: str | None = None, **details: Any) -> None:
        self.details = details
        super().__init__(message or inspect.getdoc(type(self)))


class NotFound(OrchestrationError):
    """There is no such workflow, version, run or step."""


class InvalidDocument(OrchestrationError):
    """This cannot be kept as a document."""


class DamagedDocument(OrchestrationError):
    """The document's bytes are not those that were kept."""


class InvalidTransition(OrchestrationError):
    """This cannot be done in the present state."""


class InvalidInput(OrchestrationError):
    """The input does not match the workflow's input schema."""

    def __init__(self, faults: list[dict[str, str]], message: str | None = None) -> None:
        self.faults = faults  # [{"path": "/amount", "message": "…"}]
        super().__init__(message)


class InvalidResult(OrchestrationError):
    """The given result is not what the step promises to those that follow."""

    def __init__(self, faults: list[str], message: str | None = None) -> None:
        self.faults = faults  # sentences
        super().__init__(message)


class InvalidWorkflow(OrchestrationError):
    """The workflow's text has faults."""

    def __init__(self, faults: tuple[Any, ...], message: str | None = None) -> None:
        self.faults = faults  # orchestration.core.language.check.Fault, in the order of the lines
        listed = "; ".join(f"line {fault.line}: {fault.message}" for fault in faults[:10])
        super().__init__(message or f"The workflow's text has faults: {listed}")


class CannotMigrate(InvalidTransition):
    """The run cannot be moved to this version."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        self.faults = faults
        super().__init__(" ".join(faults))


class NotPublished(OrchestrationError):
    """This workflow has no published version."""


class LeaseLost(OrchestrationError):
    """Somebody else holds this attempt's lease now; the result is not taken."""


class MissedTimer(OrchestrationError):
    """A timer that was due before this decision was received has ended the review already."""


class ToolError(OrchestrationError):
    """The tool could not do its work."""

    code = "tool_error"

    def __init__(
        self, message: str | None = None, *, code: str | None = None, retry_after: float | None = None, **details: Any
    ) -> None:
        self.code = code or self.code
        self.retry_after = retry_after  # seconds, as the called system asked
        super().__init__(message, **details)


class TransientError(ToolError):
    """The called system is busy or away; the same call may succeed later."""

    code = "transient"


class PermanentError(ToolError):
    """The call cannot succeed as it is."""

    code = "permanent"


class AmbiguousError(ToolError):
    """The call may or may not have taken effect."""

    code = "ambiguous"


class UnknownTool(PermanentError):
    """No such tool version is registered in this installation."""

    code = "unknown_tool"
