"""Settings that are kept in versions: saving makes the next one, and the earlier ones are shown below."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html

from reviewhub.accounts.auditing import ModelAdmin, TabularInline
from reviewhub.numbers import number_in

TAKEN = "version"  # of the address: which version the form begins with


class VersionInline(TabularInline):
    """`fields` are those of the version; the last column begins the form with it again."""

    extra = 0
    can_delete = False
    ordering = ("-number",)
    verbose_name_plural = "versions"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*self.readonly_fields, "again")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj)

    @admin.display(description="going back")
    def again(self, version: Any) -> str:
        """The form with this version in it: nothing is changed before it is saved, as the next one."""
        return format_html('<a href="?{}={}">Look at it, then save</a>', TAKEN, version.number)


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

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Begins with the version that the address names, or with the current one."""
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.begins_with = obj.versions.filter(number=taken(request)).first() if obj else None
        return form

    def version(self, obj: Any) -> str:
        return str(obj.current.number) if obj.current else "none"

    def changed_at(self, obj: Any) -> Any:
        return obj.current.created_at if obj.current else None

    def changed_by(self, obj: Any) -> str:
        return obj.current.created_by if obj.current else ""


def taken(request: HttpRequest) -> int | None:
    return number_in(request.GET.get(TAKEN, ""))
