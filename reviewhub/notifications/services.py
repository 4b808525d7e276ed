"""Telling people: notices in the fact's transaction, mails from the outbox after it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
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
    _tell_aside(fact)
    for message in messages_for(fact):
        tell(message, _about(fact))


def listen_to_all(facts: Iterable[Fact]) -> None:
    """As `listen`, for facts of one transaction, of as many tasks."""
    telling = []
    with api.sent_together():
        for fact in facts:
            _tell_aside(fact)
            telling += [(message, _about(fact)) for message in messages_for(fact)]
        tell_all(telling)


def _tell_aside(fact: Fact) -> None:
    if fact.kind == "question":
        request = fact.details["request"]
        api.send_later(topic=QUESTIONS, key=f"question:{request}", payload={"request": request})
    if fact.kind == "taken_back":
        forget_decided(fact.task)


def _about(fact: Fact) -> dict[str, Any]:
    return {"task": fact.task, "subject": fact.task.title, "at": fact.at}


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
    return tell_all([(message, about)])


def tell_all(telling: Sequence[tuple[Message, Mapping[str, Any]]]) -> list[Notice]:
    """As `tell`, for any number of messages: the notices take a fixed number of statements."""
    if not telling:
        return []
    people = {person.pk: person for message, _ in telling for person in message.people}
    told = _told_before(telling, people)
    ways, places = ways_of(people.values()), reached(people.values())
    made = []
    for message, about in telling:
        for person in message.people:
            if (person.pk, message.key) in told:
                continue
            held = max(message.held, own_hours.waits(person, message.kind, about))
            journey = Journey(person, ways[person.pk], places, held)
            made.append((_notice(message, about, journey), journey))
    Notice.objects.bulk_create(notice for notice, _ in made)
    for notice, journey in made:
        send(notice, journey)
    for person_id in {notice.person_id for notice, _ in made}:
        transaction.on_commit(partial(_noticed, person_id), robust=True)
    return [notice for notice, _ in made]


def _told_before(telling: Iterable[tuple[Message, Any]], people: Iterable[int]) -> set[tuple[int, str]]:
    """(person, key) of what somebody has been told already."""
    known = Notice.objects.filter(key__in=[message.key for message, _ in telling], person__in=list(people))
    return set(known.values_list("person_id", "key"))


def _notice(message: Message, about: Mapping[str, Any], journey: Journey) -> Notice:
    return Notice(
        person=journey.person,
        in_digest=is_gathered(journey, message.kind),
        kind=message.kind,
        key=message.key,
        text=message.text[:500],
        **{**about, "subject": " ".join(about["subject"].split())},
    )


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
