"""Connections to other systems. A secret goes in and is never shown again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from orchestration import api
from reviewhub.accounts.auditing import AnyForm, AuditedAdmin, TabularInline
from reviewhub.reviews.requested.callbacks import KIND, faults_of_connection

Connection: Any = api.connections().model
ConnectionCredential: Any = Connection._meta.get_field("credentials").related_model  # noqa: SLF001 - Django's documented name


class ConnectionForm(AnyForm):
    base_url = forms.URLField(label=_lazy("Base URL"), required=False, assume_scheme="https")
    secret = forms.CharField(
        required=False,
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password"}),
        help_text=_lazy("Never shown again. Leave empty to keep the one that is stored."),
    )

    class Meta:
        model = Connection
        fields = ("name", "kind", "base_url", "model", "secret", "region", "enabled")

    def clean_secret(self) -> str:
        return str(self.cleaned_data["secret"] or self.instance.secret)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("kind") == KIND:
            for fault in faults_of_connection(given.get("base_url") or "", given.get("secret") or ""):
                self.add_error(None, fault)
        return given


class CredentialForm(AnyForm):
    secret = forms.CharField(
        required=False,
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password"}),
        help_text=_lazy("Never shown again. Leave empty to keep the one that is stored."),
    )

    class Meta:
        model = ConnectionCredential
        fields = ("label", "secret", "enabled")

    def clean_secret(self) -> str:
        secret = str(self.cleaned_data["secret"] or self.instance.secret)
        if not secret:
            raise forms.ValidationError(_("A credential is nothing without its secret."))
        return secret


class CredentialInline(TabularInline):
    """Several credentials of one connection take turns; they replace the connection's own secret."""

    model = ConnectionCredential
    form = CredentialForm
    extra = 0
    fields = ("label", "secret", "enabled", "used_at", "rests_until", "rests_because")
    readonly_fields = ("used_at", "rests_until", "rests_because")


class ConnectionAdmin(AuditedAdmin):
    kind = "connection"
    form = ConnectionForm
    secret_fields = frozenset({"secret"})
    list_display = ("name", "kind", "base_url", "region", "has_secret", "enabled", "changed_at")
    list_filter = ("kind", "enabled", "region")
    search_fields = ("name", "base_url")
    readonly_fields = ("changed_at",)
    inlines = (CredentialInline,)
    fields = ("name", "kind", "base_url", "model", "secret", "region", "enabled", "changed_at")

    def chain_of(self, obj: Any) -> str:
        return f"connection:{obj.name}"

    @admin.display(description="secret", boolean=True)
    def has_secret(self, connection: Any) -> bool:
        return bool(connection.secret)


admin.site.register(Connection, ConnectionAdmin)
