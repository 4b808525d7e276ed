"""What every page of the admin has in common: each change is an event in the audit trail, with who made it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest

from orchestration import api
from orchestration.ports import Actor
from reviewhub.accounts.actors import actor_of
from reviewhub.accounts.models import Person

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    TabularInline = admin.TabularInline[Any, Any]
    AnyForm = ModelForm[Any]
else:
    ModelAdmin = admin.ModelAdmin
    TabularInline = admin.TabularInline
    AnyForm = ModelForm


class AuditedAdmin(ModelAdmin):
    """`kind` begins the audit events ("queue" gives queue.changed); `chain_of` names the object's chain."""

    kind = ""
    secret_fields: frozenset[str] = frozenset()  # that they changed is recorded, never to what

    def chain_of(self, obj: Any) -> str:
        return f"{self.kind}:{obj.pk}"

    def save_model(self, request: HttpRequest, obj: Any, form: AnyForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if form.changed_data or not change:
            self.record(request, obj, "changed" if change else "made", self._values(form))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.record(request, obj, "removed", {"name": str(obj)})
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for obj in queryset:
            self.delete_model(request, obj)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Rows of an inline belong to the chain of the page's own object."""
        super().save_formset(request, form, formset, change)
        what = formset.model._meta.model_name  # noqa: SLF001 - Django's documented name
        for row, made in [(row, True) for row in formset.new_objects] + [
            (row, False) for row, _ in formset.changed_objects
        ]:
            self.record(request, form.instance, f"{what}_{'made' if made else 'changed'}", self._told(row))
        for row in formset.deleted_objects:
            self.record(request, form.instance, f"{what}_removed", self._told(row))

    def _told(self, row: Model) -> dict[str, Any]:
        return {name: value for name, value in values_of(row).items() if name not in self.secret_fields}

    def record(self, request: HttpRequest, obj: Any, act: str, data: Mapping[str, Any]) -> None:
        actor = actor_behind(request)
        api.record_change(chain=self.chain_of(obj), kind=f"{self.kind}.{act}", data=data, actor=actor)

    def _values(self, form: AnyForm) -> dict[str, Any]:
        return {
            name: "changed" if name in self.secret_fields else shown(form.cleaned_data.get(name))
            for name in form.changed_data
        }


def actor_behind(request: HttpRequest) -> Actor:
    """The person who is signed in; the admin lets nobody else in."""
    if not isinstance(request.user, Person):
        raise PermissionDenied
    return actor_of(request.user)


def values_of(row: Model) -> dict[str, Any]:
    fields = (field for field in row._meta.concrete_fields if not field.primary_key)  # noqa: SLF001
    return {field.name: shown(getattr(row, field.name)) for field in fields}


def shown(value: Any) -> Any:
    """As JSON: numbers and truths as they are, everything else as people read it."""
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
