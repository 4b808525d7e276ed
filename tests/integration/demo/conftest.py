"""The demo's systems, with the secrets of their connections."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from orchestration import api
from reviewhub.demo.loading.load import ACTOR
from tests.support import demo_urls as every_address

TOKEN = "the token of this test"


@pytest.fixture
def demo_urls(settings: LazySettings) -> None:
    settings.ROOT_URLCONF = every_address.__name__


Call = Callable[..., Any]  # the test client's answer


@pytest.fixture
def call(demo_urls: None, db: None, client: Client) -> Call:
    """`call("POST", "erp/orders", body, key="k")` as the connection's holder."""

    def calling(method: str, path: str, body: Any = None, *, key: str = "", token: str = TOKEN) -> Any:
        name = path.partition("/")[0].partition("?")[0]
        api.save_connection(name=name, kind="http", secret=TOKEN, actor=ACTOR)
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
        address = f"/demo/systems/{path}"
        if method == "GET":
            return client.get(address, headers=headers)
        return client.post(address, body, content_type="application/json", headers=headers)

    return calling
