"""The catalogue of override reasons. Changing one makes its next version; the earlier ones are shown, and how to go
back to one, or to the whole catalogue as it was."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reviewhub.accounts.auditing import AnyForm, ModelAdmin, actor_behind
from reviewhub.numbers import number_in
from reviewhub.reviews.admin.versions import taken
from reviewhub.reviews.models import OverrideReason
from reviewhub.reviews.selectors.reason_versions import KEPT, catalogue_at, changes_of_reasons, versions_of
from reviewhub.reviews.services.settings import go_back_to_reasons, save_reason

AT_FIRST = 0  # before any change: what came with the product


class ReasonForm(AnyForm):
    begins_with: OverrideReason | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.begins_with is not None:
            self.initial.update({name: getattr(self.begins_with, name) for name in KEPT})


@admin.register(OverrideReason)
class OverrideReasonAdmin(ModelAdmin):
    form = ReasonForm
    change_form_template = "admin/reason.html"
    change_list_template = "admin/reasons.html"
    list_display = ("code", "workflow", "label", "feeds", "trains", "needs_note", "active", "version")
    list_filter = ("workflow", "group", "feeds", "trains", "active")
    search_fields = ("code", "label")
    fields = ("workflow", "group", "detail", "label", "feeds", "trains", "needs_note", "active", "position", "version")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).filter(current=True)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("versions/", view(self.catalogue), name="reviews_overridereason_versions"),
            path("versions/<int:event>/", view(self.catalogue_then), name="reviews_overridereason_then"),
            *super().get_urls(),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: OverrideReason | None = None) -> tuple[str, ...]:
        return ("workflow", "group", "detail", "version") if obj else ("version",)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Begins with the version that the address names, or with the current one."""
        form: Any = super().get_form(request, obj, change, **kwargs)
        wanted = taken(request)
        earlier = OverrideReason.objects.filter(workflow=obj.workflow, code=obj.code) if obj and wanted else None
        form.begins_with = earlier.filter(version=wanted).first() if earlier and wanted else None
        return form

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        reason = kwargs.get("obj")
        context["versions"] = versions_of(reason) if reason is not None else ()
        return super().render_change_form(request, context, *args, **kwargs)

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

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Where an earlier version is asked for, the current one is shown. An earlier one's form changes nothing."""
        found = super().get_object(request, object_id, from_field)
        number = number_in(object_id)
        if found is not None or number is None or request.method != "GET":
            return found
        earlier = OverrideReason.objects.filter(pk=number).first()
        same = {"workflow": earlier.workflow, "code": earlier.code} if earlier else None
        return self.get_queryset(request).filter(**same).first() if same else None

    def response_change(self, request: HttpRequest, obj: OverrideReason) -> HttpResponse:
        """Whoever goes on editing goes on with the version that was just made."""
        answer = super().response_change(request, obj)
        if "_continue" in request.POST:
            return redirect("admin:reviews_overridereason_change", obj.pk)
        return answer

    def has_delete_permission(self, request: HttpRequest, obj: OverrideReason | None = None) -> bool:
        """Decisions refer to it; it can be made inactive."""
        return False

    def catalogue(self, request: HttpRequest) -> HttpResponse:
        """What was changed in the catalogue: that of all workflows, or one's own."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        workflow = request.GET.get("workflow", "")
        shown = {"changes": changes_of_reasons(workflow), "workflow": workflow, "workflows": _workflows()}
        return self._page(request, "admin/reason_versions.html", _("Versions of the reasons"), shown)

    def catalogue_then(self, request: HttpRequest, event: int) -> HttpResponse:
        """The workflow's catalogue as it was after a change: what going back would do, and by POST doing it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        workflow = request.GET.get("workflow", "")
        then = catalogue_at(event, workflow)
        change = next((each for each in changes_of_reasons(workflow) if each.event == event), None)
        if change is None and event != AT_FIRST:
            raise Http404
        if request.method == "POST":
            return self._go_back(request, workflow, event)
        differing = [each for each in then.values() if each.differences]
        may_go_back = self.has_change_permission(request)
        shown = {"differing": differing, "change": change, "workflow": workflow, "may_go_back": may_go_back}
        return self._page(request, "admin/reasons_then.html", _("The reasons as they were"), shown)

    def _go_back(self, request: HttpRequest, workflow: str, event: int) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        made = go_back_to_reasons(workflow=workflow, event=event, actor=actor_behind(request))
        said = ngettext("%(n)d reason has a next version.", "%(n)d reasons have a next version.", len(made))
        messages.success(request, said % {"n": len(made)})
        return redirect(f"{reverse('admin:reviews_overridereason_versions')}?{urlencode({'workflow': workflow})}")

    def _page(self, request: HttpRequest, template: str, title: str, shown: dict[str, Any]) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "title": title, "opts": self.opts, **shown}
        return render(request, template, context)


def _workflows() -> list[str]:
    """Those with reasons of their own."""
    named = OverrideReason.objects.exclude(workflow="").order_by("workflow")
    return list(named.values_list("workflow", flat=True).distinct())
