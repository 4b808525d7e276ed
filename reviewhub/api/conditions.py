"""ETags and If-Match (RFC 9110, section 13). An ETag here is a version number in quotes.

What stands beside the version and changes without a new one (a workflow's pause) is a mark behind the number, so that
who has the older answer is shown the new one; what one acts upon is the number alone."""

from __future__ import annotations

import re

from rest_framework.request import Request

from reviewhub.api.problems import Problem

# What travels compressed is marked as weak on its way (`W/"3"`); the version that it names is the same.
_ETAG = re.compile(r'(?:W/)?"([0-9]{1,9})(?:-[a-z0-9.]{1,40})?"')


def etag_of(version: int, mark: str = "") -> str:
    return f'"{version}-{mark}"' if mark else f'"{version}"'


def expected_version(request: Request) -> int | None:
    """The version that If-Match names; none without the header, and for `*`."""
    given = request.headers.get("If-Match", "*")
    if given == "*":
        return None
    match = _ETAG.fullmatch(given.strip())
    if match is None:
        raise Problem("malformed", 'If-Match has to be one ETag as it was given, like "3".')
    return int(match[1])


def required_version(request: Request) -> int:
    """A decision rests on what was looked at, so it has to say what that was."""
    version = expected_version(request)
    if version is None:
        raise Problem("precondition-required")
    return version


def is_known(request: Request, etag: str) -> bool:
    """Whether If-None-Match says that the caller has this state already."""
    offered = [tag.strip() for tag in request.headers.get("If-None-Match", "").split(",")]
    return etag in offered or f"W/{etag}" in offered
