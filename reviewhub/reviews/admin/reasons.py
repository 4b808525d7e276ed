"""The catalogue of override reasons. Changing one makes its next version."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from reviewhub.accounts.auditing import ModelAdmin, actor_behind
from reviewhub.reviews.models import OverrideReason
from reviewhub.reviews.services.settings import save_reason


@admin.register(OverrideReason)
class OverrideReasonAdmin(ModelAdmin):
    list_display = ("code", "workflow", "label", "feeds", "trains", "needs_note", "active", "version")
    list_filter = ("workflow", "group", "feeds", "trains", "active")
    search_fields = ("code", "label")
    fields = ("workflow", "group", "detail", "label", "feeds", "trains", "needs_note", "active", "position", "version")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).filter(current=True)

    def get_readonly_fields(self, request: HttpRequest, obj: OverrideReason | None = None) -> tuple[str, ...]:
        return ("workflow", "group", "detail", "version") if obj else ("version",)

    def save_model(self, request: HttpRequest, obj: OverrideReason, form: Any, change: bool) -> None:
        saved = save_reason(
            workflow=obj.workflow,
            group=obj.group,
            detail=obj.detail,
            label=obj.label,
            feeds=obj.feeds,
            trains=obj.trains,
            needs_note=obj.needs_note,
            active=obj.active,
            position=obj.position,
            actor=actor_behind(request),
        )
        obj.pk = saved.pk

    def has_delete_permission(self, request: HttpRequest, obj: OverrideReason | None = None) -> bool:
        """Decisions refer to it; it can be made inactive."""
        return False
