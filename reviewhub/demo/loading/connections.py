"""How the demo's systems and senders are reached and known. Every secret is drawn anew for every installation."""

from __future__ import annotations

import base64
import secrets

from orchestration import api
from orchestration.ports import Actor

SYSTEMS = {
    "erp": "erp",
    "finance": "finance",
    "suppliers": "suppliers",
    "customers": "customers",
    "mailbox": "mailbox",
}  # connection: path below /demo/systems/
HOOKS = ("erp-hook", "shop-hook")


def load_connections(actor: Actor) -> None:
    """Makes what is missing."""
    known = set(api.connections().values_list("name", flat=True))
    for name in set(HOOKS) - known:
        api.save_connection(name=name, kind="webhook", secret=_signing_secret(), actor=actor)
    for name in set(SYSTEMS) - known:
        api.save_connection(name=name, kind="http", secret=secrets.token_urlsafe(32), actor=actor)


def move_connections(server: str, actor: Actor) -> None:
    """The demo's systems are served by our own web server: at another address they have moved."""
    for connection in api.connections().filter(name__in=SYSTEMS):
        address = f"{server}/demo/systems/{SYSTEMS[connection.name]}"
        if connection.base_url != address:
            api.save_connection(name=connection.name, kind=connection.kind, base_url=address, actor=actor)


def _signing_secret() -> str:
    """As the Standard Webhooks specification writes them."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
