"""Moving open runs to another version of their workflow: looked at first, run by run, then done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from orchestration import api
from orchestration.exceptions import OrchestrationError
from reviewhub.accounts.actors import actor_of
from reviewhub.studio.access import viewer, workflow_for
from reviewhub.studio.rows import run_name, short
from reviewhub.studio.views.control import IDENTITY

AT_ONCE = 100  # runs on one page, the oldest first


@dataclass(frozen=True, slots=True)
class Mapped:
    """One step of the old version, and what it becomes."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Looked:
    """What would happen to one run."""

    run: Any
    name: str
    plan: Any


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, name: str) -> HttpResponse:
    workflow = workflow_for(request, name, "run.migrate")
    numbers = list(api.versions(name).order_by("-number").values_list("number", flat=True))
    if len(numbers) < 2:
        raise Http404(f"{name} has no other version.")
    given = request.POST if request.method == "POST" else request.GET
    old, new = _number(given, "old", numbers, numbers[1]), _number(given, "new", numbers, numbers[0])
    steps = _mapped(given, _ids(name, old), _ids(name, new))
    step_map = {each.old: each.new for each in steps if each.new and each.new != each.old}
    if request.method == "POST":
        _move(request, name, given.getlist("run"), new, step_map)
        return redirect(request.get_full_path())
    context = {
        "current": "workflows",
        "workflow": workflow,
        "numbers": numbers,
        "old": old,
        "new": new,
        "steps": steps,
        "new_ids": _ids(name, new),
        "looked": _looked(name, old, new, step_map),
        "most": AT_ONCE,
    }
    return render(request, "studio/migration.html", context)


def _number(given: QueryDict, key: str, numbers: list[int], default: int) -> int:
    text = given.get(key, "")
    return int(text) if text.isdecimal() and len(text) < 10 and int(text) in numbers else default


def _ids(name: str, number: int) -> list[str]:
    return [step.id for step in api.definition_of(api.versions(name).get(number=number)).all_steps()]


def _mapped(given: QueryDict, old: list[str], new: list[str]) -> list[Mapped]:
    """As chosen on the page; where nothing was, the step of the same id."""
    chosen = {id_: given.get(f"map.{id_}", id_) for id_ in old}
    return [Mapped(id_, target if target in new else "") for id_, target in chosen.items()]


def _looked(name: str, old: int, new: int, step_map: dict[str, str]) -> list[Looked]:
    runs = api.runs().filter(workflow__name=name, version__number=old, status="running").order_by("started_at")
    return [
        Looked(run, run_name(run), api.plan_migration(run_id=run.pk, to=new, step_map=step_map))
        for run in runs[:AT_ONCE]
    ]


def _move(request: HttpRequest, name: str, chosen: list[str], to: int, step_map: dict[str, str]) -> None:
    ids = [UUID(each) for each in chosen[:AT_ONCE] if IDENTITY.fullmatch(each)]
    own = set(api.runs().filter(workflow__name=name, pk__in=ids).values_list("pk", flat=True))
    moved = 0
    for run_id in (each for each in ids if each in own):
        try:
            api.migrate_run(run_id=run_id, to=to, step_map=step_map, actor=actor_of(viewer(request)))
        except OrchestrationError as refused:
            stays = _("%(run)s stays on its version. %(why)s")
            messages.error(request, stays % {"run": short(run_id), "why": refused})
        else:
            moved += 1
    if moved or not ids:
        went = ngettext("%(n)s run goes on by version %(to)s.", "%(n)s runs go on by version %(to)s.", moved)
        messages.success(request, went % {"n": moved, "to": to} if moved else _("No run was chosen."))
