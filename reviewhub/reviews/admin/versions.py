"""Settings that are kept in versions: saving makes the next one, and the earlier ones are shown below."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from reviewhub.accounts.auditing import ModelAdmin, TabularInline


class VersionInline(TabularInline):
    extra = 0
    can_delete = False
    ordering = ("-number",)
    verbose_name_plural = "versions"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class VersionedAdmin(ModelAdmin):
    """Its form saves by a service, which audits; nothing is removed, because tasks have pinned versions."""

    list_display = ("title", "name", "version", "changed_at", "changed_by")
    list_select_related = ("current",)
    search_fields = ("title", "name")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Workflows name it, so the name stays."""
        return ("name",) if obj else ()

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.inlines if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def version(self, obj: Any) -> str:
        return str(obj.current.number) if obj.current else "none"

    def changed_at(self, obj: Any) -> Any:
        return obj.current.created_at if obj.current else None

    def changed_by(self, obj: Any) -> str:
        return obj.current.created_by if obj.current else ""
