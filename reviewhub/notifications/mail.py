"""Notices by mail: a channel. Of a task it says the title, the queue and the due time, and nothing of the case."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orchestration import ports
from reviewhub.accounts.models import Person
from reviewhub.notifications.channels.port import DIGEST, NOW, OFF, PENDING
from reviewhub.notifications.letters import hand_over, letter
from reviewhub.notifications.models import Notice
from reviewhub.reviews.links import DecisionLink, decision_token
from reviewhub.reviews.services.holding import may_decide

_stops = signing.Signer(salt="reviewhub.notifications.unsubscribe", sep=".")
GATHERED = "digest"  # in the place of a kind: all that comes in digests


class Mail:
    """Implements `Channel`. Its address is empty: a mail goes to the account's address as that is when it leaves."""

    name = "mail"
    title: str | Promise = _("Mail")
    ways: tuple[str, ...] = (PENDING, NOW, DIGEST, OFF)
    changes = False

    def is_set_up(self) -> bool:
        return True

    def addresses_of(self, people: Collection[Person]) -> Mapping[int, Sequence[str]]:
        return {person.pk: ("",) for person in people if person.email}

    def deliver(self, notice: Notice, address: str) -> str:
        task, person = notice.task, notice.person
        context = {
            "notice": notice,
            "task": task,
            "due": notice.due if task is None else task.due_at,
            "zone": person.timezone,
            "link": link_to(notice),
            "decide": decision_address(notice),
            "hours": settings.MAIL_DECISION_HOURS,
        }
        hand_over(
            letter(
                to=person.email,
                subject=f"{notice.get_kind_display()}: {notice.subject}",
                template="notice",
                context=context,
                number=f"notice-{notice.pk}",
                about=f"task-{notice.task_id}" if task else f"run-{notice.run_id}",
                unsubscribe=unsubscribe_address(person, notice.kind),
            )
        )
        return ""

    def change(self, notice: Notice, place: str) -> None:
        raise NotImplementedError("A mail that has left says what it says.")


def decision_address(notice: Notice) -> str:
    """Where the addressee decides without signing in; empty where they may not, or nothing is to be decided."""
    task, person = notice.task, notice.person
    able = bool(settings.MAIL_DECISION_HOURS) and person.email_verified_at is not None
    if not able or task is None or not may_decide(task, person):
        return ""
    until = ports.clock().system_now() + timedelta(hours=settings.MAIL_DECISION_HOURS)
    token = decision_token(DecisionLink(task.pk, person.pk, until))
    return f"{settings.PUBLIC_URL}{reverse('web:linked-decision', args=[token])}"


def link_to(notice: Notice) -> str:
    return f"{settings.PUBLIC_URL}{notice.address}"


def unsubscribe_address(person: Person, kind: str) -> str:
    """Where mails like this one are stopped, without signing in, by a POST."""
    token = _stops.sign_object([person.pk, kind])
    return f"{settings.PUBLIC_URL}{reverse('web:unsubscribe', args=[token])}"


def unsubscribed(token: str) -> tuple[int, str] | None:
    """Whose mails of what kind; None for what we have not signed."""
    try:
        person, kind = _stops.unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return (int(person), str(kind)) if kind in (GATHERED, *Notice.Kind.values) else None
