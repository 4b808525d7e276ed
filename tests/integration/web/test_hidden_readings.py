"""A task that hides what the AI recommends hides what it read too, at every door, in every message and in its run."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import ExitStack

import pytest
from django.test import Client
from pytest_django import Settings

from orchestration import api
from orchestration.models import OutboxMessage
from orchestration.ports import SYSTEM, Reading
from orchestration.runtime import outbox
from reviewhub.accounts.models import Person
from reviewhub.accounts.services import grant_role
from reviewhub.notifications.push import devices
from reviewhub.reviews.models import Queue, ReviewTask
from tests.integration.web.conftest import SignedIn
from tests.integration.web.test_deciding import post
from tests.integration.web.test_linked import ask, knows, link
from tests.support.desk_room import OSCAR, DeskRoom
from tests.support.documents import a_pdf
from tests.support.doors import Entrance, Slack
from tests.support.push_service import Device, push_service
from tests.support.smtp_server import mail_server

READ = {
    "amount": Reading(1777.0, 0.51, "file", "Payment 30 %"),
    "cost_center": Reading("lab-310", 0.99, "file", "with the order", confidence=0.94, agreed=94, sample=100),
}
SAID = ("The AI recommends", "Three per cent under the last order", "if nothing is released", "Approve 92", "0.92")
AS_READ = ("1,777", "1777.0", "0.51", "not sure 51", "lab-310", "0.94", "sure 94", "94 of 100", "look at first")
MARKS = ("data-said-at", "own_confidence", "own word")
DOCUMENT = hashlib.sha256(a_pdf()).hexdigest()

PLACES = {
    "page": "/tasks/{task.pk}/",
    "card": "/cards/{task.pk}/",
    "document": f"/tasks/{{task.pk}}/documents/{DOCUMENT}/",
    "list": "/queue/team/",
    "rows of the phone": "/cards/list/?view=team",
    "bulk": "/queue/team/together/?task={task.pk}:{task.version}",
    "precedents": "/tasks/{task.pk}/precedents/",
    "api": "/api/v1/tasks/{task.pk}/",
    "api list": "/api/v1/tasks/?view=team",
    "documents of the api": "/api/v1/tasks/{task.pk}/documents/",
}
TELLS = {"page": "not sure 51", "card": "not sure 51", "document": "data-said-at", "api": "own_confidence"}


@pytest.fixture
def task(room: DeskRoom) -> ReviewTask:
    Queue.objects.update(hidden_share=100)
    room.advises.fields = READ
    file = api.keep_document(a_pdf(), name="quotation.pdf", media_type="application/pdf", by=OSCAR)
    return room.case(amount=1400, file=file)


RUN = {
    "page": "/runs/{run}/",
    "step": "/runs/{run}/?step=assess",
    "live": "/runs/{run}/live/",
    "as it was": "/runs/{run}/at/?step=assess",
    "api": "/api/v1/runs/{run}/",
    "steps": "/api/v1/runs/{run}/steps/",
    "timeline": "/api/v1/runs/{run}/timeline/",
    "state": "/api/v1/runs/{run}/at/5/",
}


def told_in(text: str) -> list[str]:
    return [said for said in (*SAID, *AS_READ, *MARKS) if said in text]


@pytest.mark.parametrize("place", PLACES)
def test_a_door_tells_nothing_of_it_before_the_first_answer(
    room: DeskRoom, signed_in: SignedIn, task: ReviewTask, place: str
) -> None:
    alice = signed_in(room.people.alice)
    path = PLACES[place].format(task=task)
    before = alice.get(path)
    assert (before.status_code, told_in(before.content.decode())) == (200, [])

    post(alice, task, outcome="reject")
    assert TELLS.get(place, "") in alice.get(path).content.decode()


def by_link(room: DeskRoom, task: ReviewTask, settings: Settings) -> str:
    ask(task, room.people.bob)
    return str(knows(Client(), room.people.bob).get(link(room, task, room.people.bob)).content.decode())


def by_mail(room: DeskRoom, task: ReviewTask, settings: Settings) -> str:
    Person.objects.filter(pk=room.people.bob.pk).update(email_verified_at=room.clock.system)
    with mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.host, server.port
        notice = ask(task, room.people.bob)
        assert outbox.send(OutboxMessage.objects.get(key=f"mail:{notice.pk}:").pk)
        return server.said("plain") + server.said("html")


def by_push(room: DeskRoom, task: ReviewTask, settings: Settings) -> str:
    settings.PUSH_HOSTS = ("127.0.0.1",)
    device = Device()
    with push_service() as service:
        devices.add_device(actor=room.people.bob, endpoint=service.url, agent="", **device.sent)
        ask(task, room.people.bob)
        for message in OutboxMessage.objects.filter(payload__channel="push"):
            outbox.send(message.pk)
        return str(service.told(device))


def by_slack(room: DeskRoom, task: ReviewTask, settings: Settings) -> str:
    with ExitStack() as stack:
        return str(Slack(Entrance(room, room.people.bob, settings, stack), task).chat.messages)


@pytest.mark.parametrize("way", [by_link, by_mail, by_push, by_slack])
def test_a_message_tells_nothing_of_it(
    room: DeskRoom, task: ReviewTask, settings: Settings, way: Callable[[DeskRoom, ReviewTask, Settings], str]
) -> None:
    told = way(room, task, settings)
    assert ("Northwind" in told, told_in(told)) == (True, [])


@pytest.mark.parametrize("place", RUN)
def test_its_run_is_hidden_from_whoever_may_decide_it_and_has_not_answered(
    room: DeskRoom, signed_in: SignedIn, task: ReviewTask, place: str
) -> None:
    for who in (room.people.alice, room.people.carol):
        grant_role(person=who, role="operator", actor=SYSTEM)  # others do not see it before the task is closed
    path, alice = RUN[place].format(run=task.run_id), signed_in(room.people.alice)
    before = alice.get(path)
    assert (before.status_code, told_in(before.content.decode())) == (403, [])
    assert "Hidden until you have answered" in before.content.decode()
    assert signed_in(room.people.oscar).get(path).status_code == 200  # who owns the workflow, and decides nothing

    post(alice, task, outcome="reject")
    assert alice.get(path).status_code == 200
    assert signed_in(room.people.carol).get(path).status_code == 403
