"""Settings of the test suite. The database is the one `--database` chose; nothing outside the process is used."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_PLACE = Path(tempfile.mkdtemp(prefix="reviewhub-tests-"))
atexit.register(shutil.rmtree, _PLACE, ignore_errors=True)
for _name, _value in {
    "REVIEWHUB_MODE": "embedded",
    "DATA_DIR": str(_PLACE),
    "SECRET_KEY": "a key that only the test suite has, and that is long enough",
    "LOG_LEVEL": "WARNING",
    "EMAIL_URL": "memorymail://",
}.items():
    os.environ[_name] = _value

from reviewhub.settings.base import *  # noqa: E402, F403
from reviewhub.settings.base import DATABASES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": str(_PLACE / "test.sqlite3")}  # a file, so that threads meet in WAL
    DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
else:
    DATABASES["default"]["OPTIONS"].pop("pool")  # a pool would hold on to the database that is dropped at the end
