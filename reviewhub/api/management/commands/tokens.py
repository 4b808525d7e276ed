"""`manage.py tokens create|list|revoke`: API tokens from the command line."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from orchestration.exceptions import OrchestrationError
from orchestration.ports import COMMAND_LINE, clock
from reviewhub.accounts.models import Person
from reviewhub.accounts.permissions import PermissionDenied, require
from reviewhub.api.models import ApiToken
from reviewhub.api.tokens.scopes import SCOPES
from reviewhub.api.tokens.services import DEFAULT_LIFETIME, create_token, revoke_token


class Command(BaseCommand):
    help = "Makes, lists and revokes API tokens."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        create = actions.add_parser("create", help="make a token and print it, this once")
        create.add_argument("person", help="user name of whoever it belongs to")
        create.add_argument("--name", required=True, help="to tell it from others")
        create.add_argument("--scopes", required=True, help="separated by commas: " + ", ".join(SCOPES))
        create.add_argument("--service", action="store_true", help="for a system: starts and reads, never decides")
        create.add_argument("--days", type=int, default=DEFAULT_LIFETIME.days, help="until it expires")
        listing = actions.add_parser("list", help="list tokens; their texts are kept nowhere")
        listing.add_argument("person", nargs="?", help="only those of this user name")
        listing.add_argument("--json", action="store_true", help="one JSON object a line")
        revoke = actions.add_parser("revoke", help="end a token at once")
        revoke.add_argument("id", type=UUID, help="as `tokens list` prints it")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, options["action"])(**options)
        except (OrchestrationError, PermissionDenied) as error:
            raise CommandError(str(error)) from error

    def create(self, *, person: str, name: str, scopes: str, service: bool, days: int, **_: Any) -> None:
        owner = _person(person)
        require(owner, "service_token.create" if service else "token.create")
        made, secret = create_token(
            person=owner,
            name=name,
            scopes=[scope.strip() for scope in scopes.split(",") if scope.strip()],
            kind=ApiToken.Kind.SERVICE if service else ApiToken.Kind.PERSONAL,
            expires_in=timedelta(days=days),
            actor=COMMAND_LINE,
        )
        self.stderr.write(f"{made.name} expires at {made.expires_at:%Y-%m-%d %H:%M} UTC.")
        self.stdout.write(secret)

    def list(self, *, person: str | None, json: bool, **_: Any) -> None:
        tokens = ApiToken.objects.select_related("person")
        if person is not None:
            tokens = tokens.filter(person=_person(person))
        for token in tokens:
            self.stdout.write(_as_json(token) if json else _as_line(token))

    def revoke(self, *, id: UUID, **_: Any) -> None:
        token = ApiToken.objects.filter(pk=id).first()
        if token is None:
            raise CommandError(f"There is no token {id}.")
        revoke_token(token=token, actor=COMMAND_LINE)
        self.stdout.write(f"Revoked {token.name}.")


def _person(username: str) -> Person:
    found = Person.objects.filter(username=username).first()
    if found is None:
        raise CommandError(f"There is nobody with the user name {username!r}.")
    return found


def _told(token: ApiToken) -> dict[str, str]:
    return {
        "id": str(token.pk),
        "status": token.status(clock().system_now()),
        "kind": token.kind,
        "person": token.person.username,
        "hint": token.hint,
        "expires_at": token.expires_at.isoformat(timespec="seconds"),
        "scopes": ",".join(token.scopes),
        "name": token.name,
    }


def _as_json(token: ApiToken) -> str:
    return json.dumps(_told(token))


def _as_line(token: ApiToken) -> str:
    return "  ".join(_told(token).values())
