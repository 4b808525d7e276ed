"""Logging to standard error, one line a record. What looks like a secret is cut out before it is written."""

from __future__ import annotations

import logging
import re
import time
from typing import Any

HIDDEN = "[hidden]"
MINUTE = 60.0  # seconds
NAMES = r"(?:password|passwd|secret|secret_key|token|api_key|signature)"
SECRET_SHAPES = re.compile(
    r"(?i)"
    r"((?:authorization|cookie|webhook-signature|x-api-key)['\"]?\s*[:=]\s*['\"]?)[^\r\n'\"]+"
    rf"|({NAMES}['\"]?\s*[:=]\s*['\"])[^'\"]+"
    rf"|({NAMES}\s*[:=]\s*)[^\s,;&'\"]+"
    r"|(\b(?:whsec_|rhp_|rhs_|sk-))[A-Za-z0-9_\-+/=]+"
    r"|(://[^/\s:@]*:)[^@\s/]+(?=@)"
    r"|(/(?:decide|information|notices/mails)/)[\w.=-]{20,}"  # whoever holds a mail's link may do what it says
)


class Redacted(logging.Formatter):
    """Formats a record, its traceback included, and hides credentials in the whole of it."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


class OncePerMinute(logging.Filter):
    """Leaves a traceback out where the same was written lately: what is tried again each second, while a server is
    away, says each time that it failed, and not each time from where."""

    def __init__(self) -> None:
        super().__init__()
        self._written: dict[tuple[object, ...], float] = {}  # on the monotonic clock

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if error is None:
            return True
        now, key = time.monotonic(), (record.name, record.lineno, record.msg, type(error), str(error))
        if now - self._written.get(key, -MINUTE) < MINUTE:
            record.msg, record.args = f"{record.getMessage()}: {type(error).__name__}: {error}", ()
            record.exc_info = record.exc_text = None
        else:
            self._written = {each: at for each, at in self._written.items() if now - at < MINUTE} | {key: now}
        return True


def redact(text: str) -> str:
    """`Authorization: Bearer x` becomes `Authorization: [hidden]`, a password in an address likewise."""
    return SECRET_SHAPES.sub(lambda found: next(part for part in found.groups() if part) + HIDDEN, text)


def logging_config(level: str) -> dict[str, Any]:
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": "reviewhub.settings.logs.Redacted",
                "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
            }
        },
        "filters": {"once": {"()": "reviewhub.settings.logs.OncePerMinute"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["once"]}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "axes": {"level": "WARNING"},
            "celery": {"level": "WARNING"},
            "httpx": {"level": "WARNING"},
            "httpx2": {"level": "WARNING"},
            "kombu": {"level": "WARNING"},
            "uvicorn.access": {"level": "WARNING"},
            "uvicorn.error": {"level": "WARNING"},
        },
    }
