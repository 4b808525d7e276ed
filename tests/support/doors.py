"""Every door through which a decision comes, as somebody meets it: what they see, and what they are told then."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol
from uuid import uuid4

from django.test import Client
from pytest_django import Settings

from orchestration.models import OutboxMessage
from orchestration.runtime import outbox
from reviewhub.accounts.actors import actor_of
from reviewhub.accounts.models import Person
from reviewhub.api.tokens.services import create_token
from reviewhub.notifications.models import ChatIdentity, Notice
from reviewhub.reviews.links import DecisionLink, decision_token
from reviewhub.reviews.models import ReviewTask
from tests.integration.web.test_linked import ask, knows
from tests.support.desk_room import DeskRoom
from tests.support.slack_server import SECRET, TOKEN, Chat, signed, slack_server, tapped

SLACK_TYPE = "application/x-www-form-urlencoded"


@dataclass
class Told:
    """What somebody reads who has acted."""

    taken: bool
    text: str


class Door(Protocol):
    def decide(self, outcome: str, **more: str) -> Told:
        """Acts on what was seen when the door was opened; again, and it is the same act."""
        ...


@dataclass
class Entrance:
    """The room, the person who comes, and what it takes to meet them there."""

    room: DeskRoom
    person: Person
    settings: Settings
    stack: ExitStack

    def enter(self, made: AbstractContextManager[Any]) -> Any:
        return self.stack.enter_context(made)

    def client(self) -> Client:
        client = Client(raise_request_exception=False)
        client.force_login(self.person, backend="django.contrib.auth.backends.ModelBackend")
        return client


def words(response: Any) -> str:
    """As it is read: without markup."""
    text = re.sub(r"<(script|style|head)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(version|shown|key|opened)" value="([^"]*)"', page))


def has_gone_on(response: Any) -> bool:
    return response.status_code == 302 and not response["Location"].startswith("/sign-in/")


class Desk:
    """The page of the desk, as it was opened."""

    def __init__(self, at: Entrance, task: ReviewTask) -> None:
        self.client, self.path = at.client(), f"/tasks/{task.pk}/"
        self.form = hidden(self.client.get(self.path).content.decode())

    def decide(self, outcome: str, **more: str) -> Told:
        answer = self.client.post(f"{self.path}decision/", {**self.form, "outcome": outcome, **more})
        return Told(has_gone_on(answer), words(answer))


class Card:
    """A card of the phone."""

    def __init__(self, at: Entrance, task: ReviewTask) -> None:
        self.at, self.client, self.path = at, at.client(), f"/cards/{task.pk}/"
        found = self.client.get(self.path).json()
        known = {"version": found["version"], "shown": found["shown"]} if "version" in found else {}
        self.form = {**known, "key": uuid4().hex, "seconds": "3"}

    def decide(self, outcome: str, **more: str) -> Told:
        answer = self.client.post(f"{self.path}decision/", {**self.form, "outcome": outcome, **more})
        if answer.status_code == 302:  # to the sign-in
            return Told(taken=False, text="")
        return Told(answer.status_code == 200, str(answer.json().get("said", "")))


class Offline(Card):
    """A decision that was kept on the device, and is sent by a page that came later."""

    def decide(self, outcome: str, **more: str) -> Told:
        self.at.room.clock.forward(minutes=2)
        self.client = self.at.client()
        return super().decide(outcome, **more)


class Push:
    """A push that is tapped leads to the task's page as it is by then."""

    def __init__(self, at: Entrance, task: ReviewTask) -> None:
        self.client = at.client()
        self.notice = Notice.objects.filter(task=task, person=at.person).first() or ask(task, at.person)
        self.task = task
        self.form: dict[str, str] = {}

    def decide(self, outcome: str, **more: str) -> Told:
        if not self.form:
            page = self.client.get(f"/notices/{self.notice.pk}/", follow=True)
            if f'value="{outcome}"' not in page.content.decode():
                return Told(taken=False, text=words(page))
            self.form = hidden(page.content.decode())
        answer = self.client.post(f"/tasks/{self.task.pk}/decision/", {**self.form, "outcome": outcome, **more})
        return Told(has_gone_on(answer), words(answer))


class MailLink:
    """The link of a mail, in a browser that is known to read the addressee's."""

    def __init__(self, at: Entrance, task: ReviewTask) -> None:
        until = at.room.clock.system + timedelta(hours=72)
        self.path = f"/decide/{decision_token(DecisionLink(task.pk, at.person.pk, until))}/"
        self.client = knows(Client(raise_request_exception=False), at.person)
        self.form = hidden(self.client.get(self.path).content.decode())

    def decide(self, outcome: str, **more: str) -> Told:
        answer = self.client.post(self.path, {**self.form, "outcome": outcome, **more})
        return Told(has_gone_on(answer), words(answer))


class Slack:
    """The button of a message, and the words that come back for whoever tapped it."""

    def __init__(self, at: Entrance, task: ReviewTask) -> None:
        self.at = at
        at.settings.SLACK_BOT_TOKEN, at.settings.SLACK_SIGNING_SECRET = TOKEN, SECRET
        self.chat: Chat = at.enter(slack_server())
        at.settings.SLACK_API_URL = self.chat.url
        self.member = f"U{at.person.username.upper()}"
        ChatIdentity.objects.create(person=at.person, member=self.member)
        Notice.objects.filter(task=task, person=at.person).exists() or ask(task, at.person)
        self._send()
        (message,) = self.chat.messages.values()
        elements = [each for block in message["blocks"] if block["type"] == "actions" for each in block["elements"]]
        labels = {each["id"]: each["label"] for each in task.outcomes}
        self.values = {
            outcome: each["value"]
            for outcome, label in labels.items()
            for each in elements
            if each["text"]["text"] == label
        }

    def decide(self, outcome: str, **more: str) -> Told:
        body = tapped(self.values.get(outcome, "none"), self.member, channel=f"D{self.member}")
        headers = signed(body, self.at.room.clock.system)
        assert Client().post("/chat/slack/", body, content_type=SLACK_TYPE, headers=headers).status_code == 200
        before = len(self.chat.whispers)
        self._send()
        said = " ".join(text for _, _, text in self.chat.whispers[before:])
        return Told(not said and outcome in self.values, said)

    def _send(self) -> None:
        for message in OutboxMessage.objects.order_by("pk"):
            if message.payload.get("channel") != "mail":
                outbox.send(message.pk)


class Api:
    """A program of the person's own."""

    def __init__(self, at: Entrance, task: ReviewTask) -> None:
        scopes = ["tasks:read", "tasks:decide"]
        _, secret = create_token(person=at.person, name="mine", scopes=scopes, actor=actor_of(at.person))
        self.headers = {"Authorization": f"Bearer {secret}"}
        self.path, self.client = f"/api/v1/tasks/{task.pk}/", Client(raise_request_exception=False)
        found = self.client.get(self.path, headers=self.headers)
        self.key, self.tag = uuid4().hex, found.headers.get("ETag", '"1"')
        self.shown = found.json().get("evidence_hash", "")

    def decide(self, outcome: str, **more: str) -> Told:
        body: dict[str, Any] = {"outcome": outcome, **_as_api(more)}
        key = self.key + "".join(more)  # another act has another key
        headers = {**self.headers, "Idempotency-Key": key, "If-Match": self.tag}
        answer = self.client.post(
            f"{self.path}decision/", json.dumps(body), content_type="application/json", headers=headers
        )
        said = answer.json()
        text = " ".join([str(said.get("detail", "")), *(str(each["message"]) for each in said.get("errors", ()))])
        return Told(answer.status_code == 201, text)


def _as_api(more: Mapping[str, str]) -> dict[str, Any]:
    said: dict[str, Any] = {}
    if "confirmed" in more:
        said["confirmed"] = True
    if "reason" in more:
        said["reasons"] = [more["reason"]]
    return said


DOORS: Mapping[str, Callable[[Entrance, ReviewTask], Door]] = {
    "desk": Desk,
    "card": Card,
    "offline": Offline,
    "push": Push,
    "mail link": MailLink,
    "slack": Slack,
    "api": Api,
}
