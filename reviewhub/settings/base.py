"""Django's settings, from the typed environment."""

from __future__ import annotations

import os
from typing import Any

import environ
from csp.constants import NONE, SELF

from reviewhub.api.conf import REST_FRAMEWORK, SPECTACULAR_SETTINGS  # noqa: F401
from reviewhub.settings.databases import database
from reviewhub.settings.environment import ROOT, read_environment
from reviewhub.settings.logs import logging_config

ENVIRONMENT = read_environment(os.environ)
BASE_DIR = ROOT
DATA_DIR = ENVIRONMENT.data_dir
DEMO = ENVIRONMENT.demo
DEMO_SPEED = ENVIRONMENT.demo_speed
PRODUCTION = ENVIRONMENT.production
PUBLIC_URL = ENVIRONMENT.public_url
LISTENS_AT = (ENVIRONMENT.host, ENVIRONMENT.port)
REDIS_URL = ENVIRONMENT.redis_url

DEBUG = False
SECRET_KEY = ENVIRONMENT.secret_key
SECRET_KEY_FALLBACKS = list(ENVIRONMENT.secret_key_fallbacks)
ALLOWED_HOSTS = list(ENVIRONMENT.allowed_hosts)
ROOT_URLCONF = "reviewhub.urls"
ASGI_APPLICATION = "reviewhub.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": database(ENVIRONMENT.database_url, ENVIRONMENT.database_pool)}

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "reviewhub.accounts.signing_in.SigningIn",
    "channels",
    "csp",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
    "template_partials",
    "orchestration",
    "reviewhub.accounts",
    "reviewhub.reviews",
    "reviewhub.notifications",
    "reviewhub.api",
    "reviewhub.realtime",
    "reviewhub.studio",
    "reviewhub.web",
    "reviewhub.demo",
    "reviewhub",
]

MIDDLEWARE = [
    "reviewhub.health.probes",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "reviewhub.web.middleware.kept_by_nobody_else",
    "reviewhub.web.middleware.in_order",
    "reviewhub.web.middleware.viewer_zone",
    "reviewhub.web.middleware.signed_out",
    "reviewhub.web.nul.refuse_nul",
    "axes.middleware.AxesMiddleware",
]

if DEMO:
    MIDDLEWARE.insert(
        MIDDLEWARE.index("django.contrib.messages.middleware.MessageMiddleware"),
        "reviewhub.demo.middleware.opened_by_alice",
    )

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "reviewhub.web.context.shell",
            ],
        },
    }
]

# People
AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "web:sign-in"
LOGIN_REDIRECT_URL = "web:home"
LOGOUT_REDIRECT_URL = "web:sign-in"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "username"
AXES_USERNAME_CALLABLE = "reviewhub.accounts.attempts.attempted_name"
AXES_LOCKOUT_TEMPLATE = "registration/locked.html"
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_VERBOSE = False

# Language and time
LANGUAGE_CODE = "en"
TIME_ZONE = ENVIRONMENT.time_zone
USE_I18N = True
FORMAT_MODULE_PATH = "reviewhub.formats"
USE_TZ = True

# Static files: finders serve them from one installed copy; production collects and names them by content.
STATIC_URL = "/static/"
STATIC_ROOT = ENVIRONMENT.static_dir if PRODUCTION else None
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 600 if PRODUCTION else 60
STORAGES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "documents"},
    },
    "staticfiles": {
        "BACKEND": "reviewhub.static_files.NamedByContent"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# Documents
DOCUMENT_MAX_BYTES = ENVIRONMENT.document_mb * 1_000_000

# Messages between processes
CACHES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}
CHANNEL_LAYERS: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL], "prefix": "reviewhub"},
    }
    if REDIS_URL
    else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
}
CELERY = {
    "broker_url": REDIS_URL or "memory://localhost/",
    "broker_connection_retry_on_startup": True,
    "broker_transport_options": {"socket_connect_timeout": 2, "socket_keepalive": True}
    if REDIS_URL
    else {"polling_interval": 0.02},
    "task_default_queue": "orchestration",
    "task_ignore_result": True,
    "worker_prefetch_multiplier": 1,
    "worker_hijack_root_logger": False,
    "worker_redirect_stdouts": False,
    "worker_send_task_events": False,
    "worker_enable_remote_control": bool(REDIS_URL),
}

# Mail
vars().update(environ.Env.email_url_config(ENVIRONMENT.email_url))
if DEMO:
    EMAIL_BACKEND = "reviewhub.demo.mail.MailboxBackend"
DEFAULT_FROM_EMAIL = ENVIRONMENT.email_from
EMAIL_TIMEOUT = 15

MAIL_DECISION_HOURS = ENVIRONMENT.mail_decision_hours

# A chat, where one is set up
SLACK_BOT_TOKEN = ENVIRONMENT.slack_bot_token
SLACK_SIGNING_SECRET = ENVIRONMENT.slack_signing_secret
SLACK_API_URL = ENVIRONMENT.slack_api_url

# Pushes: to the services that were named, and to no other host
PUSH_HOSTS = ENVIRONMENT.push_hosts

# What a browser may do with our pages
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_ENGINE = "reviewhub.accounts.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "reviewhub.web.errors.csrf_failed"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
if PRODUCTION:
    SESSION_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_SECURE = True
    CSRF_COOKIE_NAME = "__Host-csrf"
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
if ENVIRONMENT.behind_proxy:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LOGGING = logging_config(ENVIRONMENT.log_level)
