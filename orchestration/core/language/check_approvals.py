"""How many people decide a review, and how: the shapes of `approvals`."""

from __future__ import annotations

from typing import Any

from orchestration.core.language.catalogue import Catalogue
from orchestration.core.language.check_clocks import check_target
from orchestration.core.language.cursor import Cursor
from orchestration.core.language.faults import nearest

MOST = 9
ARBITER = {"kind": "manager_of", "of": "queue"}  # whose vote counts alone where nobody else is named


def check_approvals(cursor: Cursor, catalogue: Catalogue, outcomes: list[str], *, has_owner: bool) -> Any:
    """1, or {need, of (how many), targets, in_order, blind, alone, disagree}."""
    if not isinstance(cursor.value, dict):
        count = cursor.integer(1, MOST)
        return _plan(count, count) if count is not None and count > 1 else 1
    if not cursor.mapping(("need", "of", "in_order", "blind", "alone", "disagree")):
        return 1
    need, of, in_order, blind = (cursor.get(name) for name in ("need", "of", "in_order", "blind"))
    wanted = need.integer(1, MOST) if need is not None else None
    targets, count = _of(of, wanted, catalogue, has_owner=has_owner)
    if count is None:
        cursor.fault("Say how many decide: `need`, or who they are under `of`.")
        return 1
    made = _plan(wanted if wanted is not None else count, count)
    made |= {"targets": targets} if targets else {}
    made["in_order"] = bool(in_order.flag()) if in_order is not None else False
    made["blind"] = bool(blind.flag()) if blind is not None else False
    alone, disagree = cursor.get("alone"), cursor.get("disagree")
    if alone is not None:
        made["alone"] = [name for each in alone.items("a list of outcomes") if (name := _outcome(each, outcomes))]
    if disagree is not None:
        made["disagree"] = _disagree(disagree, catalogue, outcomes, has_owner=has_owner)
    _fits_together(cursor, made)
    return made


def _plan(need: int, of: int) -> dict[str, Any]:
    return {"need": need, "of": of, "in_order": False, "blind": False, "alone": [], "disagree": {"to": ARBITER}}


def _of(
    cursor: Cursor | None, need: int | None, catalogue: Catalogue, *, has_owner: bool
) -> tuple[list[dict[str, Any]], int | None]:
    """Who is asked, and how many; where only `need` is written, as many as are needed."""
    if cursor is None:
        return [], need
    if not isinstance(cursor.value, list):
        return [], cursor.integer(1, MOST)
    targets = [check_target(each, catalogue, has_owner=has_owner) for each in cursor.items("a list of people")]
    if len(targets) > MOST:
        cursor.fault(f"At most {MOST} people decide one review.")
    return targets, len(targets) or None


def _fits_together(cursor: Cursor, made: dict[str, Any]) -> None:
    if made["need"] > made["of"]:
        cursor.fault(f"{made['need']} are needed, and only {made['of']} are asked.")
    if made["of"] == 1:
        cursor.fault("One person needs no `approvals`.")
    if made["in_order"] and "targets" not in made:
        cursor.fault("To ask one after the other, name them under `of`.")
    if made["in_order"] and made["need"] < made["of"]:
        cursor.fault("Those who are asked one after the other are all needed.")


def _outcome(cursor: Cursor, outcomes: list[str]) -> str | None:
    if cursor.value in outcomes:
        return str(cursor.value)
    cursor.fault(f"{cursor.value!r} is not among the outcomes.{nearest(str(cursor.value), outcomes)}")
    return None


def _disagree(cursor: Cursor, catalogue: Catalogue, outcomes: list[str], *, has_owner: bool) -> dict[str, Any]:
    if not cursor.mapping(("outcome", "to")):
        return {"to": ARBITER}
    outcome, to = cursor.get("outcome"), cursor.get("to")
    if (outcome is None) == (to is None):
        cursor.fault("Expected either an outcome that then counts, or whom to ask.")
        return {"to": ARBITER}
    if outcome is not None:
        return {"outcome": _outcome(outcome, outcomes)}
    return {"to": check_target(to, catalogue, has_owner=has_owner) if to is not None else ARBITER}
