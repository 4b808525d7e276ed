"""Several people decide one review: whose turn it is, and what their decisions come to.

A review has seats, each filled by another person's vote. An outcome counts when as many have voted for it as are
needed, or one where a single person may settle it (`alone`). When too few seats are left for any outcome, the review is
disputed: it ends as the workflow says, or one person more is asked, whose vote alone counts. Where votes are blind,
their corrections have to agree too, and nobody is told what was voted until the review is settled or disputed; the vote
that reveals the others cannot be taken back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from orchestration.core.asked import review_of
from orchestration.core.deciding import Deciding
from orchestration.core.effects import AskApprover, PersonRef, ShowApprovals
from orchestration.core.events import ApproverAsked, DecisionGiven
from orchestration.core.state import StepState
from orchestration.exceptions import InvalidTransition

Vote = Mapping[str, Any]
VOTED = "review.voted"
REVEALING = ("review.decided", "review.disputed", "review.unanswered", "review.withdrawn")


def plan_of(spec: Any) -> dict[str, Any] | None:
    """What a review opens with; nothing where one person decides."""
    if not isinstance(spec, Mapping):
        return None
    targets = spec.get("targets") or [None] * spec["of"]
    return {
        "need": spec["need"],
        "in_order": spec["in_order"],
        "blind": spec["blind"],
        "alone": list(spec["alone"]),
        "disagree": spec["disagree"],
        "disputed": 0,  # after how many votes; 0: not
        "seats": [{"to": target, "people": None} for target in targets],
    }


def ask_first(d: Deciding, key: str, plan: Mapping[str, Any]) -> None:
    """Everybody at once, or the first in the order."""
    named = [index for index, seat in enumerate(plan["seats"]) if seat["to"] is not None]
    for index in named[:1] if plan["in_order"] else named:
        d.effects.append(AskApprover(key, index, plan["seats"][index]["to"]))


def approver_asked(d: Deciding, event: ApproverAsked) -> None:
    """Whom a seat is for has been settled, and is never asked again."""
    step = d.work.run_step(event.key)
    if step is None or not step.is_open or review_of(step)["status"] != "open":
        raise InvalidTransition(f"Nobody can be asked for {event.key}: it is not open any more.")
    plan = review_of(step)["approvals"]
    people = [_ref(person) for person in event.people]
    data = {"path": step.path, "key": event.key, "seat": event.seat, "to": plan["seats"][event.seat]["to"]}
    seats = [{**seat, "people": people} if at == event.seat else seat for at, seat in enumerate(plan["seats"])]
    changed = {"approvals": {**plan, "seats": seats}}
    d.record("review.approver_asked", {**data, "people": people, "review": changed})
    show(d, step.path, event.people)


def voted(d: Deciding, step: StepState, event: DecisionGiven) -> tuple[str, Mapping[str, Any]] | None:
    """Takes one vote. Gives the outcome and the fields, where the review is settled by it."""
    review = review_of(step)
    if any(vote["by"]["id"] == event.by.id for vote in review["votes"]):
        raise InvalidTransition(f"{event.by.label} has decided {event.key} already: another person is needed.")
    _record_vote(d, step, event)
    review = review_of(d.work.steps[step.path])
    plan, votes = review["approvals"], review["votes"]
    outcome = settled(plan, votes)
    if outcome is not None:
        return outcome, corrected(review["fields"], votes)
    if _can_still_agree(plan, votes):
        _ask_next(d, step.path)
        return None
    return _disputed(d, step, event)


def settled(plan: Mapping[str, Any], votes: Sequence[Vote]) -> str | None:
    """The outcome that the votes come to so far."""
    if not votes:
        return None
    last = str(votes[-1]["outcome"])
    if plan["disputed"] or last in plan["alone"] or _agreeing(plan, votes, votes[-1]) >= plan["need"]:
        return last
    return None


def corrected(shown: Mapping[str, Any], votes: Iterable[Vote]) -> dict[str, Any]:
    """Every field's final value: what somebody corrected stays, unless a later vote corrected it again."""
    final = dict(shown)
    for vote in votes:
        final |= {name: value for name, value in vote["fields"].items() if value != shown.get(name)}
    return final


def last_vote_of(d: Deciding, review: Mapping[str, Any], by: PersonRef) -> Vote:
    """The vote that may be taken back: the last one, by whoever gave it, within its time."""
    votes = review["votes"]
    if not votes or votes[-1]["by"]["id"] != by.id:
        raise InvalidTransition(f"{by.label} cannot take a decision on {review['key']} back: another one followed.")
    if is_revealed(review) or (review["status"] == "open" and not _is_within(d, votes[-1])):
        raise InvalidTransition(f"The decision on {review['key']} cannot be taken back: the time for it is over.")
    vote: Vote = votes[-1]
    return vote


def is_revealed(review: Mapping[str, Any]) -> bool:
    """The last of the blind votes has shown what the others were."""
    plan = review["approvals"]
    agreed = review["status"] != "open" and not plan["disputed"]
    return bool(plan["blind"]) and (agreed or 0 < len(review["votes"]) <= plan["disputed"])


def without_last(review: Mapping[str, Any]) -> dict[str, Any]:
    """The plan as it was before the last vote: whoever was asked because of it is not asked any more."""
    plan, left = review["approvals"], len(review["votes"]) - 1
    seats, disputed = list(plan["seats"]), plan["disputed"]
    if left < disputed:
        seats, disputed = [seat for seat in seats if not seat.get("decides")], 0
    if plan["in_order"] and not disputed:
        seats = [{**seat, "people": None} if at > left else seat for at, seat in enumerate(seats)]
    return {**plan, "seats": seats, "disputed": disputed}


def moved_to(review: Mapping[str, Any], people: Iterable[PersonRef]) -> dict[str, Any]:
    """The plan once a level has moved the review: whoever was asked for a free seat is asked no more, and only the new
    people are. Seats whose turn has not come are asked for when it does."""
    plan, taken = review["approvals"], {vote["seat"] for vote in review["votes"]}
    voted = {vote["by"]["id"] for vote in review["votes"]}
    new = [_ref(person) for person in people if person.id not in voted]
    waiting = [seat["to"] is None or seat["people"] is not None for seat in plan["seats"]]
    seats = [
        {**seat, "people": new} if new and waiting[at] and at not in taken else seat
        for at, seat in enumerate(plan["seats"])
    ]
    return {**plan, "seats": seats}


def show(d: Deciding, path: str, asked: tuple[PersonRef, ...] = ()) -> None:
    """Lets the desk know who has decided and who is needed; never what was voted."""
    review = review_of(d.work.steps[path])
    votes = [{name: vote[name] for name in ("seat", "by", "received_at")} for vote in review["votes"]]
    d.effects.append(ShowApprovals(review["key"], {**review["approvals"], "votes": votes}, asked, d.now.process))


def seats_of(review: Mapping[str, Any], person: str) -> tuple[tuple[int, Mapping[str, str]], ...]:
    """The free seats that somebody is asked to fill, with whom they are for."""
    taken = {vote["seat"] for vote in review["votes"]}
    return tuple(
        (at, seat["to"])
        for at, seat in enumerate(review["approvals"]["seats"])
        if at not in taken and any(each["id"] == person for each in seat["people"] or ())
    )


def not_again(review: Mapping[str, Any]) -> tuple[str, ...]:
    """Who cannot fill one more seat: whoever has voted, or is the only one for another seat."""
    voters = [vote["by"]["id"] for vote in review["votes"]]
    seated = [seat["people"][0]["id"] for seat in review["approvals"]["seats"] if len(seat["people"] or ()) == 1]
    return tuple(dict.fromkeys([*voters, *seated]))


def withheld(entries: Iterable[Any]) -> frozenset[int]:
    """The places of those audit events whose values nobody may see yet: blind votes on what is neither settled nor
    disputed. An entry has `kind` and `data`."""
    hidden: dict[str, list[int]] = {}
    for place, entry in enumerate(entries):
        key = str(entry.data.get("key", ""))
        if entry.data.get("blind"):
            hidden.setdefault(key, []).append(place)
        elif entry.kind in REVEALING:
            hidden.pop(key, None)
    return frozenset(place for places in hidden.values() for place in places)


def _record_vote(d: Deciding, step: StepState, event: DecisionGiven) -> None:
    review = review_of(step)
    vote = {
        "seat": _seat_for(review, event.by),
        "by": _ref(event.by),
        "received_at": event.received_at.isoformat(),
        "undo_until": event.undo_until.isoformat() if event.undo_until else None,
    }
    data: dict[str, Any] = {"path": step.path, "key": event.key, "vote": vote}
    values = {"outcome": event.outcome, "fields": dict(event.fields)}
    if review["approvals"]["blind"] and not review["approvals"]["disputed"]:
        data["blind"] = True
    else:
        data["vote"] = {**vote, "outcome": event.outcome}
    d.record(VOTED, data, values)
    show(d, step.path)


def _seat_for(review: Mapping[str, Any], by: PersonRef) -> int:
    """The seat that was meant for the person, else the first that is free: escalation adds people who have none."""
    seats, disputed = review["approvals"]["seats"], review["approvals"]["disputed"]
    taken = {vote["seat"] for vote in review["votes"]}
    asked = [at for at, seat in enumerate(seats) if seat["to"] is None or seat["people"] is not None]
    free = [at for at in asked if at not in taken and bool(seats[at].get("decides")) == bool(disputed)]
    if not free:
        raise InvalidTransition(f"Nobody more has been asked to decide {review['key']} yet.")
    named = [at for at in free if any(person["id"] == by.id for person in seats[at]["people"] or ())]
    return (named or free)[0]


def _ask_next(d: Deciding, path: str) -> None:
    review = review_of(d.work.steps[path])
    plan, following = review["approvals"], len(review["votes"])
    if plan["in_order"] and plan["seats"][following]["people"] is None:
        d.effects.append(AskApprover(review["key"], following, plan["seats"][following]["to"]))


def _disputed(d: Deciding, step: StepState, event: DecisionGiven) -> tuple[str, Mapping[str, Any]] | None:
    review = review_of(d.work.steps[step.path])
    plan, way = review["approvals"], review["approvals"]["disagree"]
    seats = [*plan["seats"], {"to": way["to"], "people": None, "decides": True}] if "to" in way else plan["seats"]
    changed = {"approvals": {**plan, "seats": seats, "disputed": len(review["votes"])}}
    d.record("review.disputed", {"path": step.path, "key": event.key, "then": dict(way), "review": changed})
    show(d, step.path)
    if "outcome" in way:
        return str(way["outcome"]), corrected(review["fields"], review["votes"])
    d.effects.append(AskApprover(event.key, len(seats) - 1, way["to"]))
    return None


def _can_still_agree(plan: Mapping[str, Any], votes: Sequence[Vote]) -> bool:
    left = len(plan["seats"]) - len(votes)
    return any(_agreeing(plan, votes, vote) + left >= plan["need"] for vote in votes)


def _agreeing(plan: Mapping[str, Any], votes: Sequence[Vote], with_vote: Vote) -> int:
    return sum(_same(plan, vote, with_vote) for vote in votes)


def _same(plan: Mapping[str, Any], one: Vote, other: Vote) -> bool:
    same_fields = not plan["blind"] or one["fields"] == other["fields"]
    return bool(one["outcome"] == other["outcome"]) and same_fields


def _is_within(d: Deciding, vote: Vote) -> bool:
    until = vote["undo_until"]
    return until is not None and d.now.system.isoformat() < until


def _ref(person: PersonRef) -> dict[str, str]:
    return {"id": person.id, "label": person.label}
