"""The environment, read once and checked as a whole: whatever is wrong is said together, before anything starts."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parents[2]
SHORTEST_KEY = 50
DEMO_KEY_PREFIX = "demo-"
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
KEY_FILE = "secret-key"
YES = ("true", "1", "yes", "on")
NO = ("false", "0", "no", "off", "")


class Mode(StrEnum):
    """How this installation runs. Only demo has invented people, known keys and a clock that may run fast."""

    DEMO = "demo"
    EMBEDDED = "embedded"
    PRODUCTION = "production"


@dataclass(frozen=True, slots=True)
class Environment:
    """Every setting that the environment decides. The operator's page lists them by the same names."""

    mode: Mode
    data_dir: Path
    static_dir: Path
    secret_key: str
    secret_key_fallbacks: tuple[str, ...]
    database_url: str
    database_pool: int
    redis_url: str
    host: str  # host and port: where `serve` listens
    port: int
    public_url: str
    allowed_hosts: tuple[str, ...]
    behind_proxy: bool
    email_url: str
    email_from: str
    mail_decision_hours: int  # how long the link of a mail decides; 0: mails carry none
    slack_bot_token: str
    slack_signing_secret: str
    slack_api_url: str
    push_hosts: tuple[str, ...]  # push services that we may speak to
    document_mb: int  # megabytes that one document may have
    time_zone: str
    log_level: str
    demo_speed: float  # process seconds in one real second

    @property
    def demo(self) -> bool:
        return self.mode is Mode.DEMO

    @property
    def production(self) -> bool:
        return self.mode is Mode.PRODUCTION


def read_environment(variables: Mapping[str, str]) -> Environment:
    """Raises `ImproperlyConfigured` with one line for every fault."""
    env = environ.Env()
    env.ENVIRON = dict(variables)
    mode = _mode(variables.get("REVIEWHUB_MODE", Mode.EMBEDDED))
    faults = list(_typed_faults(env)) or list(_faults(variables, mode))
    if faults:
        raise ImproperlyConfigured("ReviewHub cannot start:\n" + "\n".join(f"  - {fault}" for fault in faults))
    data_dir = Path(env.str("DATA_DIR", default=str(ROOT / "data")))
    port = env.int("PORT", default=8000)
    public_url = env.str("PUBLIC_URL", default=f"http://127.0.0.1:{port}").rstrip("/")
    named = tuple(env.list("ALLOWED_HOSTS", default=[]))
    return Environment(
        mode=mode,
        data_dir=data_dir,
        static_dir=Path(env.str("STATIC_DIR", default=str(ROOT / "staticfiles"))),
        secret_key=env.str("SECRET_KEY", default="") or _kept_key(data_dir, mode),
        secret_key_fallbacks=tuple(env.list("SECRET_KEY_FALLBACKS", default=[])),
        database_url=env.str("DATABASE_URL", default=f"sqlite:///{data_dir.absolute() / 'reviewhub.sqlite3'}"),
        database_pool=env.int("DATABASE_POOL", default=20),
        redis_url=env.str("REDIS_URL", default=""),
        host=env.str("HOST", default="127.0.0.1"),
        port=port,
        public_url=public_url,
        allowed_hosts=(*named, *_hosts_of(public_url), *(() if mode is Mode.PRODUCTION else LOOPBACK)),
        behind_proxy=env.bool("BEHIND_PROXY", default=False),
        email_url=env.str("EMAIL_URL", default="consolemail://"),
        email_from=env.str("EMAIL_FROM", default="ReviewHub <reviewhub@localhost>"),
        mail_decision_hours=env.int("MAIL_DECISION_HOURS", default=72),
        slack_bot_token=env.str("SLACK_BOT_TOKEN", default=""),
        slack_signing_secret=env.str("SLACK_SIGNING_SECRET", default=""),
        slack_api_url=env.str("SLACK_API_URL", default="https://slack.com/api").rstrip("/"),
        push_hosts=tuple(host.lower() for host in env.list("PUSH_HOSTS", default=[])),
        document_mb=env.int("DOCUMENT_MB", default=20),
        time_zone=env.str("TIME_ZONE", default="UTC"),
        log_level=env.str("LOG_LEVEL", default="INFO").upper(),
        demo_speed=env.float("DEMO_SPEED", default=60.0),
    )


def _mode(value: str) -> Mode:
    try:
        return Mode(value)
    except ValueError:
        known = ", ".join(Mode)
        raise ImproperlyConfigured(f"REVIEWHUB_MODE is {value!r}; it is one of {known}.") from None


def _typed_faults(env: environ.Env) -> list[str]:
    """What cannot be read as its type."""
    faults = []
    for name, read in (
        ("PORT", env.int),
        ("DATABASE_POOL", env.int),
        ("DOCUMENT_MB", env.int),
        ("MAIL_DECISION_HOURS", env.int),
    ):
        try:
            read(name, default=1)
        except ValueError:
            faults.append(f"{name} has to be a whole number, and is {env.ENVIRON[name]!r}.")
    faults += [
        f"{name} has to be true or false, and is {env.ENVIRON[name]!r}."
        for name in ("DEBUG", "BEHIND_PROXY")
        if env.ENVIRON.get(name, "").lower() not in {*YES, *NO}
    ]
    if env.ENVIRON.get("DOCUMENT_MB", "1").isdigit() and not 1 <= int(env.ENVIRON.get("DOCUMENT_MB", "1")) <= 100:
        faults.append(f"DOCUMENT_MB has to be between 1 and 100, and is {env.ENVIRON['DOCUMENT_MB']!r}.")
    if env.ENVIRON.get("MAIL_DECISION_HOURS", "0").isdigit() and int(env.ENVIRON.get("MAIL_DECISION_HOURS", "0")) > 720:
        faults.append("MAIL_DECISION_HOURS is at most 720, thirty days.")
    if not _is_positive(env.ENVIRON.get("DEMO_SPEED", "1")):
        faults.append(f"DEMO_SPEED has to be a number above 0 and at most 86400, and is {env.ENVIRON['DEMO_SPEED']!r}.")
    level = env.ENVIRON.get("LOG_LEVEL", "INFO").upper()
    if level not in LOG_LEVELS:
        faults.append(f"LOG_LEVEL is one of {', '.join(LOG_LEVELS)}, and is {level!r}.")
    return faults


def _is_positive(text: str) -> bool:
    try:
        return 0 < float(text) <= 86_400
    except ValueError:
        return False


def _faults(variables: Mapping[str, str], mode: Mode) -> list[str]:
    faults = []
    if variables.get("DEBUG", "").lower() in YES:
        faults.append("DEBUG shows settings to strangers and cannot be switched on; LOG_LEVEL=DEBUG says more.")
    if bool(variables.get("SLACK_BOT_TOKEN")) != bool(variables.get("SLACK_SIGNING_SECRET")):
        faults.append("SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET belong together: set both or neither.")
    if not variables.get("SLACK_API_URL", "https://").startswith("https://"):
        faults.append("SLACK_API_URL has to be an https:// address.")
    if mode is Mode.PRODUCTION:
        faults += _production_faults(variables)
    elif 0 < len(variables.get("SECRET_KEY", "")) < SHORTEST_KEY:
        faults.append(f"SECRET_KEY needs {SHORTEST_KEY} characters or more; leave it out and one is made.")
    return faults


def _production_faults(variables: Mapping[str, str]) -> list[str]:
    faults = []
    key = variables.get("SECRET_KEY", "")
    if len(key) < SHORTEST_KEY:
        faults.append(f"SECRET_KEY is missing or short: production needs {SHORTEST_KEY} characters or more.")
    if any(one.startswith(DEMO_KEY_PREFIX) for one in (key, *variables.get("SECRET_KEY_FALLBACKS", "").split(","))):
        faults.append("SECRET_KEY comes from a demo; production needs one of its own.")
    if not variables.get("DATABASE_URL", "").startswith(("postgres://", "postgresql://")):
        faults.append("DATABASE_URL has to name a PostgreSQL database in production (postgres://…).")
    if not variables.get("REDIS_URL", "").startswith(("redis://", "rediss://")):
        faults.append("REDIS_URL has to name a Redis server in production (redis://host:6379/0).")
    if not variables.get("PUBLIC_URL", "").startswith("https://"):
        faults.append("PUBLIC_URL has to be the https:// address that people open in production.")
    faults += [f"{name} belongs to the demo and is refused in production." for name in variables if _of_the_demo(name)]
    return faults


def _of_the_demo(name: str) -> bool:
    return name.startswith("DEMO_")


def _hosts_of(public_url: str) -> tuple[str, ...]:
    host = urlsplit(public_url).hostname
    return (host,) if host else ()


def _kept_key(data_dir: Path, mode: Mode) -> str:
    """The installation's own key, made at the first start and kept where its data is, readable by its owner alone."""
    path = data_dir / KEY_FILE
    if path.exists():
        return path.read_text().strip()
    data_dir.mkdir(parents=True, exist_ok=True)
    key = (DEMO_KEY_PREFIX if mode is Mode.DEMO else "") + secrets.token_urlsafe(64)
    path.touch(mode=0o600)
    path.write_text(key + "\n")
    return key
