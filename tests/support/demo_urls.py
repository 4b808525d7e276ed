"""Every address of the product, those of the demo included, whatever the mode of the settings."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from reviewhub.urls import handler403, handler404, handler500
from reviewhub.urls import urlpatterns as product

__all__ = ["handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns: list[URLPattern | URLResolver] = [path("demo/", include("reviewhub.demo.urls")), *product]
