"""Every address of the product."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

handler403 = "reviewhub.web.errors.forbidden"
handler404 = "reviewhub.web.errors.not_found"
handler500 = "reviewhub.web.errors.broken"

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    path("api/", include("reviewhub.api.urls")),
    path("hooks/", include("reviewhub.api.hooks_urls")),
    path("", include("reviewhub.studio.urls")),
    path("", include("reviewhub.web.urls")),
]

if settings.DEMO:
    urlpatterns.insert(0, path("demo/", include("reviewhub.demo.urls")))
