"""An exception as an error that is kept: its class, a code, and words. Declared ones say it themselves; the others are
looked up in the tables of `orchestration.core.classes`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from orchestration.core import classes
from orchestration.core.retry import ErrorClass
from orchestration.exceptions import AmbiguousError, ToolError, TransientError
from orchestration.runtime.plain import plain

LONGEST = 2000  # characters of a message
ALIASES = {"_ssl": "ssl", "httpcore": "httpx"}


def explained(error: Exception, own: Mapping[str, ErrorClass] | None = None) -> dict[str, Any]:
    """{"class", "code", "message", "retry_after"?, "faults"?}. `own` are the classes that the tool names by code."""
    if not isinstance(error, ToolError):
        code = type(error).__name__
        told: dict[str, Any] = {"class": class_of(error), "code": code, "message": f"{code}: {plain(str(error))}"}
    else:
        told = {"class": _declared(error), "code": error.code, "message": plain(str(error))}
        if error.retry_after is not None:
            told["retry_after"] = error.retry_after
        if "faults" in error.details:
            told["faults"] = plain(error.details["faults"])
    return {
        **told,
        "message": told["message"][:LONGEST],
        "class": ErrorClass((own or {}).get(told["code"], told["class"])).value,
    }


def _declared(error: ToolError) -> ErrorClass:
    if isinstance(error, TransientError):
        return ErrorClass.TRANSIENT
    return ErrorClass.AMBIGUOUS if isinstance(error, AmbiguousError) else ErrorClass.PERMANENT


def class_of(error: BaseException) -> ErrorClass:
    """Of an exception that a tool let through, or of the one behind it that says more."""
    for each in _behind(error):
        found = _by_its_code(each)
        if found is not None:
            return found
    named = [classes.of_exception(_names(each)) for each in _behind(error)]
    return next((found for found in named if found is not ErrorClass.PERMANENT), ErrorClass.PERMANENT)


def _behind(error: BaseException | None) -> Iterator[BaseException]:
    for _ in range(5):
        if error is None:
            return
        yield error
        error = error.__cause__


def _by_its_code(error: BaseException) -> ErrorClass | None:
    """SQL and mail errors carry a code, HTTP ones an answer; by what they have, so that no library is loaded for it."""
    sqlstate, sqlite = getattr(error, "sqlstate", None), getattr(error, "sqlite_errorname", None)
    if sqlstate:
        return classes.of_sqlstate(str(sqlstate))
    if sqlite:
        return classes.of_sqlite(str(sqlite))
    if type(error).__module__ == "smtplib":
        return _by_smtp(error)
    if type(error).__module__.partition(".")[0] == "psycopg" and type(error).__name__ == "OperationalError":
        made = not str(error).startswith(("connection failed", "connection timeout", "connection is bad"))
        return ErrorClass.AMBIGUOUS if made else ErrorClass.TRANSIENT
    status = getattr(getattr(error, "response", None), "status_code", None)
    return classes.of_http(status, safe=False) if isinstance(status, int) else None


def _by_smtp(error: BaseException) -> ErrorClass | None:
    refused = getattr(error, "recipients", None)
    if isinstance(refused, Mapping):
        return classes.of_smtp(code for code, _ in refused.values())
    if _names(error)[0] in classes.EXCEPTIONS:
        return None
    code = getattr(error, "smtp_code", None)
    return classes.of_smtp([code]) if isinstance(code, int) else None


def _names(error: BaseException) -> list[str]:
    return [f"{ALIASES.get(kind.__module__, kind.__module__)}.{kind.__qualname__}" for kind in type(error).__mro__]
