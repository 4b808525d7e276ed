"""The far end of each channel, as its contract sees it: what arrived there, and a refusal to come."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from django.utils.functional import Promise
from pytest_django import Settings

from reviewhub.accounts.models import Person
from reviewhub.notifications.channels.known import channel_named
from reviewhub.notifications.channels.port import NOW, OFF, Channel, ChannelBusy
from reviewhub.notifications.models import ChatIdentity, Notice, PushDevice
from reviewhub.notifications.push import devices
from reviewhub.reviews.services.holding import what_happened
from tests.support.push_service import Device, push_service
from tests.support.slack_server import SECRET, TOKEN, slack_server
from tests.support.smtp_server import mail_server


class FarEnd(Protocol):
    channel: Channel

    def link(self, person: Person) -> None:
        """From now on the person can be reached there."""
        ...

    def unlink(self, person: Person) -> None: ...

    def says(self) -> list[str]:
        """All that stands there, the oldest first."""
        ...

    def refuse(self) -> None:
        """The next one is not taken."""
        ...


class FakeChannel:
    """Implements `Channel` in memory, and is its own far end."""

    name = "fake"
    title: str | Promise = "Fake"
    ways: tuple[str, ...] = (NOW, OFF)
    changes = True

    def __init__(self) -> None:
        self.channel: Channel = self
        self._known: dict[int, str] = {}
        self._said: dict[str, str] = {}
        self._refuses = False

    def is_set_up(self) -> bool:
        return True

    def addresses_of(self, people: Collection[Person]) -> Mapping[int, Sequence[str]]:
        return {person.pk: (self._known[person.pk],) for person in people if person.pk in self._known}

    def deliver(self, notice: Notice, address: str) -> str:
        self._heed()
        place = f"{address}-{len(self._said)}"
        self._said[place] = _words(notice)
        return place

    def change(self, notice: Notice, place: str) -> None:
        self._heed()
        self._said[place] = _words(notice)

    def link(self, person: Person) -> None:
        self._known[person.pk] = person.username

    def unlink(self, person: Person) -> None:
        del self._known[person.pk]

    def says(self) -> list[str]:
        return list(self._said.values())

    def refuse(self) -> None:
        self._refuses = True

    def _heed(self) -> None:
        if self._refuses:
            self._refuses = False
            raise ChannelBusy("Not now.")


def _words(notice: Notice) -> str:
    settled = notice.task is not None and not notice.task.is_waiting
    return f"{notice.subject}: {what_happened(notice.task) if settled and notice.task else notice.text}"


def ours(name: str) -> Channel:
    found = channel_named(name)
    assert found is not None
    return found


@contextmanager
def slack(settings: Settings) -> Iterator[FarEnd]:
    with slack_server() as chat:
        settings.SLACK_BOT_TOKEN, settings.SLACK_SIGNING_SECRET, settings.SLACK_API_URL = TOKEN, SECRET, chat.url

        class End:
            channel = ours("chat")

            def link(self, person: Person) -> None:
                ChatIdentity.objects.create(person=person, member=f"U{person.username.upper()}")

            def unlink(self, person: Person) -> None:
                ChatIdentity.objects.filter(person=person).delete()

            def says(self) -> list[str]:
                return [f"{said['text']} {said['blocks']}" for said in chat.messages.values()]

            def refuse(self) -> None:
                chat.faults.append("http_503")

        yield End()


@contextmanager
def push(settings: Settings) -> Iterator[FarEnd]:
    settings.PUSH_HOSTS = ("127.0.0.1",)
    device = Device()
    with push_service() as service:

        class End:
            channel = ours("push")

            def link(self, person: Person) -> None:
                devices.add_device(actor=person, endpoint=f"{service.url}/{person.pk}", **device.sent)

            def unlink(self, person: Person) -> None:
                PushDevice.objects.filter(person=person).delete()

            def says(self) -> list[str]:
                return [" ".join(map(str, said.values())) for said in service.told(device)]

            def refuse(self) -> None:
                service.refuses.append(503)

        yield End()


@contextmanager
def mails(settings: Settings) -> Iterator[FarEnd]:
    with mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.host, server.port

        class End:
            channel = ours("mail")

            def link(self, person: Person) -> None:
                Person.objects.filter(pk=person.pk).update(email=f"{person.username}@example.com")

            def unlink(self, person: Person) -> None:
                Person.objects.filter(pk=person.pk).update(email="")

            def says(self) -> list[str]:
                return [f"{each['Subject']} {_part(each, 'plain')} {_part(each, 'html')}" for each in server.taken]

            def refuse(self) -> None:
                server.refusals.append("451 later")

        yield End()


def _part(mail: Any, kind: str) -> str:
    return str(mail.get_body((kind,)).get_content())


@contextmanager
def fake(settings: Settings) -> Iterator[FarEnd]:
    from reviewhub.notifications.channels import known

    end = FakeChannel()
    known.known(end)
    try:
        yield end
    finally:
        del known._CHANNELS[end.name]


FAR_ENDS = {"mail": mails, "push": push, "chat": slack, "fake": fake}
