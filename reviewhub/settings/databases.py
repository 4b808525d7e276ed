"""One code path on two databases: SQLite in one process, PostgreSQL for any number of them."""

from __future__ import annotations

from typing import Any

import environ

SQLITE_PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=20000;"


def database(url: str, pool_size: int) -> dict[str, Any]:
    """Django's description of the database at `url`. FULL: a commit that was answered survives a power cut."""
    settings: dict[str, Any] = dict(environ.Env.db_url_config(url))
    if settings["ENGINE"].endswith("sqlite3"):
        return settings | {
            "OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE", "init_command": SQLITE_PRAGMAS},
        }
    return settings | {
        "CONN_MAX_AGE": 0,  # the pool keeps connections; a forked process must not share them
        # Only the engine's own statements are prepared; a PgBouncer in between has to know of it (docs/operating.md).
        "OPTIONS": settings.get("OPTIONS", {})
        | {"prepare_threshold": 2}
        | {"pool": {"min_size": 1, "max_size": pool_size, "timeout": 10}},
    }
