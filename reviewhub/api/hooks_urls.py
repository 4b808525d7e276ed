"""Addresses of webhooks that come in. The path is the one that the workflow's trigger names."""

from __future__ import annotations

from django.urls import path, re_path

from reviewhub.api.views import hooks, problems

urlpatterns = [
    path("<path:path>/", hooks.receive, name="hook"),
    re_path(r"", problems.Missing.as_view()),
]
