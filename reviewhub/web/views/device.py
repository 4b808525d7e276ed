"""What an installed app needs from us: the worker that runs on the device, and what it keeps there."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_GET

NOT_KEPT = ("css/demo.css", "css/process.css", "js/studio/", "js/api-docs.js", "css/components/code.css")
FROM_PACKAGES = ("django_htmx/htmx-2.min.js",)
PAGES = (
    "base.html",
    "components/look.html",
    "phone/cards.html",
    "phone/offline.html",
    "phone/worker.js",
    "components/ring.html",
)


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """Another version is another worker, with a place of its own for what it keeps."""
    context = {
        "version": _version(),
        "files": json.dumps([static(name) for name in (*_names(), *FROM_PACKAGES)]),
        "cards": reverse("web:cards"),
        "offline": reverse("web:offline"),
        "static": settings.STATIC_URL,
        "icon": static("icons/app-192.png"),
    }
    answer = render(request, "phone/worker.js", context, content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = "no-cache"
    return answer


@lru_cache(maxsize=1)
def _names() -> tuple[str, ...]:
    """The product's own files that a page without a connection may ask for."""
    root = _root()
    found = [path.relative_to(root).as_posix() for kind in ("css", "js") for path in root.glob(f"{kind}/**/*.{kind}")]
    return (
        "icons.svg",
        "favicon.svg",
        "favicon-waiting.svg",
        *sorted(name for name in found if not name.startswith(NOT_KEPT)),
    )


@lru_cache(maxsize=1)
def _version() -> str:
    content = hashlib.sha256()
    for path in (*(_root() / name for name in _names()), *(_pages() / name for name in PAGES)):
        content.update(path.read_bytes())
    return content.hexdigest()[:16]


def _root() -> Path:
    return Path(settings.BASE_DIR) / "static"


def _pages() -> Path:
    return Path(settings.BASE_DIR) / "templates"
