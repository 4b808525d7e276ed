"""Who would be asked, and when: a page beside each escalation policy, and for what is typed and not saved yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from orchestration import api, ports
from reviewhub.reviews.models import EscalationPolicy, Queue, SlaPolicy
from reviewhub.reviews.selectors.future import FutureEntry
from reviewhub.reviews.selectors.preview import Supposed, preview_of

STAGES = {
    "half": _lazy("Half of the time is gone"),
    "three_quarters": _lazy("Three quarters are gone"),
    "breach": _lazy("The time is over"),
}
TOLD = {
    "half": _lazy("the assignees are warned"),
    "three_quarters": _lazy("the leads are warned"),
    "breach": _lazy("the manager is told"),
}


class ComesForm(forms.Form):
    """When a task comes that there is not."""

    at = forms.DateTimeField(
        label=_lazy("Comes at"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        help_text=_lazy("In your time zone; now where it is empty."),
    )


class SupposedForm(ComesForm):
    queue = forms.ModelChoiceField(Queue.objects.all(), empty_label=None)
    sla = forms.ModelChoiceField(
        SlaPolicy.objects.all(), label=_lazy("SLA policy"), required=False, to_field_name="name"
    )
    workflow = forms.ChoiceField(required=False, help_text=_lazy("Whose process owner is meant."))
    requester = forms.CharField(required=False, help_text=_lazy("An address or a user name, who is never asked."))
    critical = forms.BooleanField(required=False)

    field_order = ("queue",)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        named = [(each.name, each.title) for each in api.workflows()]
        self.fields["workflow"].choices = [("", "---------"), *named]  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Row:
    at: datetime
    what: str
    who: str
    only_if: str
    applies: bool


def preview_page(request: HttpRequest, object_id: str) -> HttpResponse:
    policy = get_object_or_404(EscalationPolicy, pk=object_id)
    if not request.user.has_perm("reviews.view_escalationpolicy"):
        raise PermissionDenied
    form = SupposedForm(request.GET or None)
    rows = rows_of(preview_of(policy.name, *_supposed(form))) if form.is_valid() else ()
    context = {
        **admin.site.each_context(request),
        "title": _("Who would be asked by %(title)s") % {"title": policy.title},
        "policy": policy,
        "form": form,
        "rows": rows,
        "opts": EscalationPolicy._meta,  # noqa: SLF001 - as the admin's own templates ask
    }
    return render(request, "admin/escalation_preview.html", context)


def _supposed(form: SupposedForm) -> tuple[Supposed, str]:
    given = form.cleaned_data
    return supposed_of(given), given["sla"].name if given["sla"] else ""


def supposed_of(given: Mapping[str, Any]) -> Supposed:
    name = given.get("workflow", "")
    workflow = api.workflows().filter(name=name).first() if name else None
    return Supposed(
        queue=given.get("queue"),
        at=given["at"] or ports.clock().process_now(),
        critical=given.get("critical", False),
        requester=given.get("requester", ""),
        workflow=name,
        owner=workflow.owner if workflow is not None else "",
    )


def rows_of(entries: Iterable[FutureEntry]) -> list[Row]:
    return [_row(entry) for entry in entries]


def _row(entry: FutureEntry) -> Row:
    if entry.kind != "level":
        return Row(entry.at, str(STAGES[entry.kind]), str(TOLD[entry.kind]), "", applies=True)
    says = _("Level %(level)s, the others no more") if entry.mode == "move" else _("Level %(level)s")
    what = says % {"level": entry.level}
    return Row(entry.at, what, ", ".join(entry.people) or _("nobody"), entry.condition or "", entry.applies)
