"""SLA and escalation policies, written as in a workflow."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from orchestration.ports import Actor
from reviewhub.accounts.auditing import AnyForm, actor_behind
from reviewhub.reviews.admin.previews import ComesForm, SupposedForm, preview_page, supposed_of
from reviewhub.reviews.admin.unsaved import UnsavedAdmin
from reviewhub.reviews.admin.versions import VersionedAdmin, VersionInline
from reviewhub.reviews.models import EscalationPolicy, EscalationPolicyVersion, SlaPolicy, SlaPolicyVersion
from reviewhub.reviews.policies import SettingsPolicies
from reviewhub.reviews.policy_texts import InvalidPolicy, read_escalation, read_sla
from reviewhub.reviews.selectors.future import FutureEntry
from reviewhub.reviews.selectors.preview import foreseen
from reviewhub.reviews.services.settings import save_escalation_policy, save_sla_policy


def _written(text: str) -> str:
    return text.replace("\r\n", "\n").rstrip() + "\n"


def _typed(request: HttpRequest) -> str:
    return _written(request.POST.get("text", ""))


class PolicyForm(AnyForm):
    text = forms.CharField(widget=forms.Textarea(attrs={"rows": 8, "cols": 90, "spellcheck": "false"}), strip=False)
    read: Callable[[str], Any]
    begins_with: Any = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        current = self.begins_with or (self.instance.current if self.instance.pk else None)
        if current is not None:
            self.initial["text"] = current.text

    def clean_text(self) -> str:
        text = _written(str(self.cleaned_data["text"]))
        try:
            type(self).read(text)
        except InvalidPolicy as error:
            raise forms.ValidationError(
                [_("Line %(line)s: %(message)s") % {"line": line, "message": message} for line, message in error.faults]
            ) from error
        return text


class SlaPolicyForm(PolicyForm):
    read = staticmethod(read_sla)

    class Meta:
        model = SlaPolicy
        fields = ("title", "name")
        help_texts = {"name": _lazy("Workflows write sla: {policy: this name}.")}


class EscalationPolicyForm(PolicyForm):
    read = staticmethod(read_escalation)

    class Meta:
        model = EscalationPolicy
        fields = ("title", "name")
        help_texts = {"name": _lazy("Workflows write escalate: {policy: this name}.")}


class PolicyVersionInline(VersionInline):
    readonly_fields = ("number", "text", "created_at", "created_by")


class SlaVersionInline(PolicyVersionInline):
    model = SlaPolicyVersion


class EscalationVersionInline(PolicyVersionInline):
    model = EscalationPolicyVersion


class PolicyAdmin(UnsavedAdmin, VersionedAdmin):
    fieldsets = ((None, {"fields": ("title", "name", "text")}),)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        given = form.cleaned_data
        actor = actor_behind(request)
        version = self.save_version(obj.name, given["title"], given["text"], actor)
        obj.pk, obj.current = version.policy_id, version

    def save_version(self, name: str, title: str, text: str, actor: Actor) -> Any:
        raise NotImplementedError


@admin.register(SlaPolicy)
class SlaPolicyAdmin(PolicyAdmin):
    form = SlaPolicyForm
    inlines = (SlaVersionInline,)
    supposed_form = ComesForm

    def foresee(self, request: HttpRequest, given: Mapping[str, Any]) -> Sequence[FutureEntry]:
        return foreseen(supposed_of(given), clock=read_sla(_typed(request)))

    def save_version(self, name: str, title: str, text: str, actor: Actor) -> Any:
        return save_sla_policy(name=name, title=title, text=text, actor=actor)


@admin.register(EscalationPolicy)
class EscalationPolicyAdmin(PolicyAdmin):
    form = EscalationPolicyForm
    inlines = (EscalationVersionInline,)
    supposed_form = SupposedForm

    def foresee(self, request: HttpRequest, given: Mapping[str, Any]) -> Sequence[FutureEntry]:
        clock = SettingsPolicies().sla_policy(given["sla"].name).body if given["sla"] else None
        return foreseen(supposed_of(given), levels=read_escalation(_typed(request)), clock=clock)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(preview_page)
        return [path("<path:object_id>/preview/", view, name="reviews_escalationpolicy_preview"), *super().get_urls()]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        more = ((None, {"fields": ("who_would_be_asked",)}),) if obj else ()
        return (*self.fieldsets, *more)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return (*super().get_readonly_fields(request, obj), "who_would_be_asked")

    @admin.display(description="who would be asked")
    def who_would_be_asked(self, obj: Any) -> str:
        url = reverse("admin:reviews_escalationpolicy_preview", args=[obj.pk])
        return format_html('<a href="{}">Look at a task that comes at any time</a>', url)

    def save_version(self, name: str, title: str, text: str, actor: Actor) -> Any:
        return save_escalation_policy(name=name, title=title, text=text, actor=actor)
