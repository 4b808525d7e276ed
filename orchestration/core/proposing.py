"""Which way out of an incident to propose, by rules. It is advice with its reasons: a person chooses."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from orchestration.core.incidents import COMPENSATE, FAIL, RETRY, RETRY_CORRECTED, SKIP

LEAST = 3  # choices of people before their habit counts
SHARE = 0.6  # of those choices that have to agree

OF_THE_INPUT = frozenset({"bad_input", "http_400", "http_404", "http_409", "http_410", "http_413", "http_422"})
OF_THE_SETUP: Mapping[str, str] = {
    "http_401": "Once the connection's credentials are put right, the same call can succeed.",
    "http_403": "Once the other system lets us, the same call can succeed.",
    "key_refused": "Once the connection's key is put right, the same call can succeed.",
    "credentials_refused": "Once the connection has a credential that is accepted, the same call can succeed.",
    "quota": "Once the quota is raised, the same call can succeed.",
    "misconfigured": "Once the connection is set up, the same call can succeed.",
    "mail_refused": "The address or the mail server's rules are in the way: see what it says.",
    "unknown_tool": "Once the tool's version is deployed here, the same call can succeed.",
    "no_decision_point": "Once the question is published, the same call can succeed.",
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """`way` is empty where nothing can be said without looking."""

    way: str
    reasons: tuple[str, ...]


def propose(
    error: Mapping[str, Any], ways: Collection[str], history: Mapping[str, int], *, repeatable: bool = False
) -> Proposal:
    """`history` counts what people chose at the same error of the same step; `repeatable`: calling again under the
    same key takes effect once."""
    habit = _habit(ways, history)
    ruled = _by_error(str(error.get("class", "")), str(error.get("code", "")), ways, repeatable=repeatable)
    if habit is None:
        return ruled
    return Proposal(habit.way, (*habit.reasons, *(ruled.reasons if ruled.way == habit.way else ())))


def _habit(ways: Collection[str], history: Mapping[str, int]) -> Proposal | None:
    total = sum(history.values())
    if total < LEAST:
        return None
    way, count = max(history.items(), key=lambda item: (item[1], item[0]))
    if way not in ways or count < SHARE * total:
        return None
    return Proposal(way, (f"At the same error of this step, people chose this {count} of the last {total} times.",))


def _by_error(known: str, code: str, ways: Collection[str], *, repeatable: bool) -> Proposal:
    if known == "transient":
        return Proposal(RETRY, ("The other system was busy or away: the same call can succeed once it is back.",))
    if known == "ambiguous":
        return _ambiguous(repeatable=repeatable)
    if code in OF_THE_SETUP:
        return Proposal(RETRY, (OF_THE_SETUP[code],))
    if code == "bad_output" and SKIP in ways:
        return Proposal(SKIP, ("It has been called; calling again could do it twice. Its true result can be given.",))
    if code in OF_THE_INPUT and RETRY_CORRECTED in ways:
        return Proposal(RETRY_CORRECTED, ("What was sent is what was refused.",))
    last = COMPENSATE if COMPENSATE in ways else FAIL
    if code == "expression":
        return Proposal(last, ("The workflow's text and the values do not go together; a retry sees the same values.",))
    if RETRY_CORRECTED in ways:
        return Proposal(RETRY_CORRECTED, ("It would fail in the same way again with the same input.",))
    return Proposal(last, ("It would fail in the same way again.",))


def _ambiguous(*, repeatable: bool) -> Proposal:
    if repeatable:
        return Proposal(RETRY, ("The tool takes effect once, however often it is called under the same key.",))
    said = "Look in the other system: if it has been done, skip with its result; if it has not, retry."
    return Proposal("", (said,))
