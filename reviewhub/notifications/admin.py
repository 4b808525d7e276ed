"""Who somebody is in the chat, as they have proved or an administrator says. The same address proves nothing."""

from __future__ import annotations

from django.contrib import admin

from reviewhub.accounts.auditing import AuditedAdmin
from reviewhub.notifications.models import ChatIdentity


@admin.register(ChatIdentity)
class ChatIdentityAdmin(AuditedAdmin):
    kind = "chat_identity"
    list_display = ("person", "member")
    search_fields = ("person__display_name", "member")
    autocomplete_fields = ("person",)

    def chain_of(self, obj: ChatIdentity) -> str:
        return f"person:{obj.person.username}"
