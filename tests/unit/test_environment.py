"""What an installation refuses to start with."""

from __future__ import annotations

import io
import logging
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from reviewhub.settings.environment import KEY_FILE, Mode, read_environment
from reviewhub.settings.logs import OncePerMinute, Redacted, redact

PRODUCTION = {
    "REVIEWHUB_MODE": "production",
    "SECRET_KEY": "k" * 60,
    "DATABASE_URL": "postgres://reviewhub:secret@db/reviewhub",
    "REDIS_URL": "redis://queue:6379/0",
    "PUBLIC_URL": "https://review.example.com",
}


def test_production_starts_with_everything_said() -> None:
    environment = read_environment(PRODUCTION)
    assert environment.mode is Mode.PRODUCTION
    assert environment.allowed_hosts == ("review.example.com",)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is missing or short"),
        ({"SECRET_KEY": "k" * 49}, "SECRET_KEY is missing or short"),
        ({"SECRET_KEY": "demo-" + "k" * 60}, "SECRET_KEY comes from a demo"),
        ({"SECRET_KEY_FALLBACKS": "demo-" + "k" * 60}, "SECRET_KEY comes from a demo"),
        ({"DEBUG": "true"}, "DEBUG"),
        ({"DATABASE_URL": "sqlite:///x.sqlite3"}, "PostgreSQL"),
        ({"REDIS_URL": ""}, "REDIS_URL"),
        ({"PUBLIC_URL": "http://review.example.com"}, "PUBLIC_URL"),
        ({"DEMO_SPEED": "60"}, "DEMO_SPEED belongs to the demo"),
        ({"DATABASE_POOL": "many"}, "DATABASE_POOL has to be a whole number"),
        ({"BEHIND_PROXY": "perhaps"}, "BEHIND_PROXY has to be true or false"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL is one of"),
        ({"REVIEWHUB_MODE": "prod"}, "REVIEWHUB_MODE is 'prod'"),
    ],
)
def test_production_refuses_to_start(change: dict[str, str], said: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=said):
        read_environment(PRODUCTION | change)


def test_all_faults_are_said_together() -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        read_environment({"REVIEWHUB_MODE": "production"})
    for name in ("SECRET_KEY", "DATABASE_URL", "REDIS_URL", "PUBLIC_URL"):
        assert name in str(refused.value)


def test_an_embedded_installation_makes_its_own_key_once(tmp_path: Path) -> None:
    first = read_environment({"DATA_DIR": str(tmp_path)})
    again = read_environment({"DATA_DIR": str(tmp_path)})
    assert first.secret_key == again.secret_key
    assert len(first.secret_key) >= 50
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o077 == 0


def test_a_key_made_by_the_demo_is_no_use_in_production(tmp_path: Path) -> None:
    made = read_environment({"REVIEWHUB_MODE": "demo", "DATA_DIR": str(tmp_path)}).secret_key
    with pytest.raises(ImproperlyConfigured, match="comes from a demo"):
        read_environment(PRODUCTION | {"SECRET_KEY": made})


def test_a_named_sqlite_file_lies_in_the_data_folder(tmp_path: Path) -> None:
    assert read_environment({"DATA_DIR": str(tmp_path)}).database_url == f"sqlite:///{tmp_path}/reviewhub.sqlite3"


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("Authorization: Bearer rhp_abc123", "Authorization: [hidden]"),
        ("postgres://reviewhub:s3cret@db/reviewhub", "postgres://reviewhub:[hidden]@db/reviewhub"),
        ("signed with whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "signed with whsec_[hidden]"),
        ("{'password': 'correct horse'}", "{'password': '[hidden]'}"),
        ("run 17 started", "run 17 started"),
        (
            "Unprocessable Entity: /decide/0f0e0d0c-7-1795000000.Rk9PQkFSQkFaUVVYWFla_-x/",
            "Unprocessable Entity: /decide/[hidden]/",
        ),
        ("Gone: /information/0f0e0d0c0b0a.Rk9PQkFSQkFa/", "Gone: /information/[hidden]/"),
        ("Not Found: /tasks/1caf6920/information/?view=team", "Not Found: /tasks/1caf6920/information/?view=team"),
    ],
)
def test_a_secret_does_not_reach_the_log(line: str, written: str) -> None:
    assert redact(line) == written


def test_the_same_traceback_is_written_once_a_minute_and_each_time_that_it_failed() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Redacted("%(message)s"))
    handler.addFilter(OncePerMinute())
    for error in (OSError("away 100 %"), OSError("away 100 %"), OSError("full")):
        said = (type(error), error, None)
        handler.handle(logging.LogRecord("redis", logging.ERROR, __file__, 1, "Lost %s", ("it",), said))
    assert stream.getvalue().splitlines() == [
        *("Lost it", "OSError: away 100 %"),
        "Lost it: OSError: away 100 %",
        *("Lost it", "OSError: full"),
    ]
