"""An office with people, a queue and a published workflow, and the ways in which they call the API."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.apps import apps
from django.test import Client
from standardwebhooks import Webhook

from orchestration import api
from reviewhub.accounts.models import Person
from reviewhub.api.models import ApiToken
from reviewhub.api.tokens.scopes import SCOPES, offered
from reviewhub.api.tokens.services import create_token
from reviewhub.reviews.models import Queue, ReviewTask
from tests.integration.api.texts import PURCHASE

SECRET = "whsec_" + base64.b64encode(b"the shop's key, thirty-two bytes").decode()


def person(name: str, **fields: Any) -> Person:
    return Person.objects.create_user(
        f"{name}@example.com", f"{name} has a password", username=name, display_name=name.title(), **fields
    )


@dataclass
class Caller:
    """Sends requests with one token, or in one person's session, or as nobody."""

    headers: dict[str, str] = field(default_factory=dict)
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def get(self, path: str, **headers: str) -> Any:
        return self.send("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.send("POST", path, body, **headers)

    def put(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.send("PUT", path, body, **headers)

    def delete(self, path: str, **headers: str) -> Any:
        return self.send("DELETE", path, **headers)

    def send(
        self, method: str, path: str, body: Any = None, content_type: str = "application/json", **headers: str
    ) -> Any:
        data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.generic(method, path, data, content_type=content_type, headers={**self.headers, **named})


class Office:
    """Alice reviews, Bob backs her up, Carol manages, Oscar owns the process, Mallory should get nowhere."""

    def __init__(self) -> None:
        self.carol = person("carol")
        self.alice = person("alice", manager=self.carol)
        self.bob = person("bob", manager=self.carol)
        self.oscar = person("oscar")
        self.mallory = person("mallory")
        self.engineer = person("erin")
        self.engineer.grants.create(role="engineer", granted_by="test")
        self.queue = Queue.objects.create(slug="finance", title="Finance", manager=self.carol, backup=self.bob)
        self.queue.memberships.create(person=self.alice)
        self.queue.memberships.create(person=self.bob)
        self.queue.memberships.create(person=self.carol, role="lead")
        connections = apps.get_model("orchestration", "Connection")
        connections._default_manager.create(name="shop", kind="webhook", secret=SECRET)
        api.publish_workflow(text=PURCHASE, note="first", actor=api.SYSTEM)

    def token(
        self,
        owner: Person,
        *scopes: str,
        kind: str = ApiToken.Kind.PERSONAL,
        expires_in: timedelta = timedelta(days=1),
    ) -> tuple[ApiToken, str]:
        wanted: Sequence[str] = scopes or [scope for scope in SCOPES if scope in offered(kind)]
        return create_token(
            person=owner, name="a token", scopes=wanted, kind=kind, expires_in=expires_in, actor=api.SYSTEM
        )

    def calls(self, owner: Person, *scopes: str, kind: str = ApiToken.Kind.PERSONAL) -> Caller:
        """Somebody's program, with a token of these scopes; of all scopes where none are named."""
        return Caller({"Authorization": f"Bearer {self.token(owner, *scopes, kind=kind)[1]}"})

    def at_a_page(self, owner: Person, *, checks_csrf: bool = False) -> Caller:
        client = Client(enforce_csrf_checks=checks_csrf, raise_request_exception=False)
        client.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")
        return Caller(client=client)

    def run(self, request: str = "pens", amount: float = 12, **fields: Any) -> str:
        given = {"request": request, "amount": amount, **fields}
        return api.start_run(workflow="purchase", input=given, actor=api.SYSTEM, source="manual").run_id

    def task(self, request: str = "pens", **fields: Any) -> ReviewTask:
        return ReviewTask.objects.get(run_id=UUID(self.run(request, **fields)))


def signed(
    body: bytes, message_id: str = "msg_1", *, secret: str = SECRET, at: datetime | None = None
) -> dict[str, str]:
    """The headers of a webhook that the shop sends."""
    sent_at = at or datetime.now(UTC)
    return {
        "webhook_id": message_id,
        "webhook_timestamp": str(int(sent_at.timestamp())),
        "webhook_signature": Webhook(secret).sign(message_id, sent_at, body.decode()),
    }
