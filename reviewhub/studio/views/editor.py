"""Writing a workflow: the draft, its check, and publishing it."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from orchestration import api
from orchestration.exceptions import InvalidTransition, InvalidWorkflow
from reviewhub.accounts.actors import actor_of
from reviewhub.accounts.permissions import require
from reviewhub.numbers import number_in
from reviewhub.studio.access import may, viewer, workflow_for
from reviewhub.studio.drawing import drawn_definition
from reviewhub.studio.editing import CheckedText, Tests, starter

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: HttpRequest, name: str) -> HttpResponse:
    workflow = workflow_for(request, name, "workflow.edit")
    if request.method != "POST":
        kept = api.drafts().filter(workflow=workflow).first()
        return _editor(request, workflow, kept.text if kept else _published_text(workflow))
    text = _posted_text(request)
    try:
        api.save_draft(workflow=name, text=text, revision=_number(request, "revision"), actor=actor_of(viewer(request)))
    except InvalidTransition as stale:
        return _editor(request, workflow, text, stale=str(stale), status=409)
    messages.success(request, _("The draft is saved. Runs go on with the published version."))
    return redirect("studio:draft", name)


@login_required
@require_POST
def check(request: HttpRequest, name: str) -> HttpResponse:
    """The faults of a text as it is typed, and its drawing once it has none."""
    workflow_for(request, name, "workflow.edit")
    return render(
        request, "studio/editor.html#checked", {"checked": CheckedText(name, _posted_text(request)), "swap": True}
    )


@login_required
@require_POST
def rehearsal(request: HttpRequest, name: str) -> HttpResponse:
    """Runs the tests beside the text: what each came to, and of a failed one the trail."""
    workflow = workflow_for(request, name, "workflow.edit")
    text = _posted_text(request)
    tests = CheckedText(name, text).rehearsed
    if not request.headers.get("HX-Request"):
        return _editor(request, workflow, text, tests=tests)
    return render(request, "studio/tests.html", {"tests": tests})


@login_required
@require_POST
def publication(request: HttpRequest, name: str) -> HttpResponse:
    workflow = workflow_for(request, name, "workflow.publish")
    text, note = _posted_text(request), request.POST.get("note", "").strip()
    checked = CheckedText(name, text)
    if not checked.valid:
        return _refused(request, workflow, text, _("Not published: the text has faults."), status=422)
    if not note:
        return _refused(request, workflow, text, _("Not published: say in a few words why it changes."), status=422)
    before = workflow.current.number if workflow.current else 0
    try:
        version = api.publish_workflow(
            text=text, note=note[:500], actor=actor_of(viewer(request)), expected_current=_number(request, "current")
        )
    except InvalidWorkflow:
        return _refused(request, workflow, text, _("Not published: the text has faults."), status=422)
    except InvalidTransition as overtaken:
        return _refused(request, workflow, text, _("Not published. %(why)s") % {"why": overtaken}, status=409)
    if version.number == before:
        messages.success(request, _kept(workflow, version, text, request))
    else:
        published = _("Version %(number)s is published. New runs take it; open ones end on theirs.")
        messages.success(request, published % {"number": version.number})
    return redirect("studio:workflow", name)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_workflow(request: HttpRequest) -> HttpResponse:
    require(viewer(request), "workflow.edit")
    name, title = request.POST.get("name", "").strip(), request.POST.get("title", "").strip()
    fault = _name_fault(name, title) if request.method == "POST" else ""
    if request.method != "POST" or fault:
        context = {"current": "workflows", "name": name, "title": title, "fault": fault}
        return render(request, "studio/new.html", context, status=422 if fault else 200)
    person = viewer(request)
    api.save_draft(workflow=name, text=starter(name, title, person), revision=0, actor=actor_of(person))
    return redirect("studio:draft", name)


def _name_fault(name: str, title: str) -> str:
    if not NAME.fullmatch(name) or len(name) > 100:
        return _("The name has small letters, digits and single hyphens, and begins with a letter: travel-expenses.")
    if not title:
        return _("The title is what people read; it has to say something.")
    if api.workflows().filter(name=name).exists():
        return _("There is a workflow %(name)s already.") % {"name": name}
    faults = api.check_workflow(f"workflow: {name}").faults
    return next((fault.message for fault in faults if fault.path == "workflow"), "")


def _editor(
    request: HttpRequest,
    workflow: Any,
    text: str,
    *,
    stale: str = "",
    refusal: str = "",
    tests: Tests | None = None,
    status: int = 200,
) -> HttpResponse:
    kept = api.drafts().filter(workflow=workflow).first()
    checked = CheckedText(workflow.name, text)
    context = {
        "current": "workflows",
        "workflow": workflow,
        "text": text,
        "draft": kept,
        "revision": _number(request, "revision") if stale else (kept.revision if kept else 0),
        "stale": stale,
        "refusal": refusal,
        "note": request.POST.get("note", ""),
        "checked": checked,
        "tests": tests,
        "published": workflow.current,
        "blocks": checked.blocks or (drawn_definition(api.definition_of(workflow.current)) if workflow.current else ()),
        "next_number": _next_number(workflow),
        "may_publish": may(request, "workflow.publish", workflow),
    }
    return render(request, "studio/editor.html", context, status=status)


def _refused(request: HttpRequest, workflow: Any, text: str, why: str, *, status: int) -> HttpResponse:
    stays = _("Version %(number)s stays.") % {"number": workflow.current.number} if workflow.current else ""
    return _editor(request, workflow, text, refusal=f"{why} {stays}".strip(), status=status)


def _kept(workflow: Any, version: Any, text: str, request: HttpRequest) -> str:
    """Comments and tests make no version; so that they are not lost, such a text stays as the draft."""
    said = _("Nothing differs from version %(number)s, so it stays.") % {"number": version.number}
    if text == version.text:
        return said
    kept = api.drafts().filter(workflow=workflow).first()
    if kept is None or kept.text != text:
        revision = kept.revision if kept else 0
        api.save_draft(workflow=workflow.name, text=text, revision=revision, actor=actor_of(viewer(request)))
    return f"{said} {_('Its new tests and comments are kept as the draft.')}"


def _next_number(workflow: Any) -> int:
    newest = api.versions(workflow.name).order_by("-number").values_list("number", flat=True).first()
    return (newest or 0) + 1


def _published_text(workflow: Any) -> str:
    return str(workflow.current.text) if workflow.current else ""


def _posted_text(request: HttpRequest) -> str:
    """Browsers send line ends as CRLF; the text has plain ones."""
    return request.POST.get("text", "").replace("\r\n", "\n")


def _number(request: HttpRequest, name: str) -> int:
    value = request.POST.get(name, "")
    return number_in(value) or 0
