"""`--database=sqlite|postgres`: which database the suite runs on. Loaded by `-p`, before Django reads its settings."""

from __future__ import annotations

import atexit
import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.support.machines import postgres_cluster

_servers = ExitStack()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=("sqlite", "postgres"),
        default="sqlite",
        help="sqlite (default), or postgres: a cluster is made for the run, unless DATABASE_URL names one",
    )


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    _choose(early_config.known_args_namespace.database)
    return (yield)


def _choose(database: str) -> None:
    if database == "sqlite":
        os.environ.pop("DATABASE_URL", None)
    elif "DATABASE_URL" not in os.environ:
        os.environ["DATABASE_URL"] = _servers.enter_context(postgres_cluster(durable=False)) + "/postgres"
        atexit.register(_servers.close)  # after whatever the cluster registered, so before it; also on an error


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests about the other database are left out, and counted as such. Those with a browser come last: Playwright
    keeps an event loop in the main thread from its first use on."""
    items.sort(key=lambda item: "browser" in getattr(item, "fixturenames", ()))
    chosen = config.getoption("--database")
    other = "postgres" if chosen == "sqlite" else "sqlite"
    left_out = [item for item in items if other in item.keywords and item.get_closest_marker(other)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
