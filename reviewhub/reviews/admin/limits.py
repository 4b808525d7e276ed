"""What tools and connections bear, as people set it. It takes the place of what a tool declares."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from orchestration import api
from reviewhub.accounts.auditing import AnyForm, AuditedAdmin

LimitSetting: Any = api.limit_settings().model


def subjects() -> list[tuple[str, str]]:
    """Every tool of this installation and every connection that calls out."""
    tools = sorted({tool.name for tool in api.tools().values()})
    connections = api.connections().exclude(kind="webhook").values_list("name", flat=True)
    return [
        *((f"tool:{name}", _("Tool %(name)s") % {"name": name}) for name in tools),
        *((f"connection:{name}", _("Connection %(name)s") % {"name": name}) for name in connections),
    ]


class LimitForm(AnyForm):
    class Meta:
        model = LimitSetting
        fields = ("subject", "calls", "seconds", "concurrency", "adaptive", "failures", "cool_down")
        labels = {
            "subject": _lazy("Tool or connection"),
            "calls": _lazy("Calls at most"),
            "seconds": _lazy("In any span of (seconds)"),
            "concurrency": _lazy("At a time at most"),
            "adaptive": _lazy("Fewer at a time when it errs or slows down"),
            "failures": _lazy("Failures in a row that open the breaker"),
            "cool_down": "Cool-down (seconds)",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = subjects()
        if self.instance.pk and self.instance.subject not in dict(known):
            known.append(
                (
                    self.instance.subject,
                    _("%(subject)s (not in this installation)") % {"subject": self.instance.subject},
                )
            )
        self.fields["subject"] = forms.ChoiceField(label=_("Tool or connection"), choices=known)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        if cleaned.get("adaptive") and not cleaned.get("concurrency"):
            raise ValidationError({"concurrency": _("What adapts needs a number to stay below.")})
        return cleaned


class LimitAdmin(AuditedAdmin):
    kind = "limit"
    form = LimitForm
    list_display = ("subject", "calls", "seconds", "concurrency", "adaptive", "failures", "cool_down")
    search_fields = ("subject",)

    def chain_of(self, obj: Any) -> str:
        return f"limit:{obj.subject}"


admin.site.register(LimitSetting, LimitAdmin)
