"""`--database=sqlite|postgres`: which database the suite runs on. Loaded by `-p`, before Django reads its settings."""

from __future__ import annotations

import atexit
import gc
import os
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

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


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any]) -> Iterator[Any]:
    """Migrations make every model anew a few hundred times. Looking meanwhile for what is left of the old ones takes
    more than a quarter of the whole, and is done once afterwards as well."""
    if fixturedef.argname != "django_db_setup":
        return (yield)
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def _choose(database: str) -> None:
    if database == "sqlite":
        os.environ.pop("DATABASE_URL", None)
    elif "DATABASE_URL" not in os.environ:
        os.environ["DATABASE_URL"] = _servers.enter_context(postgres_cluster(durable=False)) + "/postgres"
        atexit.register(_servers.close)  # after whatever the cluster registered, so before it; also on an error


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests about the other database are left out, and counted as such; so are those that ask none, on the second.
    Those with a browser come last: Playwright keeps an event loop in the main thread from its first use on."""
    items.sort(key=lambda item: "browser" in getattr(item, "fixturenames", ()))
    leaves_out = _of_sqlite_alone if config.getoption("--database") == "postgres" else _of_postgres
    left_out = [item for item in items if leaves_out(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def _of_postgres(item: pytest.Item) -> bool:
    return item.get_closest_marker("postgres") is not None


def _of_sqlite_alone(item: pytest.Item) -> bool:
    if item.get_closest_marker("sqlite"):
        return True
    asks = item.get_closest_marker("django_db") or {"db", "transactional_db"} & set(getattr(item, "fixturenames", ()))
    return not asks and not item.get_closest_marker("postgres")
