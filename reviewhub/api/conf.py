"""Settings of the API, kept with it. Plain values: the project's settings import this module.

What its views share is named in `reviewhub.api.views.base`; the defaults here let nobody in.
"""

from __future__ import annotations

from typing import Any

WEBHOOK_MAX_BYTES = 1 << 20
BODY_MAX_BYTES = 2 << 20
IDEMPOTENCY_HOURS = 24

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": None,
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "reviewhub.api.schema.Schema",
    "DEFAULT_THROTTLE_RATES": {"caller": "1200/min", "stranger": "120/min"},
    "EXCEPTION_HANDLER": "reviewhub.api.problems.answer_error",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "ReviewHub",
    "DESCRIPTION": "The desk where people and AI decide together, for programs.",
    "VERSION": "1",
    "SERVE_PUBLIC": True,
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "OAS_VERSION": "3.1.0",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": [],
}
