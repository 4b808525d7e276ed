"""What the result of a step means, by the step's name in the demo's two workflows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Result = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Telling:
    """What happened, and why, in plain words. `tone` is calm, warning, breached, ai or nothing."""

    what: str
    why: str
    tone: str = ""


def told_result(step: str, result: Any) -> Telling | None:
    """None for steps that mean nothing to a visitor."""
    tell = _RESULTS.get(step)
    return tell(result) if tell is not None and isinstance(result, Mapping) else None


def _budget(result: Result) -> Telling:
    left, total = result.get("remaining", 0), result.get("budget", 0)
    return Telling(
        f"Finance says: {left:,.0f} of {total:,.0f} is left on {result.get('cost_center')}",
        "Asked over HTTP, at the same time as the supplier's record.",
    )


def _history(result: Result) -> Telling:
    if not result.get("orders"):
        return Telling(f"{result.get('name')} has never delivered to us", "Says the supplier record.")
    late = f"{result.get('late', 0):.0%}"
    return Telling(f"{result.get('name')} has delivered {result['orders']} times, {late} late", "Says the record.")


def _customer(result: Result) -> Telling:
    return Telling(f"The customer has ordered {result.get('orders', 0)} times", f"On the plan {result.get('plan')}.")


def _routine(result: Result) -> Telling:
    if result.get("buys"):
        return Telling(
            "Purchasing's own rule buys it",
            "Up to 500, from a contract supplier, within the budget. No AI and no person were needed.",
            "calm",
        )
    return Telling("The rule leaves it to people", "It is above 500, without a contract, or above the budget.")


def _advice(result: Result) -> Telling:
    reasons = list(result.get("reasons") or ())
    why = str(reasons[0]) if reasons else ""
    if not result.get("outcome"):
        return Telling("The AI has no recommendation", why or "It has seen too few cases like this one.", "ai")
    agreed, sample = result.get("agreed"), result.get("sample")
    record = f"; people agreed {agreed} of the last {sample} times" if sample else ""
    return Telling(f"The AI says: {str(result['outcome']).replace('_', ' ')}{record}", why, "ai")


def _reading(result: Result) -> Telling:
    read = {name: each for name, each in (result.get("fields") or {}).items() if each.get("value") is not None}
    if not read:
        return Telling("The quotation says none of what was looked for", "The fields are left to the person.", "ai")
    said = ", ".join(f"{name.replace('_', ' ')} {each['value']}" for name, each in read.items())
    return Telling(f"The quotation was read: {said}", "Each with its passage, and how sure the reader is of it.", "ai")


def _draft(result: Result) -> Telling:
    if not result.get("text"):
        return Telling("The AI has drafted no answer", "Nothing alike was answered before, or none is needed.", "ai")
    return Telling("The AI drafted an answer", "From what people answered to messages like this one.", "ai")


def _order(result: Result) -> Telling:
    return Telling(
        f"The ERP placed order {result.get('number')}",
        "Under a key that belongs to this step: called twice, it would still be one order.",
        "calm",
    )


def _mailed(_: Result) -> Telling:
    return Telling("The mail was sent", "It lies in the mailbox on this page.")


_RESULTS: Mapping[str, Callable[[Result], Telling]] = {
    "budget": _budget,
    "history": _history,
    "customer": _customer,
    "routine": _routine,
    "reading": _reading,
    "assess": _advice,
    "topic": _advice,
    "draft": _draft,
    "order": _order,
    "ordered": _mailed,
    "refused": _mailed,
    "sent": _mailed,
}
