"""Tokens in the admin: who has which, when it was last used, and ending it."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from orchestration.ports import clock
from reviewhub.accounts.auditing import ModelAdmin, actor_behind
from reviewhub.accounts.permissions import allows
from reviewhub.api.models import ApiToken
from reviewhub.api.tokens.services import revoke_token


@admin.register(ApiToken)
class ApiTokenAdmin(ModelAdmin):
    """People make tokens themselves; an administrator ends those of somebody who left, or that leaked."""

    list_display = ("name", "person", "kind", "hint", "scope_list", "state", "expires_at", "last_used_at")
    list_filter = ("kind",)
    list_select_related = ("person",)
    search_fields = ("name", "hint", "person__username", "person__display_name")
    fields = (*list_display, "created_at", "revoked_at", "revoked_by")
    readonly_fields = fields
    actions = ("revoke",)

    @admin.display(description="scopes")
    def scope_list(self, token: ApiToken) -> str:
        return ", ".join(token.scopes)

    @admin.display(description="state")
    def state(self, token: ApiToken) -> str:
        return token.status(clock().system_now())

    @admin.action(description="End the selected tokens at once", permissions=("revoke",))
    def revoke(self, request: HttpRequest, chosen: QuerySet[ApiToken]) -> None:
        good = list(chosen.filter(revoked_at=None))
        for token in good:
            revoke_token(token=token, actor=actor_behind(request))
        messages.success(request, f"{len(good)} of {chosen.count()} tokens ended; nothing can use them any more.")

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return allows(request.user, "config.edit")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ApiToken | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ApiToken | None = None) -> bool:
        """Its record stays; ending it is enough."""
        return False
