"""Telling people: notices in the fact's transaction, mails from the outbox after it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from django.db import transaction

from orchestration import api, ports
from reviewhub.accounts.models import Person
from reviewhub.notifications import own_hours
from reviewhub.notifications.models import Notice
from reviewhub.notifications.questions import QUESTIONS
from reviewhub.notifications.recipients import Message, messages_for
from reviewhub.notifications.runs import messages_for_late
from reviewhub.notifications.travel import Journey, is_gathered, reached, send
from reviewhub.notifications.ways import ways_of
from reviewhub.reviews.announcements import Fact, LateFact
from reviewhub.reviews.breaches import name_of
from reviewhub.reviews.models import ReviewTask

_hear: Callable[[int], None] | None = None


def when_noticed(hear: Callable[[int], None]) -> None:
    """Binds who is told, after the commit, that a person (by id) has a new notice."""
    global _hear
    _hear = hear


def listen(fact: Fact) -> None:
    """Bound to `reviewhub.reviews.announcements.when_told`."""
    if fact.kind == "question":
        request = fact.details["request"]
        api.send_later(topic=QUESTIONS, key=f"question:{request}", payload={"request": request})
    if fact.kind == "taken_back":
        forget_decided(fact.task)
    for message in messages_for(fact):
        tell(message, {"task": fact.task, "subject": fact.task.title, "at": fact.at})


def listen_late(fact: LateFact) -> None:
    """Bound to `reviewhub.reviews.announcements.when_told_late`."""
    about = {"run": fact.run, "path": fact.late.path, "due_at": fact.late.due_at, "at": fact.late.at}
    for message in messages_for_late(fact):
        tell(message, {**about, "subject": name_of(fact.run)})


def forget_decided(task: ReviewTask) -> None:
    """A decision that was taken back has never been: nobody goes on reading of it, and nothing of it leaves."""
    for notice in Notice.objects.filter(task=task, kind=Notice.Kind.DECIDED, deliveries__isnull=True):
        notice.delete()
        transaction.on_commit(partial(_noticed, notice.person_id), robust=True)


def tell(message: Message, about: Mapping[str, Any]) -> list[Notice]:
    """Write the notices that are not there yet, and let each travel as its reader wants.

    `about` are the fields of a notice that say what it is about, and when: a task or a run, subject, at.
    """
    told = set(Notice.objects.filter(key=message.key, person__in=message.people).values_list("person_id", flat=True))
    ways, places = ways_of(message.people), reached(message.people)
    made = []
    for person in message.people:
        if person.pk in told:
            continue
        held = max(message.held, own_hours.waits(person, message.kind, about))
        journey = Journey(person, ways[person.pk], places, held)
        notice = Notice.objects.create(
            person=person,
            in_digest=is_gathered(journey, message.kind),
            kind=message.kind,
            key=message.key,
            text=message.text[:500],
            **{**about, "subject": " ".join(about["subject"].split())},
        )
        send(notice, journey)
        transaction.on_commit(partial(_noticed, person.pk), robust=True)
        made.append(notice)
    return made


def _noticed(person_id: int) -> None:
    if _hear is not None:
        _hear(person_id)


@transaction.atomic
def mark_read(*, actor: Person, notices: Iterable[int] | None = None) -> int:
    """Mark some of the actor's notices as read, or all of them. Returns how many were not."""
    unread = Notice.objects.filter(person=actor, read_at__isnull=True)
    if notices is not None:
        unread = unread.filter(pk__in=notices)
    return unread.update(read_at=ports.clock().system_now())
