"""Whom a question about a case goes to, and how the desk tells of it."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection

from orchestration import api
from orchestration.ports import Actor
from reviewhub.accounts.models import Person
from reviewhub.compiled import NAME, Statement, statement_of
from reviewhub.reviews.looks import STEP
from reviewhub.reviews.models import InformationRequest, ReviewTask


def requester_address(task: ReviewTask) -> str:
    """Where the task's requester can be reached: an address, or the one of the person so called. Empty: nowhere."""
    requester = task.requester.strip()
    known = _addresses(connection.vendor).rows(requester.lower())
    address = known[0][0] if known else requester
    try:
        validate_email(address)
    except ValidationError:
        return ""
    return address


@lru_cache(maxsize=2)
def _addresses(vendor: str) -> Statement:
    return statement_of(Person.objects.filter(username=NAME, is_active=True).values_list("email"), NAME)


def asked_of(asked: InformationRequest) -> str:
    """As it is shown on the desk: who answers at a second look would tell what it is."""
    return asked.to if asked.task.key != STEP else requester_address(asked.task)


def as_asked(task: ReviewTask, entry: api.Entry) -> api.Entry:
    """What the trail has of a question, as the desk tells it: until a second look counts, as of any other task."""
    if task.key != STEP or task.closed_at is not None or entry.kind not in ("desk.asked", "desk.answered"):
        return entry
    to = requester_address(task)
    if entry.kind == "desk.answered":
        return replace(entry, actor=Actor("requester", to, to))
    return replace(entry, values={**(entry.values or {}), "to": to})
