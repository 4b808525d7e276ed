"""A failed step in plain words: what happened, to what, what was tried, and what it means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MEANINGS: Mapping[str, str] = {
    "transient": "The other system was busy or away, also when asked again. Nothing has been done. Once it is back, a "
    "retry is enough.",
    "permanent": "Nothing has been done, and it would fail in the same way again. Something has to be put right first.",
    "ambiguous": "Nobody knows whether it took effect: the other system did not say. Look there before you choose.",
}
HAPPENED: Mapping[str, str] = {
    "lease_lost": "The worker that was doing it went away in the middle.",
    "timeout": "The other system did not answer in time.",
    "unreachable": "The other system could not be reached.",
    "broken": "The connection broke in the middle.",
    "bad_input": "What the step was given does not fit what the tool takes; it was not called.",
    "bad_output": "The tool was called, and answered something that it does not promise.",
    "unknown_tool": "This installation does not have the tool in the version that the run needs.",
    "no_decision_point": "The question to the AI has no published version.",
    "expression": "An expression of the workflow could not be evaluated.",
    "http_401": "The other system did not accept our credentials.",
    "http_403": "The other system says that we may not do this.",
    "http_404": "The other system does not know what it was asked about.",
    "http_409": "It contradicts what the other system already has.",
    "http_422": "The other system understood what was sent and refused it.",
    "http_429": "The other system asked for fewer calls.",
    "credentials_refused": "The other system refused every credential that we have for it.",
    "credentials_rest": "Every credential that we have for the other system was told to wait.",
}


def explained(error: Mapping[str, Any], *, step: str, tool: str, attempts: int) -> dict[str, str]:
    """{"happened", "to", "tried", "means"}: each one sentence or two, for people."""
    code, known = str(error.get("code", "")), str(error.get("class", ""))
    return {
        "happened": _happened(code),
        "to": f"The step “{step}”, which calls {tool}." if "@" in tool else f"The step “{step}”.",
        "tried": _tried(attempts),
        "means": _means(code, known),
    }


def _happened(code: str) -> str:
    if code.startswith("http_5"):
        return "The other system failed while it worked on the request."
    return HAPPENED.get(code, "The step could not be done.")


def _tried(attempts: int) -> str:
    if attempts == 0:
        return "It was not tried: what it needs could not be made."
    return "It was tried once." if attempts == 1 else f"It was tried {attempts} times."


def _means(code: str, known: str) -> str:
    if code == "bad_output":
        return "The call has probably taken effect. If it has, go on with its true result instead of calling again."
    return MEANINGS.get(known, MEANINGS["permanent"])
