"""Published versions of a workflow: reading one, going back to it, and comparing two."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from orchestration import api
from orchestration.exceptions import InvalidWorkflow
from reviewhub.accounts.actors import actor_of
from reviewhub.numbers import number_in
from reviewhub.studio.access import may, viewer, workflow_for
from reviewhub.studio.changes import changes_between
from reviewhub.studio.comparison import compare
from reviewhub.studio.views.workflows import shown


@login_required
@require_safe
def version_page(request: HttpRequest, name: str, number: int) -> HttpResponse:
    workflow = workflow_for(request, name)
    return shown(request, workflow, _version(name, number))


@login_required
@require_POST
def activation(request: HttpRequest, name: str, number: int) -> HttpResponse:
    workflow_for(request, name, "workflow.publish")
    _version(name, number)
    try:
        api.activate_version(workflow=name, number=number, actor=actor_of(viewer(request)))
    except InvalidWorkflow as broken:
        first = broken.faults[0].message if broken.faults else ""
        messages.error(request, f"{broken} {first}")
    else:
        taken = _("New runs take version %(number)s from now on; open ones end on theirs.")
        messages.success(request, taken % {"number": number})
    return redirect("studio:workflow", name)


@dataclass(frozen=True, slots=True)
class Text:
    """One side of a comparison."""

    key: str  # a version's number, or draft
    label: str
    text: str
    canonical: Mapping[str, Any] | None  # None: the text has faults


@login_required
@require_safe
def comparison(request: HttpRequest, name: str) -> HttpResponse:
    workflow = workflow_for(request, name)
    numbers = list(api.versions(name).values_list("number", flat=True).order_by("-number"))
    kept = api.drafts().filter(workflow=workflow).first() if may(request, "workflow.edit", workflow) else None
    current = str(workflow.current.number) if workflow.current else ""
    newer = request.GET.get("new") or ("draft" if kept else current)
    older = request.GET.get("old") or (current if newer == "draft" else _before(numbers, newer))
    old, new = _text(name, older, kept), _text(name, newer, kept)
    choices = [("draft", _("The draft"))] * (kept is not None) + [(str(each), _label(each)) for each in numbers]
    context = {
        "current": "workflows",
        "workflow": workflow,
        "old": old,
        "new": new,
        "choices": choices,
        "rows": compare(old.text, new.text),
        "changes": changes_between(old.canonical, new.canonical),
    }
    return render(request, "studio/comparison.html", context)


def _before(numbers: list[int], newer: str) -> str:
    newest = number_in(newer)
    older = [number for number in numbers if newest is None or number < newest]
    return str(older[0]) if older else newer


def _text(name: str, key: str, kept: Any) -> Text:
    if key == "draft" and kept is not None:
        return Text(key, _("The draft"), kept.text, api.check_workflow(kept.text).canonical)
    number = number_in(key)
    if number is None:
        raise Http404("There is no such version.")
    version = _version(name, number)
    return Text(key, _label(key), version.text, version.definition)


def _label(number: int | str) -> str:
    return _("Version %(number)s") % {"number": number}


def _version(name: str, number: int) -> Any:
    version = api.versions(name).filter(number=number).first()
    if version is None:
        raise Http404(f"{name} has no version {number}.")
    return version
